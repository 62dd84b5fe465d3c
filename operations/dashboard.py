"""What the network pages show, put together from selectors and shared between their viewers.

`since` (`time.monotonic`) says how fresh a caller needs it: a page takes what is some seconds old,
a live stream what was begun after the change that it heard of. What changes only by the minute is
kept longer than that by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.models import Operator
from chargers.domain.display import DisplayState
from common.states import look
from operations import power
from operations.figures import Energy, Uptime, energy_of, needed_spans, uptime_of
from operations.measured import Hour, Sample
from operations.periods import Period, Window, hour_of, window
from operations.power import Curve, Power
from operations.selectors import history, interest, network
from operations.selectors.attention import Alert, Alerts
from operations.selectors.interest import StationLine
from operations.selectors.network import Busy, Now, Place, Sizes
from operations.shared import Shared, shared

# Seconds for which these may be late.
_SIZES_KEPT = 15.0
_HOURS_KEPT = 30.0
_SAMPLES_KEPT = 10.0
_TYPICAL_KEPT = 600.0

# Two uptimes of 30 days, and four weeks before a chart of 30 days.
_HOURS_NEEDED = timedelta(days=62)
_DAY = timedelta(hours=24)
ALERTS_SHOWN = 6
LINES_SHOWN = 12

# Stations by look of each location.
Counts = dict[UUID, dict[str, int]]
_LOOKS = {state: look(state) for state in DisplayState}
_AVAILABLE = _LOOKS[DisplayState.AVAILABLE]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What changes by the second; the same for every period."""

    now: Now
    busy: Mapping[UUID, Busy]
    alerts: Sequence[Alert]
    alert_count: int


