"""Blocks A and B09: the key of a station's connection, and where and how it connects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from chargers.domain.commands.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateKey(Command):
    """Give the station a new password of its connection (A01); hexadecimal digits."""

    kind: ClassVar[str] = "rotate_key"
    secrets: ClassVar[tuple[str, ...]] = ("key",)

    key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetNetworkProfile(Command):
    """Where and how the station connects when it uses this slot (B09).

    Attributes:
        slot: of its list of profiles; which one it uses is another variable of it.
        url: of the central system, without the identity.
        security_profile: 1 to 3, never below the station's minimum.
        message_timeout_seconds: after which it gives a message of its own up.
        interface: `Wired0` to `Wired3`, `Wireless0` to `Wireless3`.
        apn: of the mobile network; empty: none is set.
        apn_authentication: `CHAP`, `NONE`, `PAP` or `AUTO`.
    """

    kind: ClassVar[str] = "set_network_profile"
    secrets: ClassVar[tuple[str, ...]] = ("apn_password",)

    slot: int
    url: str
    security_profile: int
    message_timeout_seconds: int = 30
    interface: str = "Wired0"
    apn: str = ""
    apn_authentication: str = "AUTO"
    apn_user: str = ""
    apn_password: str = field(default="", repr=False)


COMMANDS: tuple[type[Command], ...] = (RotateKey, SetNetworkProfile)
