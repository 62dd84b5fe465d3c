"""Block A: security events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityEventNotification:
    event_type: str
    device_at: datetime | None
    tech_info: str = ""
