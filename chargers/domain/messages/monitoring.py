"""Block N: monitors that a station has, and what they noticed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chargers.domain.messages.device_model import ReportedVariable


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedMonitor:
    """One monitor of a variable; `type` is a MonitorType's word, or one that is not known yet."""

    variable: ReportedVariable
    id: int
    type: str
    value: float
    severity: int
    only_in_transactions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyMonitoringReport:
    request_id: int
    seq_no: int
    is_last: bool
    monitors: tuple[ReportedMonitor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticedEvent:
    """One thing that a station noticed about itself (N07).

    Attributes:
        device_at: the station's own time, None when it was unreadable.
        trigger: Alerting, Delta or Periodic.
        notification_type: HardWiredNotification, HardWiredMonitor, PreconfiguredMonitor, CustomMonitor.
        severity: 0 (danger) to 9 (debug), None where the version or the station does not say.
        cleared: the cause is gone.
    """

    event_id: int
    device_at: datetime | None
    trigger: str
    notification_type: str
    variable: ReportedVariable
    actual_value: str
    cause: int | None = None
    severity: int | None = None
    monitor_id: int | None = None
    tech_code: str = ""
    tech_info: str = ""
    cleared: bool = False
    transaction_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyEvent:
    device_at: datetime | None
    seq_no: int
    is_last: bool
    events: tuple[NoticedEvent, ...]
