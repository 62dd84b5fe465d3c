"""Faults on demand: each by its name, most with the name of its cure beside it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from chargers.simulator.evse import ROOM_C
from chargers.simulator.neutral import Event, Reason, Trigger
from chargers.simulator.station import StationModel

FIRMWARE_EPOCH = datetime(1970, 1, 1, 0, 0, 23, tzinfo=UTC)


@dataclass(slots=True)
class Flags:
    """Faults in force. The first four strike once."""

    lost_stop: bool = False
    duplicate_start: bool = False
    lose_answer: bool = False
    lost_page: bool = False
    deaf: bool = False
    silent: bool = False
    held_offline: bool = False

    def take(self, name: str) -> bool:
        """Tell whether a one-shot fault is armed, and disarm it."""
        if not getattr(self, name):
            return False
        setattr(self, name, False)
        return True


class Victim(Protocol):
    """The station that suffers."""

    model: StationModel
    flags: Flags
    booted: bool

    def post(self, events: list[Event]) -> None:
        """Queue events."""

    def notice(self) -> None:
        """Queue what monitors see."""

    async def flush(self) -> None:
        """Send them."""

    async def connect(self) -> None:
        """Dial."""

    async def disconnect(self, *, abort: bool = False) -> None:
        """Hang up."""

    async def resume(self) -> None:
        """Report states, send what waits."""

    async def boot(self, reason: str | None = None) -> object:
        """Boot."""

    async def send_raw(self, text: str) -> None:
        """Send a text."""

    def pause_reading(self, *, paused: bool) -> None:
        """Stop or resume reading."""

    def forget_transactions(self) -> None:
        """Lose all transactions."""


async def connector_fault(
    station: Victim, evse: int = 1, code: str = "GroundFailure", vendor_code: str | None = None
) -> None:
    """Break an EVSE; its transaction ends."""
    station.post(station.model.set_fault(evse, code, vendor_code))
    await station.flush()


async def clear_fault(station: Victim, evse: int = 1) -> None:
    """Mend an EVSE."""
    station.post(station.model.clear_fault(evse))
    await station.flush()


async def overheat(station: Victim, evse: int = 1, celsius: float = 95.0) -> None:
    """Let a place grow hot: whoever watches its temperature notices."""
    station.model.evse(evse).temperature_c = celsius
    station.notice()
    await station.flush()


async def cool_down(station: Victim, evse: int = 1) -> None:
    """Have it at room temperature again."""
    await overheat(station, evse, ROOM_C)


async def offline(station: Victim) -> None:
    """Lose the network; the station goes on and queues."""
    station.flags.held_offline = True
    await station.disconnect(abort=True)


async def online(station: Victim) -> None:
    """Have the network back: dial without a boot, replay."""
    station.flags.held_offline = False
    await station.connect()
    if station.booted:
        await station.resume()
    else:
        await station.boot()


async def reboot(station: Victim) -> None:
    """Lose power in mid-session; the transaction's end is told after the boot."""
    await station.disconnect(abort=True)
    for evse in station.model.evses:
        station.post(station.model.end(evse.number, Reason.POWER_LOSS, Trigger.ABNORMAL_CONDITION))
    await _come_up(station)


async def reboot_forget(station: Victim) -> None:
    """Lose power and memory: no end is ever told."""
    await station.disconnect(abort=True)
    station.forget_transactions()
    await _come_up(station)


async def reboot_resume(station: Victim) -> None:
    """Lose power for a moment; the transaction goes on after the boot."""
    await station.disconnect(abort=True)
    await _come_up(station)


async def _come_up(station: Victim) -> None:
    station.booted = False
    await station.connect()
    await station.boot("PowerUp")


async def wrong_clock(station: Victim) -> None:
    """Fall back to 1970, as without a battery."""
    station.model.clock_offset = FIRMWARE_EPOCH - station.model.now


async def right_clock(station: Victim) -> None:
    """Know the time again."""
    station.model.clock_offset = timedelta(0)


async def malformed_frame(station: Victim) -> None:
    """Send a cut message."""
    await station.send_raw('[2,"cut-1","MeterValues",{"connectorId":1,"transactionId":,')


async def huge_frame(station: Victim, size: int = 2_000_000) -> None:
    """Send a message above any sane limit."""
    await station.send_raw(f'[2,"huge-1","DataTransfer",{{"vendorId":"x","data":"{"a" * size}"}}]')


async def unknown_action(station: Victim) -> None:
    """Send a call that no version knows."""
    await station.send_raw('[2,"odd-1","MakeCoffee",{}]')


async def wrong_signature(station: Victim) -> None:
    """Have the meter's values changed after they were signed."""
    if station.model.signer is not None:
        station.model.signer.spoiled = True


def _set(name: str, *, value: bool) -> Callable[[Victim], Awaitable[None]]:
    async def change(station: Victim) -> None:
        setattr(station.flags, name, value)

    return change


async def talking(station: Victim) -> None:
    """Speak again after `silent`, with what has piled up."""
    station.flags.silent = False
    await station.flush()


async def slow_reader(station: Victim) -> None:
    """Read nothing more from the socket."""
    station.pause_reading(paused=True)


async def normal_reader(station: Victim) -> None:
    """Read again."""
    station.pause_reading(paused=False)


FAULTS: dict[str, Callable[..., Awaitable[None]]] = {
    "clear_fault": clear_fault,
    "connector_fault": connector_fault,
    "cool_down": cool_down,
    "deaf": _set("deaf", value=True),
    "duplicate_start": _set("duplicate_start", value=True),
    "hearing": _set("deaf", value=False),
    "huge_frame": huge_frame,
    "lose_answer": _set("lose_answer", value=True),
    "lost_page": _set("lost_page", value=True),
    "lost_stop": _set("lost_stop", value=True),
    "malformed_frame": malformed_frame,
    "normal_reader": normal_reader,
    "offline": offline,
    "online": online,
    "overheat": overheat,
    "reboot": reboot,
    "reboot_forget": reboot_forget,
    "reboot_resume": reboot_resume,
    "right_clock": right_clock,
    "silent": _set("silent", value=True),
    "slow_reader": slow_reader,
    "talking": talking,
    "unknown_action": unknown_action,
    "wrong_clock": wrong_clock,
    "wrong_signature": wrong_signature,
}
