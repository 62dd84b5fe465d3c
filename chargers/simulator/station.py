"""The station as a machine: cars, energy, transactions, states. Pure, of no OCPP version.

Every method returns the events that a station would report; the caller sends them.
`now` is true time and never runs backwards; what events carry is the device's own clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from chargers.simulator.evse import Evse, Grant, Reservation
from chargers.simulator.models import CurrentKind, HardwareModel
from chargers.simulator.neutral import (
    Context,
    Event,
    IdToken,
    Metered,
    Reading,
    Reason,
    ReservationEnded,
    Status,
    StatusChanged,
    Trigger,
    Tx,
    TxEnded,
    TxStarted,
    TxUpdated,
)
from chargers.simulator.profiles import ProfileBook
from chargers.simulator.settings import Settings
from chargers.simulator.signing import MeterSigner
from chargers.simulator.vehicle import WMS_PER_WH, Limit, Vehicle

STEP = timedelta(seconds=10)  # power counts as constant for so long
MILLISECOND = timedelta(milliseconds=1)


class UnableToStart(Exception):
    """The EVSE cannot begin a transaction now."""


@dataclass(slots=True)
class StationModel:
    """All state of one station. `clock_offset` is how wrong its clock is."""

    hardware: HardwareModel
    now: datetime
    rng: Random
    settings: Settings = field(default_factory=Settings)
    profiles: ProfileBook = field(default_factory=ProfileBook)
    evses: list[Evse] = field(default_factory=list)
    online: bool = False
    clock_offset: timedelta = timedelta(0)
    signer: MeterSigner | None = None

    def __post_init__(self) -> None:
        if not self.evses:
            self.evses = [
                Evse(n, spec, self.rng.randrange(20_000_000) * WMS_PER_WH)
                for n, spec in enumerate(self.hardware.evses, start=1)
            ]

    # --- looking ---------------------------------------------------------------------------

    def evse(self, number: int) -> Evse:
        """Return the EVSE by its number from 1; raises `LookupError`."""
        if not 1 <= number <= len(self.evses):
            msg = f"no EVSE {number}"
            raise LookupError(msg)
        return self.evses[number - 1]

    def device_time(self) -> datetime:
        """Return what the station believes the time is."""
        return self.now + self.clock_offset

    def transactions(self) -> Iterator[Tx]:
        """Iterate over the running transactions."""
        return (evse.tx for evse in self.evses if evse.tx is not None)

    def find_tx(self, reference: str) -> Tx | None:
        """Find a running transaction by what the CSMS calls it."""
        return next((tx for tx in self.transactions() if tx.reference == reference), None)

    def next_due(self) -> datetime | None:
        """Return when something happens by itself, None when nothing will."""
        dues = [
            due
            for evse in self.evses
            for due in (
                evse.next_sample_at,
                evse.grant.expires_at if evse.grant else None,
                evse.reservation.expires_at if evse.reservation else None,
            )
            if due is not None
        ]
        return min(dues, default=None)

    # --- time ------------------------------------------------------------------------------

    def advance(self, to: datetime) -> list[Event]:
        """Let time pass: energy flows, samples and time-outs fall due."""
        events: list[Event] = []
        while self.now < to:
            due = self.next_due()
            target = to if due is None else min(to, max(due, self.now))
            busy = any(evse.tx for evse in self.evses)
            if busy:
                target = self._next_look(target)
            milliseconds = round((target - self.now) / MILLISECOND)
            self.now = target
            if busy:
                self._flow(milliseconds)
                events += self._refresh()
            events += self._due()
        return events

    def _next_look(self, target: datetime) -> datetime:
        """Return until when the present power is taken for constant: a limit may change before."""
        target = min(target, self.now + STEP)
        if not self.profiles.entries:
            return target
        started = {evse.number: evse.tx.started_at if evse.tx else None for evse in self.evses}
        begin, end = self.device_time(), target + self.clock_offset
        edge = self.profiles.next_edge(begin, end, started)
        return target if edge is None else edge - self.clock_offset

    def _flow(self, milliseconds: int) -> None:
        for evse in self.evses:
            evse.integrate(milliseconds)

    def _refresh(self) -> list[Event]:
        """Look anew at every plug; report transactions that changed their state."""
        events: list[Event] = []
        share = self._share()
        for evse in self.evses:
            before = evse.tx_state
            started_at = evse.tx.started_at if evse.tx else None
            limit = self.profiles.limit(evse.number, self.device_time(), started_at)
            evse.refresh_draw(limit.tightened(share), self.rng)
            if evse.tx is not None and evse.tx_state is not before:
                events += self._report(evse)
                events.append(self._update(evse, evse.tx, Trigger.CHARGING_STATE_CHANGED, None))
        return events

    def _share(self) -> Limit:
        """Split the station's own power and its maximum profile among the busy plugs."""
        busy = max(1, sum(evse.tx is not None for evse in self.evses))
        bound = self.profiles.station_limit(self.device_time())
        own = Limit(watts=float(self.hardware.shared_power_w) if self._is_shared() else None)
        bound = bound.tightened(own)
        return replace(
            bound,
            amps=None if bound.amps is None else bound.amps / busy,
            watts=None if bound.watts is None else bound.watts / busy,
        )

    def _is_shared(self) -> bool:
        return sum(evse.spec.max_power_w for evse in self.evses) > self.hardware.shared_power_w

    def _due(self) -> list[Event]:
        events: list[Event] = []
        for evse in self.evses:
            if evse.next_sample_at is not None and evse.next_sample_at <= self.now:
                events += self._sample(evse)
            if evse.grant and evse.grant.expires_at <= self.now:
                evse.grant = None
                self.profiles.end_tx(evse.number)
                events += self._report(evse)
            if evse.reservation and evse.reservation.expires_at <= self.now:
                events += [*self._drop_reservation(evse, "Expired"), *self._report(evse)]
        return events

    def _drop_reservation(self, evse: Evse, status: str) -> list[Event]:
        reservation, evse.reservation = evse.reservation, None
        return [] if reservation is None else [ReservationEnded(reservation.id, status)]

    def _sample(self, evse: Evse) -> list[Event]:
        interval = self.settings.sample_interval
        if evse.tx is None or not interval:
            evse.next_sample_at = None
            return []
        evse.next_sample_at = self.now + timedelta(seconds=interval)
        reading = evse.read(self.device_time(), Context.PERIODIC, self.rng)
        return [self._update(evse, evse.tx, Trigger.METER_VALUE_PERIODIC, reading)]

    # --- what people and cars do -------------------------------------------------------------

    def plug_in(self, number: int, vehicle: Vehicle, connector: int = 1) -> list[Event]:
        """Connect a car; a waiting grant starts the transaction."""
        evse = self.evse(number)
        if evse.vehicle is not None:
            msg = f"EVSE {number} has a car already"
            raise UnableToStart(msg)
        evse.vehicle, evse.connector, evse.finished = vehicle, connector, False
        events = self._report(evse)
        if evse.grant is not None:
            events += self._start(evse, evse.grant, evse.grant.trigger)
        return events

    def unplug(self, number: int) -> list[Event]:
        """Take the car away, which ends a running transaction."""
        evse = self.evse(number)
        events: list[Event] = []
        if evse.tx is not None:
            events += self.end(number, Reason.EV_DISCONNECTED, Trigger.EV_DEPARTED, report=False)
        evse.vehicle, evse.finished = None, False
        events += self._report(evse)
        return events

    def grant(
        self,
        number: int,
        id_token: IdToken,
        trigger: Trigger = Trigger.AUTHORIZED,
        remote_start_id: int | None = None,
    ) -> list[Event]:
        """Let a token charge: now when a car is there, else when it comes in time."""
        evse = self.evse(number)
        if not evse.usable:
            msg = f"EVSE {number} is {evse.status}"
            raise UnableToStart(msg)
        if evse.reservation is not None and evse.reservation.id_token.value != id_token.value:
            msg = f"EVSE {number} is reserved for another token"
            raise UnableToStart(msg)
        expires_at = self.now + timedelta(seconds=self.settings.connection_timeout)
        grant = Grant(id_token, trigger, expires_at, remote_start_id)
        if evse.vehicle is not None:
            return self._start(evse, grant, trigger)
        evse.grant = grant
        return self._report(evse)

    def _start(self, evse: Evse, grant: Grant, trigger: Trigger) -> list[Event]:
        at = self.device_time()
        evse.grant, evse.finished = None, False
        reservation, evse.reservation = evse.reservation, None
        evse.tx = Tx(
            local_id=f"{self.rng.getrandbits(96):024x}",
            evse=evse.number,
            connector=evse.connector,
            id_token=grant.id_token,
            started_at=at,
            meter_start_wh=evse.register_wh,
        )
        events = self._refresh_others(evse)
        interval = self.settings.sample_interval
        evse.next_sample_at = self.now + timedelta(seconds=interval) if interval else None
        started = TxStarted(
            at=at,
            tx=evse.tx,
            seq=evse.tx.next_seq(),
            trigger=trigger,
            state=evse.tx_state,
            reading=self._signed(evse.tx, evse.read(at, Context.BEGIN, self.rng)),
            offline=not self.online,
            remote_start_id=grant.remote_start_id,
            reservation_id=reservation.id if reservation else None,
        )
        return [started, *self._report(evse), *events]

    def _signed(self, tx: Tx, reading: Reading) -> Reading:
        """The reading as the meter gives it out; the first one is remembered."""
        if self.signer is not None:
            reading = self.signer.sign(reading, tx.id_token)
        tx.begin = tx.begin or reading
        return reading

    def _refresh_others(self, evse: Evse) -> list[Event]:
        """Refresh all plugs; the new transaction itself has not been reported, so is left out."""
        tx = evse.tx
        events = self._refresh()
        if tx is not None:
            tx.seq = 0
        return [
            event
            for event in events
            if not (isinstance(event, TxUpdated) and event.tx is tx)
            and not (isinstance(event, StatusChanged) and event.evse == evse.number)
        ]

    def end(
        self,
        number: int,
        reason: Reason,
        trigger: Trigger,
        *,
        id_token: IdToken | None = None,
        report: bool = True,
    ) -> list[Event]:
        """End the transaction at an EVSE; nothing to end is no error and no event."""
        evse = self.evse(number)
        tx = evse.tx
        if tx is None:
            return []
        at = self.device_time()
        reading = self._signed(tx, evse.read(at, Context.END, self.rng))
        tx.ended_at, tx.meter_stop_wh, tx.reason = at, reading.energy_wh, reason
        evse.tx, evse.next_sample_at, evse.finished = None, None, True
        self.profiles.end_tx(number)
        ended = TxEnded(
            at=at,
            tx=tx,
            seq=tx.next_seq(),
            trigger=trigger,
            state=None if trigger is Trigger.EV_DEPARTED else Status.PREPARING,
            reading=reading,
            reason=reason,
            id_token=id_token,
            offline=not self.online,
        )
        if evse.inoperative_next:
            evse.operative, evse.inoperative_next = False, False
        return [ended, *self._refresh(), *(self._report(evse) if report else [])]

    # --- what the operator and the hardware do -----------------------------------------------

    def set_operative(self, number: int, *, operative: bool) -> tuple[bool, list[Event]]:
        """Change availability; the first value is False when it waits for the transaction's end."""
        evse = self.evse(number)
        if not operative and evse.tx is not None:
            evse.inoperative_next = True
            return False, []
        evse.operative, evse.inoperative_next = operative, False
        if operative:
            return True, self._report(evse)
        evse.grant = None
        return True, [*self._drop_reservation(evse, "Removed"), *self._report(evse)]

    def set_fault(self, number: int, code: str, vendor_code: str | None = None) -> list[Event]:
        """Break an EVSE: its transaction ends."""
        evse = self.evse(number)
        reason = Reason.GROUND_FAULT if code == "GroundFailure" else Reason.OTHER
        events = self.end(number, reason, Trigger.ABNORMAL_CONDITION, report=False)
        evse.fault, evse.vendor_code, evse.grant = code, vendor_code, None
        return [*events, *self._drop_reservation(evse, "Removed"), *self._report(evse)]

    def clear_fault(self, number: int) -> list[Event]:
        """Mend an EVSE."""
        evse = self.evse(number)
        evse.fault = evse.vendor_code = None
        return self._report(evse)

    def reserve(self, number: int, reservation: Reservation) -> list[Event]:
        """Keep an EVSE for a token; the caller checked that it is free."""
        evse = self.evse(number)
        evse.reservation = reservation
        return self._report(evse)

    def cancel_reservation(self, reservation_id: int) -> list[Event] | None:
        """Free a reserved EVSE; None when there is no such reservation."""
        for evse in self.evses:
            if evse.reservation and evse.reservation.id == reservation_id:
                evse.reservation = None
                return self._report(evse)
        return None

    # --- reports on demand ---------------------------------------------------------------------

    def statuses(self, number: int | None = None) -> list[Event]:
        """Report the state of an EVSE, or of the station and all of them, whatever was said."""
        events: list[Event] = []
        if number is None:
            whole = Status.AVAILABLE if any(e.operative for e in self.evses) else Status.UNAVAILABLE
            events.append(StatusChanged(self.device_time(), 0, (), whole, forced=True))
        chosen = self.evses if number is None else [self.evse(number)]
        for evse in chosen:
            events += self._report(evse, forced=True)
        return events

    def meter_now(self, number: int) -> Event:
        """Read a meter because somebody asked."""
        evse = self.evse(number)
        reading = evse.read(self.device_time(), Context.TRIGGER, self.rng)
        if evse.tx is None:
            return Metered(number, reading)
        return self._update(evse, evse.tx, Trigger.TRIGGER, reading)

    def reevaluate(self) -> list[Event]:
        """Apply limits that have just changed."""
        return self._refresh()

    def has_dc(self) -> bool:
        """Tell whether any EVSE is a DC one."""
        return any(evse.spec.kind is CurrentKind.DC for evse in self.evses)

    def _update(self, evse: Evse, tx: Tx, trigger: Trigger, reading: Reading | None) -> TxUpdated:
        return TxUpdated(
            at=self.device_time(),
            tx=tx,
            seq=tx.next_seq(),
            trigger=trigger,
            state=evse.tx_state,
            reading=reading,
            offline=not self.online,
        )

    def _report(self, evse: Evse, *, forced: bool = False) -> list[Event]:
        status = evse.status
        if status is evse.reported and not forced:
            return []
        evse.reported = status
        connectors = tuple(range(1, len(evse.spec.connectors) + 1)) if forced else evse.connectors
        return [
            StatusChanged(
                at=self.device_time(),
                evse=evse.number,
                connectors=connectors,
                status=status,
                fault=evse.fault,
                vendor_code=evse.vendor_code,
                forced=forced,
            )
        ]
