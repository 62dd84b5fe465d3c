"""When an element holds, in short phrases: after 15 minutes; above 20 kWh; at weekends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from common.formats import DASH, NBSP, number
from tariffs.pricing.terms import Dimension, Restrictions

_A_LEAP_YEAR = 2000
_MINUTES_OF_DAY = 1440


def conditions(restrictions: Restrictions, dimension: Dimension | None = None) -> list[str]:
    """Every condition, thresholds first; none: it always holds.

    Args:
        dimension: what the element prices, where a sentence has named it already.
    """
    return [
        *thresholds(restrictions, dimension),
        *_powers(restrictions),
        *_clock(restrictions),
        *_days(restrictions),
        *_dates(restrictions),
        *_season(restrictions),
    ]


def thresholds(restrictions: Restrictions, dimension: Dimension | None = None) -> list[str]:
    """From which idle second, session second and kWh on, and until which."""
    parking = dimension is Dimension.PARKING_TIME
    return [
        *_idle(restrictions.min_idle_s, restrictions.max_idle_s, named=parking),
        *_elapsed(restrictions.min_duration_s, restrictions.max_duration_s, named=not parking),
        *_energy(restrictions.min_energy_wh, restrictions.max_energy_wh),
    ]


def span(seconds: int) -> str:
    """Whole units in words: 900 -> "15 minutes", 7200 -> "2 hours", 90 -> "90 seconds"."""
    for size, text in ((3600, _hours), (60, _minutes)):
        if seconds % size == 0:
            return text(seconds // size)
    return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": number(seconds)}


def _hours(count: int) -> str:
    return ngettext("%(n)s hour", "%(n)s hours", count) % {"n": number(count)}


def _minutes(count: int) -> str:
    return ngettext("%(n)s minute", "%(n)s minutes", count) % {"n": number(count)}


def exact(thousandths: int) -> str:
    """Wh, W or mA as kWh, kW or A, with the digits they need: 7400 -> "7.4"."""
    value = Decimal(thousandths).scaleb(-3).normalize()
    exponent = value.as_tuple().exponent
    return number(value, max(0, -exponent) if isinstance(exponent, int) else 0)


def _idle(low: int | None, high: int | None, *, named: bool) -> Iterator[str]:
    if low and high is not None:
        text = (
            gettext("from %(low)s to %(high)s")
            if named
            else gettext("from %(low)s to %(high)s idle")
        )
        yield text % {"low": span(low), "high": span(high)}
    elif low:
        text = gettext("after %s") if named else gettext("after %s idle")
        yield text % span(low)
    elif high is not None:
        text = gettext("for the first %s") if named else gettext("for the first %s idle")
        yield text % span(high)


def _elapsed(low: int | None, high: int | None, *, named: bool) -> Iterator[str]:
    if low and high is not None:
        text = (
            gettext("from %(low)s to %(high)s")
            if named
            else gettext("from %(low)s to %(high)s of the session")
        )
        yield text % {"low": span(low), "high": span(high)}
    elif low:
        text = gettext("after %s") if named else gettext("after %s of the session")
        yield text % span(low)
    elif high is not None:
        text = gettext("for the first %s") if named else gettext("for the first %s of the session")
        yield text % span(high)


def _energy(low: int | None, high: int | None) -> Iterator[str]:
    if low and high is not None:
        yield f"{exact(low)}{DASH}{exact(high)}{NBSP}kWh"
    elif low:
        yield gettext("above %s") % f"{exact(low)}{NBSP}kWh"
    elif high is not None:
        yield gettext("for the first %s") % f"{exact(high)}{NBSP}kWh"


def _powers(restrictions: Restrictions) -> Iterator[str]:
    r = restrictions
    for low, high, unit, text in (
        (r.min_power_w, r.max_power_w, "kW", gettext("power %s")),
        (r.min_current_ma, r.max_current_ma, "A", gettext("current %s")),
        (
            r.min_peak_power_w,
            r.max_peak_power_w,
            "kW",
            gettext("highest power of the session %s"),
        ),
        (
            r.min_average_power_w,
            r.max_average_power_w,
            "kW",
            gettext("average power of the session %s"),
        ),
    ):
        if low or high is not None:
            yield text % _band(low, high, unit)


def _band(low: int | None, high: int | None, unit: str) -> str:
    if not low:
        return gettext("below %s") % f"{exact(high or 0)}{NBSP}{unit}"
    if high is None:
        return gettext("from %s") % f"{exact(low)}{NBSP}{unit}"
    return f"{exact(low)}{DASH}{exact(high)}{NBSP}{unit}"


def _clock(restrictions: Restrictions) -> Iterator[str]:
    start = restrictions.start_minute or 0
    end = restrictions.end_minute or _MINUTES_OF_DAY
    if start != end % _MINUTES_OF_DAY:
        yield f"{_time(start)}{DASH}{_time(end)}"


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _days(restrictions: Restrictions) -> Iterator[str]:
    """Runs of two days and more from the first to the last."""
    days = sorted(restrictions.days)
    if not days or len(days) == 7:
        return
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    yield ", ".join(
        str(WEEKDAYS_ABBR[run[0]])
        if len(run) == 1
        else f"{WEEKDAYS_ABBR[run[0]]}{DASH}{WEEKDAYS_ABBR[run[-1]]}"
        for run in runs
    )


def _dates(restrictions: Restrictions) -> Iterator[str]:
    """People count the last day in, the terms name the day after it."""
    start, end = restrictions.start_date, restrictions.end_date
    last = None if end is None else end - timedelta(days=1)
    if start is not None and last is not None:
        form = "j F" if start.year == last.year else "j F Y"
        if start == last:
            yield date_format(last, "j F Y")
        else:
            yield f"{date_format(start, form)} {DASH} {date_format(last, 'j F Y')}"
    elif start is not None:
        yield gettext("from %s") % date_format(start, "j F Y")
    elif last is not None:
        yield gettext("until %s") % date_format(last, "j F Y")


def _season(restrictions: Restrictions) -> Iterator[str]:
    if restrictions.season_start is None and restrictions.season_end is None:
        return
    start = date(_A_LEAP_YEAR, *(restrictions.season_start or (1, 1)))
    end = date(_A_LEAP_YEAR, *(restrictions.season_end or (1, 1)))
    if start != end:
        last = date_format(end - timedelta(days=1), "j F")
        yield f"{date_format(start, 'j F')} {DASH} {last}"
