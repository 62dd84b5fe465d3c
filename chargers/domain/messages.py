"""What stations say, whatever OCPP version they speak. Translated *up* to the 2.x vocabulary.

Decoders in `chargers/ocpp/` produce these values, services decide on them. `device_at` is the
station's own clock as aware UTC, or None when it was missing or unreadable (never trusted blindly:
see `chargers.domain.clocks`). `evse` 0 or None means the whole station.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chargers.domain.vocabulary import ChargingState, ConnectorStatus, TransactionEventType


@dataclass(frozen=True, slots=True, kw_only=True)
class IdTokenRef:
    """An IdToken as read by the station; `type` is an IdTokenEnumType (1.6: ISO14443)."""

    uid: str
    type: str = "ISO14443"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All sampled values of one instant of one EVSE, in integer units.

    Attributes:
        device_at: sample time by the station's clock.
        context: ReadingContextEnumType, such as Sample.Periodic or Transaction.End.
        energy_wh: Energy.Active.Import.Register.
        power_w: Power.Active.Import (sum of phases).
        current_ma: per phase L1, L2, L3 (DC and single values: first place only).
        voltage_mv: first phase or DC.
        soc_percent: state of charge.
        extra: everything else as `{"<measurand>[.<phase>][@<location>]": "<value> <unit>"}`.
    """

    device_at: datetime | None
    context: str = "Sample.Periodic"
    energy_wh: int | None = None
    power_w: int | None = None
    current_ma: tuple[int | None, int | None, int | None] = (None, None, None)
    voltage_mv: int | None = None
    soc_percent: int | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BootNotification:
    vendor: str
    model: str
    serial_number: str = ""
    firmware_version: str = ""
    iccid: str = ""
    imsi: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    pass


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorize:
    id_token: IdTokenRef


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionEvent:
    """Start, progress or end of a Transaction.

    Attributes:
        transaction_ref: the station's reference; None where the CSMS assigns it (1.6 start),
            "-1" or "0" as sent by stations that lost it.
        meter_wh: register at start or stop when the message itself carries it (1.6).
        seq_no: place in the station's numbering, None where the version has none.
        offline: the event happened while the station was offline.
        stop_reason: ReasonEnumType as sent or told by the trigger; empty means Local.
    """

    event_type: TransactionEventType
    device_at: datetime | None
    transaction_ref: str | None = None
    evse: int | None = None
    connector: int | None = None
    id_token: IdTokenRef | None = None
    meter_wh: int | None = None
    readings: tuple[Reading, ...] = ()
    seq_no: int | None = None
    charging_state: ChargingState | None = None
    trigger_reason: str = ""
    stop_reason: str = ""
    remote_start_id: int | None = None
    reservation_id: int | None = None
    offline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterValues:
    """Readings outside a TransactionEvent; `transaction_ref` when the version names one (1.6)."""

    evse: int
    connector: int | None
    transaction_ref: str | None
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTransfer:
    vendor_id: str
    message_id: str = ""
    data: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareStatusNotification:
    status: str
    request_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStatusNotification:
    """Upload of a log (2.0.1) or of diagnostics (1.6)."""

    status: str
    request_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityEventNotification:
    event_type: str
    device_at: datetime | None
    tech_info: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedVariable:
    """One Variable of the device model; `attributes` maps Actual, Target … to values."""

    component: str
    variable: str
    component_instance: str = ""
    variable_instance: str = ""
    evse: int | None = None
    connector: int | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    is_read_only: bool = False
    characteristics: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyReport:
    request_id: int
    seq_no: int
    is_last: bool
    variables: tuple[ReportedVariable, ...]


Message = (
    BootNotification
    | Heartbeat
    | StatusNotification
    | Authorize
    | TransactionEvent
    | MeterValues
    | DataTransfer
    | FirmwareStatusNotification
    | LogStatusNotification
    | SecurityEventNotification
    | NotifyReport
)
