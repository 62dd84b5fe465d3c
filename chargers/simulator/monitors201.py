"""Monitors of an OCPP 2.0.1 station (N): the maker's and the CSMS's, and what they notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from chargers.simulator.commands import CommandDesk
from chargers.simulator.evse import ROOM_C
from chargers.simulator.variables201 import TEMPERATURE, Name, VariableStore

MAX_MONITORS = 50
LEAST_SEVERE = 9
# Of the maker: above this a place is too warm, and above that it is not safe.
WARM_C, HOT_C = 70.0, 90.0


class Origin(StrEnum):
    """Whose monitor it is; the words stand in NotifyEvent."""

    HARD_WIRED = "HardWiredMonitor"
    PRECONFIGURED = "PreconfiguredMonitor"
    CUSTOM = "CustomMonitor"


class Wish(NamedTuple):
    """A monitor that was asked for; with an id it replaces that one."""

    name: Name
    type: str
    value: float
    severity: int
    transaction: bool = False
    id: int | None = None


class Notice(NamedTuple):
    """What a monitor noticed: the value it saw, and whether its cause is gone."""

    monitor: Monitor
    value: str
    trigger: str
    cleared: bool = False


@dataclass(slots=True)
class Monitor:
    """One monitor and what it saw last; `due` is for periodic ones."""

    id: int
    name: Name
    type: str
    value: float
    severity: int
    transaction: bool
    origin: Origin
    seen: str
    is_over: bool = False
    due: datetime | None = None

    def look(self, value: str, now: datetime) -> Notice | None:
        """Compare with what was seen last; a threshold is told once when passed, once when left."""
        match self.type:
            case "UpperThreshold" | "LowerThreshold":
                return self._look_over(value)
            case "Delta":
                return self._look_changed(value)
            case _:
                return self._look_at_clock(value, now)

    def _look_over(self, value: str) -> Notice | None:
        number = float(value)
        upper = self.type == "UpperThreshold"
        is_over = number > self.value if upper else number < self.value
        if is_over == self.is_over:
            return None
        self.is_over = is_over
        return Notice(self, value, "Alerting", cleared=not is_over)

    def _look_changed(self, value: str) -> Notice | None:
        if value == self.seen or not _differs(self.seen, value, self.value):
            return None
        self.seen = value
        return Notice(self, value, "Delta")

    def _look_at_clock(self, value: str, now: datetime) -> Notice | None:
        if self.due is None or now < self.due:
            return None
        while self.due <= now:
            self.due += timedelta(seconds=self.value)
        return Notice(self, value, "Periodic")


@dataclass(slots=True)
class MonitorBook:
    """The monitors of one station."""

    monitors: dict[int, Monitor] = field(default_factory=dict)
    level: int = LEAST_SEVERE
    _last_id: int = 0
    _has_makers: bool = False

    def all(self, store: VariableStore, desk: CommandDesk) -> list[Monitor]:
        """Every monitor, the maker's too, by number."""
        self._furnish(store, desk)
        return list(self.monitors.values())

    def set(self, wish: Wish, store: VariableStore, desk: CommandDesk) -> tuple[str, int | None]:
        """Set a monitor (N04); returns the status and the number that it has got."""
        self._furnish(store, desk)
        status = self._why_not(wish, store, desk)
        if status:
            return status, None
        return "Accepted", self._add(wish, Origin.CUSTOM, store, desk)

    def clear(self, number: int) -> str:
        """Remove a monitor (N06); what is wired in stays."""
        monitor = self.monitors.get(number)
        if monitor is None:
            return "NotFound"
        if monitor.origin is Origin.HARD_WIRED:
            return "Rejected"
        del self.monitors[number]
        return "Accepted"

    def reset(self, base: str, store: VariableStore, desk: CommandDesk) -> None:
        """Go back to a set of monitors (N03): `All`, `FactoryDefault` or `HardWiredOnly`."""
        self._furnish(store, desk)
        if base == "All":
            return
        self.monitors, self._has_makers = {}, False
        self._furnish(store, desk)
        if base == "HardWiredOnly":
            wired = {n: m for n, m in self.monitors.items() if m.origin is Origin.HARD_WIRED}
            self.monitors = wired

    def look(self, store: VariableStore, desk: CommandDesk) -> Iterator[Notice]:
        """What the monitors notice now, of the severities that are told."""
        if any(evse.temperature_c != ROOM_C for evse in desk.model.evses):
            self._furnish(store, desk)
        for monitor in tuple(self.monitors.values()):
            if monitor.transaction and not _is_charging(monitor.name.evse, desk):
                continue
            notice = monitor.look(store.read(monitor.name, desk)[1], desk.model.now)
            if notice is not None and monitor.severity <= self.level:
                yield notice

    def next_due(self) -> datetime | None:
        """When the first periodic monitor reports."""
        dues = [monitor.due for monitor in self.monitors.values() if monitor.due is not None]
        return min(dues, default=None)

    def _why_not(self, wish: Wish, store: VariableStore, desk: CommandDesk) -> str:
        status, _value = store.read(wish.name, desk)
        if status.startswith("Unknown"):
            return status
        variable = store.find(wish.name, desk)
        is_number = variable.data_type in {"integer", "decimal"}
        if not variable.monitored or ("Threshold" in wish.type and not is_number):
            return "UnsupportedMonitorType"
        replaced = self.monitors.get(wish.id) if wish.id is not None else None
        if wish.id is not None and (replaced is None or replaced.origin is Origin.HARD_WIRED):
            return "Rejected"
        if len(self.monitors) >= MAX_MONITORS or wish.value < 0:
            return "Rejected"
        alike = (wish.name, wish.type, wish.severity)
        for known in self.monitors.values():
            if known is not replaced and (known.name, known.type, known.severity) == alike:
                return "Duplicate"
        return ""

    def _add(self, wish: Wish, origin: Origin, store: VariableStore, desk: CommandDesk) -> int:
        if wish.id is None:
            self._last_id += 1
        number = self._last_id if wish.id is None else wish.id
        is_periodic = wish.type.startswith("Periodic")
        self.monitors[number] = Monitor(
            number,
            wish.name,
            wish.type,
            wish.value,
            wish.severity,
            wish.transaction,
            origin,
            seen=store.read(wish.name, desk)[1],
            due=desk.model.now + timedelta(seconds=wish.value) if is_periodic else None,
        )
        return number

    def _furnish(self, store: VariableStore, desk: CommandDesk) -> None:
        """Put the maker's monitors in, once they matter."""
        if self._has_makers:
            return
        self._has_makers = True
        for evse in desk.model.evses:
            name = TEMPERATURE._replace(evse=evse.number)
            hot = Wish(name, "UpperThreshold", HOT_C, 2)
            warm = Wish(name, "UpperThreshold", WARM_C, 5)
            self._add(hot, Origin.HARD_WIRED, store, desk)
            self._add(warm, Origin.PRECONFIGURED, store, desk)


def _differs(before: str, after: str, by: float) -> bool:
    """Whether numbers lie so far apart; texts differ or not."""
    try:
        return abs(float(after) - float(before)) >= by
    except ValueError:
        return True


def _is_charging(number: int, desk: CommandDesk) -> bool:
    return any(tx.evse == number or not number for tx in desk.model.transactions())
