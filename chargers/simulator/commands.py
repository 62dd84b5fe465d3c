"""What a CSMS may order, executed on the neutral model. One method a command, of no version.

A method answers at once; whatever the order sets in motion runs after the answer was sent
(`Host.soon`), as on real stations.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from chargers.simulator.certificates import CertificateStore
from chargers.simulator.charging import may_start_with
from chargers.simulator.clock import Clock
from chargers.simulator.display import Display
from chargers.simulator.evse import Evse, Reservation
from chargers.simulator.local_list import ListEntry, LocalList
from chargers.simulator.neutral import (
    Boot,
    Event,
    FirmwareProgress,
    Heartbeat,
    IdToken,
    Reason,
    Trigger,
    Tx,
    UploadProgress,
)
from chargers.simulator.outcome import Outcome, Topic
from chargers.simulator.profiles import Profile
from chargers.simulator.station import StationModel, UnableToStart

VERSION_IN_NAME = re.compile(r"(\d+(?:\.\d+)+)")
FIRMWARE_STEPS = (("Downloading", 8), ("Downloaded", 2), ("Installing", 15), ("Installed", 1))


class Host(Protocol):
    """The running station that carries out orders."""

    model: StationModel
    clock: Clock
    firmware: str
    identity: str
    password: str

    def post(self, events: Iterable[Event]) -> None:
        """Queue events for sending."""

    def soon(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run work once the present answer is out."""

    async def flush(self) -> None:
        """Send what is queued."""

    def has_queued(self, reference: str | None) -> bool:
        """Tell whether transaction messages wait, of one transaction or of any."""
        ...

    async def authorize(self, id_token: IdToken) -> bool:
        """Ask whether a token may charge."""
        ...

    async def reboot(self, reason: str) -> None:
        """Go down and come up again."""

    async def reconnect(self) -> None:
        """Close the socket and dial again."""


