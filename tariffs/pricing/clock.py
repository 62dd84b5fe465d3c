"""Which elements the wall clock of a site lets through, and until when."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tariffs.pricing.terms import Element, Restrictions

_DAY = 86_400
# Plans of days are kept as long as they are few: sessions of the same days are priced together.
_PLANS = 1_000


class WallClock(NamedTuple):
    """Bits of the elements that hold, the second at which that may change, and the local day."""

    mask: int
    until: int
    day: int


class _Plan(NamedTuple):
    seconds: list[int]
    masks: list[int]
    ordinal: int


class SiteClock:
    """The elements of a tariff at one site; local time is real time, whatever DST does."""

    def __init__(self, elements: Sequence[Element], tz: ZoneInfo) -> None:
        self._rules = [element.restrictions for element in elements]
        self._tz = tz
        cuts = {0}
        for rule in self._rules:
            cuts.update(minute * 60 for minute in (rule.start_minute, rule.end_minute) if minute)
        self._cuts = sorted(cuts)
        self._plans: dict[date, _Plan] = {}
        self._spans: dict[int, tuple[list[int], list[WallClock]]] = {}

    def at(self, instant: int) -> WallClock:
        """What holds at a second of UTC."""
        number = instant // _DAY
        starts, seen = self._spans.get(number) or self._new_spans(number)
        return seen[bisect_right(starts, instant) - 1]

    def _new_spans(self, number: int) -> tuple[list[int], list[WallClock]]:
        """A day of UTC, from one change to the next."""
        instant = number * _DAY
        starts, seen = [], []
        while instant < (number + 1) * _DAY:
            starts.append(instant)
            seen.append(self._look(instant))
            instant = seen[-1].until
        if len(self._spans) >= _PLANS:
            self._spans.clear()
        spans = self._spans[number] = starts, seen
        return spans

    def _look(self, instant: int) -> WallClock:
        local = datetime.fromtimestamp(instant, self._tz)
        second = local.hour * 3600 + local.minute * 60 + local.second
        plan = self._plan(local.date())
        index = bisect_right(plan.seconds, second) - 1
        end = plan.seconds[index + 1] if index + 1 < len(plan.seconds) else _DAY
        until = self._before_a_jump(instant, instant + end - second, local)
        return WallClock(plan.masks[index], until, plan.ordinal)

    def _before_a_jump(self, instant: int, until: int, local: datetime) -> int:
        """`until`, or the second at which the zone's offset changes before it."""
        offset = local.utcoffset()
        if datetime.fromtimestamp(until, self._tz).utcoffset() == offset:
            return until
        low, high = instant, until
        while high - low > 1:
            middle = (low + high) // 2
            if datetime.fromtimestamp(middle, self._tz).utcoffset() == offset:
                low = middle
            else:
                high = middle
        return high

    def _plan(self, day: date) -> _Plan:
        plan = self._plans.get(day)
        if plan is None:
            if len(self._plans) >= _PLANS:
                self._plans.clear()
            plan = self._plans[day] = self._new_plan(day)
        return plan

    def _new_plan(self, day: date) -> _Plan:
        on_day = [(1 << bit, rule) for bit, rule in enumerate(self._rules) if _on_day(rule, day)]
        seconds: list[int] = []
        masks: list[int] = []
        for cut in self._cuts:
            mask = sum(bit for bit, rule in on_day if _at_time(rule, cut // 60))
            if not masks or masks[-1] != mask:
                seconds.append(cut)
                masks.append(mask)
        return _Plan(seconds, masks, day.toordinal())


def has_clock(rule: Restrictions) -> bool:
    """Whether the wall clock or the calendar matters to an element."""
    return bool(
        rule.start_minute
        or rule.end_minute
        or rule.days
        or rule.start_date
        or rule.end_date
        or rule.season_start
        or rule.season_end
    )


def _on_day(rule: Restrictions, day: date) -> bool:
    if rule.days and day.weekday() not in rule.days:
        return False
    if rule.start_date is not None and day < rule.start_date:
        return False
    if rule.end_date is not None and day >= rule.end_date:
        return False
    return _in_season(rule, (day.month, day.day))


def _in_season(rule: Restrictions, day: tuple[int, int]) -> bool:
    start, end = rule.season_start, rule.season_end
    if start is not None and end is not None and end <= start:
        return day >= start or day < end
    return (start is None or day >= start) and (end is None or day < end)


def _at_time(rule: Restrictions, minute: int) -> bool:
    start, end = rule.start_minute or 0, rule.end_minute or 0
    if start == end:
        return True
    if end == 0:
        return minute >= start
    if end < start:
        return minute >= start or minute < end
    return start <= minute < end
