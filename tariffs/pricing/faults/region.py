"""When each element holds, cut along every threshold: axes, their cells, and sets as bits.

All thresholds of a quantity cut it into cells within which nothing changes. An element holds in
some cells of each axis, and where it holds on all axes. Sets of cells and of elements are the bits
of an integer, so a tariff of 100 elements is compared in milliseconds.
"""

from __future__ import annotations

from bisect import bisect_left
from calendar import isleap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import accumulate, pairwise
from operator import xor

from tariffs.pricing.faults import words
from tariffs.pricing.faults.words import Span
from tariffs.pricing.terms import Element, ReservationRule, Restrictions

FIRST_DAY, LAST_DAY = 1, date.max.toordinal()
ENDLESS = 10**18

SESSION, RESERVED, LAPSED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class _Kind:
    """A quantity that restrictions cut: its whole span, where an element holds, and its words."""

    name: str
    whole: Span
    spans: Callable[[Restrictions], list[Span]]
    say: Callable[[Sequence[Span]], str]


@dataclass(frozen=True, slots=True)
class Axis:
    """One quantity, cut.

    Attributes:
        cells: its parts in order.
        holds: of each element, bits of the cells in which it holds.
        elements: of each cell, bits of the elements that hold in it.
        everything: bits of all cells.
    """

    name: str
    cells: list[Span]
    holds: list[int]
    elements: list[int]
    everything: int
    say: Callable[[Sequence[Span]], str]

    def spans(self, bits: int) -> list[Span]:
        return [cell for index, cell in enumerate(self.cells) if bits >> index & 1]


def _around(start: int | None, end: int | None, whole: int) -> list[Span]:
    """[start, end) on a circle; no end and 0 are its end, equal is all of it."""
    low, high = start or 0, end or whole
    if low == high:
        return [(0, whole)]
    return [(low, high)] if low < high else [(0, high), (low, whole)]


def _clock(given: Restrictions) -> list[Span]:
    return _around(given.start_minute, given.end_minute, 1440)


def _season(given: Restrictions) -> list[Span]:
    start, end = (
        None if day is None else _day_index(*day) for day in (given.season_start, given.season_end)
    )
    return _around(start, end, 366)


def _day_index(month: int, day: int) -> int:
    return (date(2000, month, day) - date(2000, 1, 1)).days


def _dates(given: Restrictions) -> list[Span]:
    low = given.start_date.toordinal() if given.start_date else FIRST_DAY
    return [(low, given.end_date.toordinal() if given.end_date else LAST_DAY)]


def _weekdays(given: Restrictions) -> list[Span]:
    return [(day, day + 1) for day in given.days] or [(0, 7)]


def _reservation(given: Restrictions) -> list[Span]:
    spans = {None: (SESSION, RESERVED), ReservationRule.EXPIRES: (LAPSED, LAPSED + 1)}
    return [spans.get(given.reservation, (RESERVED, LAPSED + 1))]


def _quantity(name: str, given: Restrictions) -> list[Span]:
    high = getattr(given, f"max_{name}")
    return [(getattr(given, f"min_{name}") or 0, ENDLESS if high is None else high)]


def _measured(name: str, unit: str, suffix: str) -> _Kind:
    say = partial(words.quantity, last=ENDLESS, unit=unit, name=suffix)
    return _Kind(name, (0, ENDLESS), partial(_quantity, name), say)


_KINDS = (
    _Kind("reservation", (0, 3), _reservation, lambda _: "while reserved"),
    _Kind(
        "date", (FIRST_DAY, LAST_DAY), _dates, partial(words.dates, first=FIRST_DAY, last=LAST_DAY)
    ),
    _Kind("season", (0, 366), _season, words.season),
    _Kind(
        "weekday",
        (0, 7),
        _weekdays,
        lambda spans: words.weekdays([d for s in spans for d in range(*s)]),
    ),
    _Kind("clock", (0, 1440), _clock, words.clock),
    _measured("energy_wh", "kWh", ""),
    _measured("duration_s", "s", " of the session"),
    _measured("idle_s", "s", " of idle time"),
    _measured("power_w", "kW", ""),
    _measured("current_ma", "A", ""),
    _measured("peak_power_w", "kW", " of peak power"),
    _measured("average_power_w", "kW", " of average power"),
)