@dataclass(slots=True)
class CommandDesk:
    """Takes orders for one station."""

    host: Host
    local_list: LocalList = field(default_factory=LocalList)
    certificates: CertificateStore = field(default_factory=CertificateStore)
    display: Display = field(default_factory=Display)
    reset_when_idle: bool = False

    @property
    def model(self) -> StationModel:
        """The machine behind."""
        return self.host.model

    # --- transactions ------------------------------------------------------------------------

    def remote_start(
        self,
        *,
        evse: int | None,
        id_token: IdToken,
        remote_start_id: int | None = None,
        profile: Profile | None = None,
    ) -> Outcome:
        """Start here, or anywhere if no EVSE is named, at once or when a car comes."""
        place = self._place_for(evse, id_token)
        if place is None or not may_start_with(self, profile):
            return Outcome.REJECTED

        async def begin() -> None:
            settings = self.model.settings
            known = self.listed(id_token) == "Accepted"
            asked = settings.authorize_remote and not known
            if asked and not await self.host.authorize(id_token):
                return
            if profile is not None:
                self.model.profiles.install(place.number, profile)
            try:
                events = self.model.grant(
                    place.number, id_token, Trigger.REMOTE_START, remote_start_id
                )
            except UnableToStart:
                self.model.profiles.end_tx(place.number)
                return
            await self._send(events)

        self.host.soon(begin)
        return Outcome.ACCEPTED

    def remote_stop(self, reference: str) -> Outcome:
        """Stop a running transaction."""
        tx = self.model.find_tx(reference)
        if tx is None:
            return Outcome.REJECTED
        self._end_soon(tx, Reason.REMOTE, Trigger.REMOTE_STOP)
        return Outcome.ACCEPTED

    def _place_for(self, number: int | None, id_token: IdToken) -> Evse | None:
        if number is not None and not 1 <= number <= len(self.model.evses):
            return None
        chosen = self.model.evses if number is None else [self.model.evse(number)]
        fitting = [
            evse
            for evse in chosen
            if evse.usable
            and (evse.reservation is None or evse.reservation.id_token.value == id_token.value)
        ]
        return min(fitting, key=lambda evse: evse.vehicle is None, default=None)

    def has_queued(self, reference: str | None) -> bool:
        """Tell whether transaction messages wait to be sent."""
        return self.host.has_queued(reference)

    # --- the station -------------------------------------------------------------------------

    def reset(self, *, reason: Reason, when_idle: bool = False) -> Outcome:
        """Restart; transactions end first, or are waited for."""
        if when_idle and any(self.model.transactions()):
            self.reset_when_idle = True
            return Outcome.SCHEDULED

        async def restart() -> None:
            for evse in self.model.evses:
                self.host.post(self.model.end(evse.number, reason, Trigger.RESET_COMMAND))
            await self.host.flush()
            await self.host.reboot("RemoteReset")

        self.host.soon(restart)
        return Outcome.ACCEPTED

    def change_availability(self, *, evse: int | None, operative: bool) -> Outcome:
        """Put an EVSE, or all, in or out of service."""
        if evse is not None and not 1 <= evse <= len(self.model.evses):
            return Outcome.REJECTED
        numbers = [e.number for e in self.model.evses] if evse is None else [evse]
        done = True
        events: list[Event] = []
        for number in numbers:
            at_once, changed = self.model.set_operative(number, operative=operative)
            done = done and at_once
            events += changed
        self.send_soon(events)
        return Outcome.ACCEPTED if done else Outcome.SCHEDULED

    def unlock(self, evse: int) -> Outcome:
        """Release the plug; a running transaction is left to the caller's version."""
        if not 1 <= evse <= len(self.model.evses):
            return Outcome.UNKNOWN
        if self.model.evse(evse).tx is not None:
            return Outcome.ONGOING
        return Outcome.UNLOCKED

    def stop_for_unlock(self, evse: int) -> Outcome:
        """Release the plug even though somebody charges."""
        tx = self.model.evse(evse).tx
        if tx is not None:
            self._end_soon(tx, Reason.UNLOCK_COMMAND, Trigger.UNLOCK_COMMAND)
        return Outcome.UNLOCKED

    def clear_cache(self) -> Outcome:
        """Forget remembered tokens."""
        self.local_list.cache.clear()
        return Outcome.ACCEPTED

    def listed(self, id_token: IdToken) -> str | None:
        """What the local list says of a token, None when it says nothing or is switched off."""
        if not self.model.settings.local_list_enabled:
            return None
        return self.local_list.status_of(id_token.value, self.model.device_time())

    def update_list(
        self, version: int, entries: dict[str, ListEntry | None], *, full: bool
    ) -> Outcome:
        """Replace or change the local list, where it is switched on."""
        if not self.model.settings.local_list_enabled:
            return Outcome.NOT_SUPPORTED
        return self.local_list.update(version, entries, full=full)

    def trigger(self, topic: Topic | None, evse: int | None) -> Outcome:
        """Report something at once."""
        if topic is None:
            return Outcome.NOT_IMPLEMENTED
        if evse is not None and not 1 <= evse <= len(self.model.evses):
            return Outcome.REJECTED
        self._send_soon_from(lambda: self._report(topic, evse))
        return Outcome.ACCEPTED

    def _report(  # noqa: PLR0911 - one return a topic
        self, topic: Topic, evse: int | None
    ) -> list[Event]:
        numbers = [e.number for e in self.model.evses] if evse is None else [evse]
        match topic:
            case Topic.BOOT:
                return [Boot("Triggered", self.host.firmware)]
            case Topic.HEARTBEAT:
                return [Heartbeat()]
            case Topic.STATUS:
                return self.model.statuses(evse)
            case Topic.METER:
                return [self.model.meter_now(number) for number in numbers]
            case Topic.TRANSACTION:
                busy = [n for n in numbers if self.model.evse(n).tx is not None]
                return [self.model.meter_now(number) for number in busy]
            case Topic.FIRMWARE:
                return [FirmwareProgress("Idle")]
            case Topic.UPLOAD:
                return [UploadProgress("Idle")]

    # --- reservations --------------------------------------------------------------------------

    def reserve(
        self, *, evse: int | None, reservation_id: int, id_token: IdToken, expires_at: datetime
    ) -> Outcome:
        """Keep an EVSE, or any, for a token."""
        if evse is not None and not 1 <= evse <= len(self.model.evses):
            return Outcome.REJECTED
        chosen = self.model.evses if evse is None else [self.model.evse(evse)]
        free = [e for e in chosen if e.usable and e.vehicle is None]
        own = [e for e in free if e.reservation and e.reservation.id == reservation_id]
        place = next(iter(own or [e for e in free if e.reservation is None]), None)
        if place is None:
            return _why_not(chosen[0])
        reservation = Reservation(reservation_id, id_token, expires_at)
        self._send_soon_from(lambda: self.model.reserve(place.number, reservation))
        return Outcome.ACCEPTED

    def cancel_reservation(self, reservation_id: int) -> Outcome:
        """Free what was kept."""
        events = self.model.cancel_reservation(reservation_id)
        if events is None:
            return Outcome.REJECTED
        self.send_soon(events)
        return Outcome.ACCEPTED

    # --- files -----------------------------------------------------------------------------------

    def upload(self, request_id: int | None = None) -> str:
        """Pretend to upload a log; returns the file's name."""

        async def progress() -> None:
            await self._send([UploadProgress("Uploading", request_id)])
            await self.host.clock.sleep(5)
            await self._send([UploadProgress("Uploaded", request_id)])

        self.host.soon(progress)
        return f"log-{self.model.device_time():%Y%m%dT%H%M%SZ}.zip"

    def update_firmware(self, location: str, request_id: int | None = None) -> Outcome:
        """Pretend to install the image; a version in its name becomes the station's own."""
        found = VERSION_IN_NAME.search(location.rsplit("/", 1)[-1])

        async def progress() -> None:
            for status, seconds in FIRMWARE_STEPS:
                await self._send([FirmwareProgress(status, request_id)])
                await self.host.clock.sleep(seconds)
            if found:
                self.host.firmware = found.group(1)
            await self.host.reboot("FirmwareUpdate")

        self.host.soon(progress)
        return Outcome.ACCEPTED

    def set_password(self, password: str) -> None:
        """Use a new key from the next connection on, which is made at once."""

        async def redial() -> None:
            self.host.password = password
            await self.host.reconnect()

        self.host.soon(redial)

    # --- helpers -----------------------------------------------------------------------------------

    def _end_soon(self, tx: Tx, reason: Reason, trigger: Trigger) -> None:
        def end() -> list[Event]:
            running = self.model.evse(tx.evse).tx
            return self.model.end(tx.evse, reason, trigger) if running is tx else []

        self._send_soon_from(end)

    def reevaluate_soon(self) -> None:
        """Let new limits hold once the present answer is out."""
        self._send_soon_from(self.model.reevaluate)

    def send_soon(self, events: list[Event]) -> None:
        """Send events once the present answer is out."""
        self._send_soon_from(lambda: events)

    def _send_soon_from(self, make: Callable[[], list[Event]]) -> None:
        async def send() -> None:
            await self._send(make())

        self.host.soon(send)

    async def _send(self, events: Iterable[Event]) -> None:
        self.host.post(events)
        await self.host.flush()


def _why_not(evse: Evse) -> Outcome:
    if evse.fault:
        return Outcome.FAULTED
    return Outcome.OCCUPIED if evse.operative else Outcome.UNAVAILABLE
