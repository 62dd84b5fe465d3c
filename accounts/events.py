"""What happens to people (subscribers: `csms.wiring.SUBSCRIBERS`)."""

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