class Network:
    """One operator's network, read in its scope.

    Args:
        operator: whose scope is active.
        now: of the request, UTC.
        since: see the module.
        new_sample: one was taken just now, so samples must not be late either.
        store: what viewers share.
    """

    def __init__(
        self,
        operator: Operator,
        *,
        now: datetime,
        since: float,
        new_sample: bool = False,
        store: Shared = shared,
    ) -> None:
        self.operator = operator
        self.now = now
        self.zone = ZoneInfo(operator.time_zone)
        self._since = since
        self._samples_kept = 0.0 if new_sample else _SAMPLES_KEPT
        self._store = store

    def window(self, period: Period) -> Window:
        return window(period, zone=self.zone, now=self.now)

    def sizes(self) -> Sizes:
        return self._kept("sizes", _SIZES_KEPT, network.sizes)

    def live(self) -> Live:
        """Six to nineteen queries: most kinds of alerts have no rows."""
        return self._fresh("live", self._live)

    def places(self) -> list[Place]:
        return self._kept("places", _SIZES_KEPT, network.places)

    def states(self) -> Counter[DisplayState]:
        """Stations that are not simply available, by state."""
        return self._fresh("states", lambda: Counter(one.state for one in self._busy()))

    def counts_by_look(self) -> dict[str, int]:
        """Stations by look; the sum is the number of stations."""
        counts = {_AVAILABLE: max(self.sizes().stations - self.states().total(), 0)}
        for state, count in self.states().items():
            counts[_LOOKS[state]] = counts.get(_LOOKS[state], 0) + count
        return counts

    def counts_by_place(self) -> Counts:
        """Stations by look of each location with stations."""
        return self._fresh("by place", self._counts_by_place)

    def energy(self, period: Period) -> Energy:
        """Energy of the sessions that ended in the period, beside the previous one."""
        return self._fresh(("energy", period), lambda: self._energy(self.window(period)))

    def uptime(self) -> Uptime:
        """Of the last 30 days, beside the 30 days before."""
        return uptime_of(self._hours(), now=self.now, zone=self.zone)

    def day(self) -> list[Sample]:
        """The samples of the last 24 hours."""
        return [one for one in self._samples() if one.at > self.now - _DAY]

    def curve(self, period: Period) -> Curve:
        """Power over the period, with what is typical."""
        chosen = self.window(period)
        if period is Period.TODAY:
            return self._curve_of_today(chosen)
        measured = {
            hour.start: Power(hour.start, hour.dc_power_w, hour.ac_power_w)
            for hour in self._hours()
            if hour.start >= hour_of(chosen.current.start) and hour.dc_power_w is not None
        }
        past = {hour.start: hour for hour in self._hours()}
        kind = power.typical_kind(past.values())
        expected = self._kept(
            ("typical", period, chosen.ends),
            _TYPICAL_KEPT,
            lambda: power.typical(power.steps(chosen), past, chosen, kind),
        )
        return power.curve(chosen, measured, expected, kind)

    def interesting(self) -> list[UUID]:
        """Stations for the table, at most `LINES_SHOWN`."""
        busy = self.live().busy
        return self._fresh("interesting", lambda: interest.interesting(busy, limit=LINES_SHOWN))

    def lines(self, ids: Collection[UUID]) -> list[StationLine]:
        """Lines of these stations, in this order."""
        midnight = self.window(Period.TODAY).current.start
        return self._fresh(
            ("lines", tuple(ids)), lambda: interest.station_lines(ids, midnight=midnight)
        )

    def _busy(self) -> Collection[Busy]:
        return self.live().busy.values()

    def _counts_by_place(self) -> Counts:
        busy: Counts = {}
        for one in self._busy():
            counts = busy.setdefault(one.location_id, {})
            counts[_LOOKS[one.state]] = counts.get(_LOOKS[one.state], 0) + 1
        found: Counts = {}
        for place in self.places():
            counts = busy.get(place.id, {})
            idle = place.stations - sum(counts.values())
            found[place.id] = {**counts, _AVAILABLE: idle} if idle > 0 else counts
        return found

    def _live(self) -> Live:
        alerts = Alerts(now=self.now)
        return Live(
            now=network.now_running(),
            busy=network.busy_stations(),
            alerts=alerts[:ALERTS_SHOWN],
            alert_count=len(alerts),
        )

    def _energy(self, chosen: Window) -> Energy:
        settled = hour_of(self.now) - timedelta(hours=1)
        spans = needed_spans(chosen, settled=settled)
        ended = dict(zip(spans, history.energy_ended_in(spans), strict=True))
        return energy_of(chosen, self._hours(), ended, settled=settled)

    def _curve_of_today(self, chosen: Window) -> Curve:
        measured = power.means(
            (Power(one.at, one.dc_power_w, one.ac_power_w) for one in self._samples()),
            timedelta(minutes=5),
            chosen.current.start,
        )
        kind, known = self._kept(
            ("typical", chosen.period, chosen.ends), _TYPICAL_KEPT, lambda: _typical_day(chosen)
        )
        values = {at: power.between(known, at) for at in power.steps(chosen)}
        expected = {at: value for at, value in values.items() if value is not None}
        return power.curve(chosen, measured, expected, kind)

    def _hours(self) -> list[Hour]:
        start = hour_of(self.now - _HOURS_NEEDED)
        return self._kept("hours", _HOURS_KEPT, lambda: history.hours_since(start))

    def _samples(self) -> list[Sample]:
        midnight = self.window(Period.TODAY).current.start
        start = min(midnight, self.now - _DAY)
        return self._kept("samples", self._samples_kept, lambda: history.samples_since(start))

    def _fresh(self, part: object, compute: Callable[[], _T]) -> _T:
        return self._store.get((self.operator.pk, part), since=self._since, compute=compute)

    def _kept(self, part: object, seconds: float, compute: Callable[[], _T]) -> _T:
        since = min(self._since, self._store.at_most(seconds))
        return self._store.get((self.operator.pk, part), since=since, compute=compute)


def _typical_day(chosen: Window) -> tuple[str, dict[datetime, float]]:
    quarters = power.quarters(chosen)
    wanted = [then for at in quarters for then in power.earlier_weeks(at, chosen)]
    past = history.samples_at(wanted)
    kind = power.typical_kind(past.values())
    return kind, power.typical(quarters, past, chosen, kind)
