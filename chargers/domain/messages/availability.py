"""Block G: the state of connectors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chargers.domain.vocabulary import ChargingState, ConnectorStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusNotification:
    """`charging_state` is set where the version's one status says both (1.6: SuspendedEV …)."""

    evse: int
    connector: int
    status: ConnectorStatus
    device_at: datetime | None
    raw_status: str
    charging_state: ChargingState | None = None
    error_code: str = ""
    vendor_id: str = ""
    vendor_error_code: str = ""
    info: str = ""
