"""What happens to stations and transactions (subscribers: `csms.wiring.SUBSCRIBERS`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from events.event import Event


@dataclass(frozen=True, kw_only=True)
class StationEvent(Event):
    subject_type: ClassVar[str] = "station"


@dataclass(frozen=True, kw_only=True)
class StationConnected(StationEvent):
    kind: ClassVar[str] = "chargers.station_connected"
    epoch: int
    protocol: str
    took_over: bool = False


@dataclass(frozen=True, kw_only=True)
class StationDisconnected(StationEvent):
    kind: ClassVar[str] = "chargers.station_disconnected"
    epoch: int
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class StationBooted(StationEvent):
    kind: ClassVar[str] = "chargers.station_booted"
    reason: str = ""
    firmware_version: str = ""


@dataclass(frozen=True, kw_only=True)
class StationCommissioned(StationEvent):
    """Somebody said that it is ready; `open_items` names what had not come by then."""

    kind: ClassVar[str] = "chargers.station_commissioned"
    by: str = ""
    open_items: str = ""


@dataclass(frozen=True, kw_only=True)
class ConnectorStatusChanged(StationEvent):
    kind: ClassVar[str] = "chargers.connector_status_changed"
    evse: int
    connector: int
    old_status: str
    status: str
    charging_state: str = ""
    error_code: str = ""
    vendor_error_code: str = ""


@dataclass(frozen=True, kw_only=True)
class SecurityEventReported(StationEvent):
    kind: ClassVar[str] = "chargers.security_event_reported"
    event_type: str
    tech_info: str = ""


@dataclass(frozen=True, kw_only=True)
class StatusReported(StationEvent):
    """Progress of firmware, log or diagnostics; `topic` says which."""

    kind: ClassVar[str] = "chargers.status_reported"
    topic: str
    status: str


@dataclass(frozen=True, kw_only=True)
class GridAlarmReported(StationEvent):
    """A control for the grid acts, or acts no longer (OCPP 2.1)."""

    kind: ClassVar[str] = "chargers.grid_alarm_reported"
    control_type: str
    fault: str = ""
    ended: bool = False
    info: str = ""


@dataclass(frozen=True, kw_only=True)
class GridControlChanged(StationEvent):
    """A scheduled control for the grid began or ended (OCPP 2.1)."""

    kind: ClassVar[str] = "chargers.grid_control_changed"
    control_id: str
    started: bool
    superseded: str = ""


@dataclass(frozen=True, kw_only=True)
class EnergyWithoutSession(StationEvent):
    """A vehicle charges and no session runs; told at most once an hour and EVSE."""

    kind: ClassVar[str] = "chargers.energy_without_session"
    evse: int
    power_w: int


@dataclass(frozen=True, kw_only=True)
class EnergyUnassigned(StationEvent):
    """The register of an EVSE went on between two sessions: energy that nobody is charged for."""

    kind: ClassVar[str] = "chargers.energy_unassigned"
    evse: int
    energy_wh: int
    after_transaction_id: str
    before_transaction_id: str


@dataclass(frozen=True, kw_only=True)
class SettlementReported(StationEvent):
    """The station's own payment terminal took money, or could not."""

    kind: ClassVar[str] = "chargers.settlement_reported"
    psp_ref: str
    status: str
    amount: str = ""
    transaction_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ChargingNeedsReported(StationEvent):
    """A vehicle said how much it wants, and until when."""

    kind: ClassVar[str] = "chargers.charging_needs_reported"
    evse: int
    transaction_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class WebPaymentStarted(StationEvent):
    """Somebody scanned the QR code of an EVSE to pay."""

    kind: ClassVar[str] = "chargers.web_payment_started"
    evse: int
    timeout_seconds: int


@dataclass(frozen=True, kw_only=True)
class CertificateRequested(StationEvent):
    """A station asks for a certificate; `request_id` is the SigningRequest to be signed."""

    kind: ClassVar[str] = "chargers.certificate_requested"
    request_id: UUID
    use: str


