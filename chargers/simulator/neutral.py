"""What happens at a station, as plain values in the vocabulary of OCPP 2.x.

The station model speaks only these; the wire modules turn them into messages of one version.
Instants are what the device's own clock said (aware, UTC). Energy is integer Wh.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

    from chargers.simulator.profiles import Profile

Json: TypeAlias = dict[str, Any]


class Status(StrEnum):
    """The finest state of an EVSE; versions that know fewer fold them together."""

    AVAILABLE = "Available"
    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    FINISHING = "Finishing"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


class Trigger(StrEnum):
    """Why a transaction message is sent."""

    AUTHORIZED = "Authorized"
    CABLE_PLUGGED_IN = "CablePluggedIn"
    REMOTE_START = "RemoteStart"
    REMOTE_STOP = "RemoteStop"
    STOP_AUTHORIZED = "StopAuthorized"
    EV_DEPARTED = "EVDeparted"
    CHARGING_STATE_CHANGED = "ChargingStateChanged"
    METER_VALUE_PERIODIC = "MeterValuePeriodic"
    TRIGGER = "Trigger"
    UNLOCK_COMMAND = "UnlockCommand"
    RESET_COMMAND = "ResetCommand"
    DEAUTHORIZED = "Deauthorized"
    ABNORMAL_CONDITION = "AbnormalCondition"


class Reason(StrEnum):
    """Why a transaction ended."""

    LOCAL = "Local"
    REMOTE = "Remote"
    EV_DISCONNECTED = "EVDisconnected"
    DEAUTHORIZED = "DeAuthorized"
    POWER_LOSS = "PowerLoss"
    HARD_RESET = "HardReset"
    SOFT_RESET = "SoftReset"
    UNLOCK_COMMAND = "UnlockCommand"
    EMERGENCY_STOP = "EmergencyStop"
    GROUND_FAULT = "GroundFault"
    REBOOT = "Reboot"
    OTHER = "Other"


class Context(StrEnum):
    """Occasion of a meter reading."""

    BEGIN = "Transaction.Begin"
    PERIODIC = "Sample.Periodic"
    END = "Transaction.End"
    TRIGGER = "Trigger"


@dataclass(frozen=True, slots=True)
class IdToken:
    """What identifies the person who charges; the type is one of OCPP 2.x."""

    value: str
    type: str = "ISO14443"


@dataclass(frozen=True, slots=True)
class SignedReading:
    """The signed twin of a reading: an OCMF document, and the key (DER, hexadecimal)."""

    document: str
    public_key: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the meter. Currents (A) and voltages (V) are per phase, one entry for DC."""

    at: datetime
    context: Context
    energy_wh: int
    power_w: int
    currents_a: tuple[float, ...] = ()
    voltages_v: tuple[float, ...] = ()
    soc_percent: int | None = None
    temperature_c: int | None = None
    signed: SignedReading | None = None


@dataclass(slots=True)
class Tx:
    """A transaction as the station knows it.

    `reference` is what the CSMS calls it: given by the station or by the CSMS, the wire knows.
    """

    local_id: str
    evse: int
    connector: int
    id_token: IdToken
    started_at: datetime
    meter_start_wh: int
    reference: str | None = None
    seq: int = 0
    ended_at: datetime | None = None
    meter_stop_wh: int | None = None
    reason: Reason | None = None
    begin: Reading | None = None
    samples: list[Reading] = field(default_factory=list)

    @property
    def energy_wh(self) -> int | None:
        """Energy of the ended transaction in Wh, None while it runs."""
        if self.meter_stop_wh is None:
            return None
        return self.meter_stop_wh - self.meter_start_wh

    def next_seq(self) -> int:
        """Return the sequence number of the next message, counting from 0."""
        seq = self.seq
        self.seq += 1
        return seq


