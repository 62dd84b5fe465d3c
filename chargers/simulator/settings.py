"""What a CSMS may configure and the station obeys, under names of no version."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Settings:
    """Times in seconds; 0 switches a periodic message off."""

    heartbeat_interval: int = 300
    sample_interval: int = 60
    connection_timeout: int = 60
    authorize_remote: bool = False
    local_pre_authorize: bool = False
    local_authorize_offline: bool = True
    allow_offline_unknown: bool = False
    stop_on_invalid: bool = True
    stop_on_disconnect: bool = True
    local_list_enabled: bool = True
    cache_enabled: bool = True
    message_attempts: int = 3
    message_retry_interval: int = 60
    keeps_profiles_over_restart: bool = True
    keeps_profiles_over_reconnect: bool = True


def parse_setting(settings: Settings, name: str, text: str) -> int | bool:
    """Read a value as the type of the setting; raises `ValueError` on nonsense."""
    if isinstance(getattr(settings, name), bool):
        if text.lower() not in {"true", "false"}:
            raise ValueError(text)
        return text.lower() == "true"
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def show_setting(settings: Settings, name: str) -> str:
    """Write a value as stations do."""
    value = getattr(settings, name)
    return str(value).lower() if isinstance(value, bool) else str(value)