@dataclass(frozen=True, kw_only=True)
class CertificateRefused(StationEvent):
    """A request was refused by us (`code`), or a certificate by its station (`by_station`)."""

    kind: ClassVar[str] = "chargers.certificate_refused"
    use: str
    code: str
    reason: str = ""
    by_station: bool = False


@dataclass(frozen=True, kw_only=True)
class CertificateIssued(StationEvent):
    kind: ClassVar[str] = "chargers.certificate_issued"
    use: str
    serial_number: str


@dataclass(frozen=True, kw_only=True)
class CertificateInstalled(StationEvent):
    """The station took it."""

    kind: ClassVar[str] = "chargers.certificate_installed"
    use: str
    serial_number: str


@dataclass(frozen=True, kw_only=True)
class CertificateRevoked(StationEvent):
    kind: ClassVar[str] = "chargers.certificate_revoked"
    use: str
    serial_number: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class CertificateExpiring(StationEvent):
    """`days` is the threshold that was passed; 0: it has expired."""

    kind: ClassVar[str] = "chargers.certificate_expiring"
    use: str
    serial_number: str
    days: int


@dataclass(frozen=True, kw_only=True)
class ExternalLimitChanged(StationEvent):
    """A system beside us (`source`) set or withdrew a limit; evse 0 is the whole station."""

    kind: ClassVar[str] = "chargers.external_limit_changed"
    evse: int
    source: str
    cleared: bool = False


@dataclass(frozen=True, kw_only=True)
class ReportFinished(StationEvent):
    """A report of the device model or the monitors has come, wholly or not."""

    kind: ClassVar[str] = "chargers.report_finished"
    report: str
    state: str
    items: int


@dataclass(frozen=True, kw_only=True)
class DeviceEventReported(StationEvent):
    """A station noticed something about itself."""

    kind: ClassVar[str] = "chargers.device_event_reported"
    name: str
    evse: int = 0
    value: str = ""
    severity: int | None = None
    tech_code: str = ""
    cleared: bool = False


@dataclass(frozen=True, kw_only=True)
class ConfigurationDrifted(StationEvent):
    """A station that was as its template wants it is so no more; told once until it is again."""

    kind: ClassVar[str] = "chargers.configuration_drifted"
    template_id: UUID
    template: str
    values: int
    names: str = ""


@dataclass(frozen=True, kw_only=True)
class TransactionStarted(Event):
    kind: ClassVar[str] = "chargers.transaction_started"
    subject_type: ClassVar[str] = "transaction"
    evse: int | None = None
    id_token_uid: str = ""
    authorization_status: str = ""


@dataclass(frozen=True, kw_only=True)
class TransactionEnded(Event):
    """`provisional`: closed by rule, the station's own stop has not come."""

    kind: ClassVar[str] = "chargers.transaction_ended"
    subject_type: ClassVar[str] = "transaction"
    evse: int | None = None
    energy_wh: int
    ended_at: datetime
    stop_reason: str = ""
    provisional: bool = False


@dataclass(frozen=True, kw_only=True)
class ReadingsCameLate(Event):
    """Readings of a session that had ended: what is known of it has changed, its energy has not."""

    kind: ClassVar[str] = "chargers.readings_came_late"
    subject_type: ClassVar[str] = "transaction"


@dataclass(frozen=True, kw_only=True)
class TransactionFlagged(Event):
    """Something about a session needs a person (`code` of the warning)."""

    kind: ClassVar[str] = "chargers.transaction_flagged"
    subject_type: ClassVar[str] = "transaction"
    code: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class ReservationChanged(Event):
    """A reservation was asked for, confirmed, refused, used or ended (its `parent` is the station)."""

    kind: ClassVar[str] = "chargers.reservation_changed"
    subject_type: ClassVar[str] = "reservation"
    number: int
    status: str
    evse: int | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class CommandFinished(Event):
    kind: ClassVar[str] = "chargers.command_finished"
    subject_type: ClassVar[str] = "command"
    command: str
    status: str
    requested_by: UUID | None = None