@dataclass(frozen=True, slots=True)
class Boot:
    """The station has (re)started."""

    reason: str = "PowerUp"
    firmware: str = ""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Sign of life."""


@dataclass(frozen=True, slots=True)
class Authorize:
    """May this token charge?"""

    id_token: IdToken


@dataclass(frozen=True, slots=True)
class VendorData:
    """A vendor's own message."""

    vendor: str
    message: str | None = None
    data: str | None = None


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """State of an EVSE (0: the whole station) and which of its connectors it concerns."""

    at: datetime
    evse: int
    connectors: tuple[int, ...]
    status: Status
    fault: str | None = None
    vendor_code: str | None = None
    forced: bool = False


@dataclass(frozen=True, slots=True)
class TxStarted:
    """A transaction began."""

    at: datetime
    tx: Tx
    seq: int
    trigger: Trigger
    state: Status
    reading: Reading
    offline: bool = False
    remote_start_id: int | None = None
    reservation_id: int | None = None


@dataclass(frozen=True, slots=True)
class TxUpdated:
    """A running transaction was measured or changed its state."""

    at: datetime
    tx: Tx
    seq: int
    trigger: Trigger
    state: Status
    reading: Reading | None = None
    offline: bool = False


@dataclass(frozen=True, slots=True)
class TxEnded:
    """A transaction is over; `id_token` is the card that ended it, if one did."""

    at: datetime
    tx: Tx
    seq: int
    trigger: Trigger
    state: Status | None
    reading: Reading
    reason: Reason
    id_token: IdToken | None = None
    offline: bool = False


@dataclass(frozen=True, slots=True)
class Metered:
    """A reading outside of any transaction."""

    evse: int
    reading: Reading


@dataclass(frozen=True, slots=True)
class ReservationEnded:
    """A reservation that nobody used ("Expired"), or that the station dropped ("Removed")."""

    reservation_id: int
    status: str


@dataclass(frozen=True, slots=True)
class LimitNotified:
    """A system beside the CSMS set a limit at an EVSE (0: the station), or lifted it (None)."""

    evse: int
    source: str
    profile: Profile | None
    is_grid_critical: bool = False


@dataclass(frozen=True, slots=True)
class NeedsNotified:
    """What a vehicle asks for over ISO 15118; whole units."""

    evse: int
    transfer: str
    energy_wh: int
    min_current_a: int
    max_current_a: int
    max_voltage_v: int
    soc_percent: int
    capacity_wh: int
    departure_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlanNotified:
    """How a vehicle means to charge: (seconds after `at`, limit)."""

    evse: int
    at: datetime
    unit: str
    periods: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class FirmwareProgress:
    """A step of a firmware update."""

    status: str
    request_id: int | None = None


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """A step of a log or diagnostics upload."""

    status: str
    request_id: int | None = None


@dataclass(frozen=True, slots=True)
class Raw:
    """A message that only one version knows, made by its own wire module."""

    action: str
    payload: Json


TxEvent: TypeAlias = TxStarted | TxUpdated | TxEnded
Event: TypeAlias = (
    Boot
    | Heartbeat
    | Authorize
    | VendorData
    | StatusChanged
    | TxStarted
    | TxUpdated
    | TxEnded
    | Metered
    | ReservationEnded
    | LimitNotified
    | NeedsNotified
    | PlanNotified
    | FirmwareProgress
    | UploadProgress
    | Raw
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What of an answer matters to a station.

    `accepted` is None where the message asks for no verdict; `interval` is in seconds.
    """

    accepted: bool | None = None
    status: str = ""
    interval: int | None = None
    tx_reference: str | None = None


def is_transactional(event: Event) -> bool:
    """Tell whether a message must survive a lost connection."""
    return isinstance(event, (TxStarted, TxUpdated, TxEnded))


def is_page(event: Event) -> bool:
    """Tell whether a message is one of several and not the last."""
    return isinstance(event, Raw) and bool(event.payload.get("tbc"))
