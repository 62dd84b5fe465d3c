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


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyDerStartStop:
    """A scheduled control for the grid began or ended.

    Attributes:
        superseded: controls that this one takes the place of.
    """

    control_id: str
    started: bool
    device_at: datetime | None
    superseded: tuple[str, ...] = ()
