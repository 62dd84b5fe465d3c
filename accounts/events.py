"""What happens to people and their tokens (subscribers: `csms.wiring.SUBSCRIBERS`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.event import Event


@dataclass(frozen=True, kw_only=True)
class MemberInvited(Event):
    """Somebody was given a role; who has no password yet needs a link to set one."""

    kind: ClassVar[str] = "accounts.member_invited"
    subject_type: ClassVar[str] = "user"
    invited_by: str = ""


@dataclass(frozen=True, kw_only=True)
class IdTokenChanged(Event):
    """A token was added, updated, blocked, unblocked or deleted (`change` says which)."""

    kind: ClassVar[str] = "accounts.id_token_changed"
    subject_type: ClassVar[str] = "id_token"
    change: str


@dataclass(frozen=True, kw_only=True)
class DriverBlocked(Event):
    """All tokens of a driver are refused from now on, or valid again."""

    kind: ClassVar[str] = "accounts.driver_blocked"
    subject_type: ClassVar[str] = "driver"
    is_blocked: bool