def axes_of(elements: Sequence[Element]) -> list[Axis]:
    """The axes along which at least one element is restricted."""
    axes = []
    for kind in _KINDS:
        spans = [kind.spans(element.restrictions) for element in elements]
        if any(span != [kind.whole] for span in spans):
            axes.append(_axis(kind, spans))
    return axes


def _axis(kind: _Kind, spans: list[list[Span]]) -> Axis:
    cuts = sorted({*kind.whole, *(cut for span in spans for part in span for cut in part)})
    cells = list(pairwise(cuts))
    holds, elements = _bits(cuts, spans)
    return Axis(kind.name, cells, holds, elements, (1 << len(cells)) - 1, kind.say)


def _bits(cuts: list[int], spans: list[list[Span]]) -> tuple[list[int], list[int]]:
    """Of each element the cells, of each cell the elements."""
    holds = [0] * len(spans)
    changes = [0] * len(cuts)
    for element, parts in enumerate(spans):
        for low, high in ((bisect_left(cuts, a), bisect_left(cuts, b)) for a, b in parts):
            holds[element] |= (1 << high) - (1 << low)
            changes[low] ^= 1 << element
            changes[high] ^= 1 << element
    return holds, list(accumulate(changes[:-1], xor))


# A part of the space: axis -> bits of the cells; an axis that is not named is not restricted.
Box = dict[int, int]


def may_happen(axes: Sequence[Axis], box: Box) -> bool:
    """Whether some session can be in the box: idle time is part of the session, an average is
    below the peak, and not every date is in every season or on every weekday.
    """
    spans = {axes[index].name: axes[index].spans(bits) for index, bits in box.items()}
    return not (
        _is_above(spans, "idle_s", "duration_s")
        or _is_above(spans, "average_power_w", "peak_power_w")
        or _is_above(spans, "power_w", "peak_power_w")
    ) and _has_day(spans)


def _is_above(spans: dict[str, list[Span]], part: str, whole: str) -> bool:
    if part not in spans or whole not in spans:
        return False
    return spans[part][0][0] >= spans[whole][-1][1]


def _has_day(spans: dict[str, list[Span]]) -> bool:
    seasons = spans.get("season", [(0, 366)])
    weekdays = {day for span in spans.get("weekday", [(0, 7)]) for day in range(*span)}
    return any(
        _has_day_in(low, high, seasons, weekdays)
        for low, high in spans.get("date", [(FIRST_DAY, LAST_DAY)])
    )


def _has_day_in(low: int, high: int, seasons: list[Span], weekdays: set[int]) -> bool:
    if high - low > 366 * 8:
        return True
    years = range(date.fromordinal(low).year, date.fromordinal(high).year + 1)
    return any(
        _has_weekday(max(low, _day_of(year, first)), min(high, _day_of(year, last)), weekdays)
        for year in years
        for first, last in seasons
    )


def _day_of(year: int, index: int) -> int:
    """The day of a year by its index in a leap year; where there is no 29 February, the next."""
    if index == 366:
        return date(year, 12, 31).toordinal() + 1
    day = date(2000, 1, 1) + timedelta(days=index)
    is_missing = (day.month, day.day) == (2, 29) and not isleap(year)
    return (date(year, 3, 1) if is_missing else day.replace(year=year)).toordinal()


def _has_weekday(low: int, high: int, weekdays: set[int]) -> bool:
    # 1 January of year 1, day 1, was a Monday
    return any((day - 1) % 7 in weekdays for day in range(low, min(high, low + 7)))


def say(axes: Sequence[Axis], box: Box) -> str:
    """The box in words: on Sat, Sun between 22:00 and 06:00, from 10 kWh."""
    parts = [axes[index].say(axes[index].spans(bits)) for index, bits in sorted(box.items())]
    calendar = sum(1 for index in box if axes[index].name in {"date", "season", "weekday", "clock"})
    when, how = " ".join(parts[:calendar]), ", ".join(parts[calendar:])
    return ", ".join(filter(None, (when, how))) or "always"
