"""What is known of a station on its way into service, and what is made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chargers.domain.security import HandshakeFault, SecurityProfile
from chargers.domain.vocabulary import RegistrationStatus

# After this the next step should have come by itself.
PATIENCE = timedelta(seconds=60)


class CheckKey(StrEnum):
    CONNECTED = "connected"
    BOOTED = "booted"
    CONNECTORS = "connectors"
    CLOCK = "clock"
    METER = "meter"
    CHARGE = "charge"


class CheckState(StrEnum):
    """Attention: it came, and something about it should be looked at. Problem: it did not come,
    and it is known why.
    """

    DONE = "done"
    WAITING = "waiting"
    ATTENTION = "attention"
    PROBLEM = "problem"

    @property
    def is_settled(self) -> bool:
        return self in (CheckState.DONE, CheckState.ATTENTION)


class Remedy(StrEnum):
    """What can be asked of the station from here to get on with an item."""

    ASK_BOOT = "ask_boot"
    ASK_STATUS = "ask_status"
    READ_METER = "read_meter"
    START_CHARGE = "start_charge"
    STOP_CHARGE = "stop_charge"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was seen, and when."""

    text: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One item of the list.

    Attributes:
        text: what is known, one sentence.
        at: since when, or when.
        notes: what else was seen that has to do with it.
        advice: what to do next, a sentence each; empty when there is nothing to do.
        remedy: what can be asked of the station now.
    """

    key: CheckKey
    state: CheckState
    text: str
    at: datetime | None = None
    notes: tuple[Note, ...] = ()
    advice: tuple[str, ...] = ()
    remedy: Remedy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Refused handshakes of one cause under the station's own identity."""

    fault: HandshakeFault
    count: int
    last_at: datetime
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """A refused handshake under an identity that nobody has and that looks like this one."""

    identity: str
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlugFact:
    """A connector as its station reported it; `reported_at` None: not yet."""

    evse: int
    number: int
    type: str
    status: str = ""
    error: str = ""
    reported_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocked:
    """The station's time beside ours, of one message."""

    device_at: datetime
    received_at: datetime

    @property
    def ahead(self) -> timedelta:
        """How far the station's clock is ahead of ours; negative when it is behind."""
        return self.device_at - self.received_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Metered:
    """A reading of the meter."""

    at: datetime
    evse: int
    energy_wh: int | None = None
    power_w: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How the latest request of a kind went: `state` as in `CommandStatus`."""

    state: str
    raw_status: str = ""
    reason: str = ""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """A session at the station, the newest first in a list of them."""

    evse: int | None
    started_at: datetime
    is_active: bool
    energy_wh: int
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a station since its present hardware stands there.

    Attributes:
        planned_vendor: the make that was chosen before it told its own; likewise model, EVSEs.
        is_open: it may connect without a key for a while.
    """

    identity: str
    since: datetime
    is_enabled: bool = True
    is_online: bool = False
    connected_at: datetime | None = None
    disconnected_at: datetime | None = None
    protocol: str = ""
    profile: int | None = None
    min_profile: int = SecurityProfile.BASIC
    refusals: Sequence[Refusal] = ()
    strangers: Sequence[Stranger] = ()
    planned_vendor: str = ""
    planned_model: str = ""
    planned_evses: int = 0
    vendor: str = ""
    model: str = ""
    firmware: str = ""
    booted_at: datetime | None = None
    registration: str = RegistrationStatus.ACCEPTED
    plugs: Sequence[PlugFact] = ()
    clocks: Sequence[Clocked] = ()
    metered: Metered | None = None
    meter_asked: Asked | None = None
    charges: Sequence[Charged] = ()
    start_asked: Asked | None = None
