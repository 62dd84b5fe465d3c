"""Typed reading of the environment. `X_FILE` names a file that holds X (container secrets)."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def env_str(name: str, default: str | None = None) -> str:
    """The value of `name`, of the file named by `name`_FILE, or the default.

    Raises:
        ImproperlyConfigured: neither is set and there is no default, or the file is unreadable.
    """
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}") from error
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} must be set (see .env.example)")
    return value


def env_bool(name: str, *, default: bool) -> bool:
    """A yes/no value: 1/0, true/false, yes/no, on/off."""
    value = env_str(name, "1" if default else "0").lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}")


def env_int(name: str, *, default: int) -> int:
    """A whole number."""
    value = env_str(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}") from error


def env_list(name: str, *, default: str = "") -> list[str]:
    """Comma-separated values; blanks are dropped."""
    return [part.strip() for part in env_str(name, default).split(",") if part.strip()]
