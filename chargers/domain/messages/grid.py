"""Block R of OCPP 2.1: distributed energy resources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyDerAlarm:
    """The grid made a station act on a control, or no longer."""

    control_type: str
    device_at: datetime | None
    fault: str = ""
    ended: bool = False
    info: str = ""
