"""Plain words for parts of a tariff: when something holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from tariffs.pricing.fields import plain
from tariffs.pricing.terms import Dimension

DIMENSIONS = {
    Dimension.ENERGY: "Energy",
    Dimension.FLAT: "The fee per session",
    Dimension.TIME: "Charging time",
    Dimension.PARKING_TIME: "Parking time",
}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

Span = tuple[int, int]


def inside(name: str) -> str:
    """The name of a dimension within a sentence."""
    return name[0].lower() + name[1:]


def listed(words: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def elements(numbers: Sequence[int]) -> str:
    """Element 1; elements 1 and 3: within a sentence."""
    return f"element{'s' if len(numbers) > 1 else ''} {listed([str(n) for n in numbers])}"


def weekdays(days: Sequence[int]) -> str:
    """On Mon to Fri and Sun, with a dash."""
    parts = [
        DAYS[first] if last == first + 1 else f"{DAYS[first]}\u2013{DAYS[last - 1]}"
        for first, last in joined([(day, day + 1) for day in days])
    ]
    return f"on {listed(parts)}"


def joined(spans: Sequence[Span]) -> list[Span]:
    """Spans in order, those that touch made one."""
    result: list[Span] = []
    for low, high in sorted(spans):
        if result and result[-1][1] == low:
            result[-1] = (result[-1][0], high)
        else:
            result.append((low, high))
    return result


def around(spans: Sequence[Span], length: int) -> list[Span]:
    """The same on a circle: what ends at its end goes on at its beginning."""
    result = joined(spans)
    if len(result) > 1 and result[0][0] == 0 and result[-1][1] == length:
        return [*result[1:-1], (result[-1][0], result[0][1])]
    return result


def clock(spans: Sequence[Span]) -> str:
    """Between 22:00 and 06:00."""
    parts = [f"between {_clock(low)} and {_clock(high)}" for low, high in around(spans, 1440)]
    return listed(parts)


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def season(spans: Sequence[Span]) -> str:
    """From 1 Dec to 28 Feb each year, both included; of a year with a leap day."""
    parts = [
        f"from {_month_day(low)} to {_month_day(high - 1)}" for low, high in around(spans, 366)
    ]
    return f"{listed(parts)} each year"


def _month_day(index: int) -> str:
    day = date(2000, 1, 1) + timedelta(days=index)
    return f"{day.day} {day:%b}"


def dates(spans: Sequence[Span], first: int, last: int) -> str:
    """Until 2025-12-31; first and last are the ends of time."""
    return listed([_dates(low, high, first, last) for low, high in joined(spans)])


def _dates(low: int, high: int, first: int, last: int) -> str:
    if low == first:
        return f"until {date.fromordinal(high - 1)}"
    begin = f"from {date.fromordinal(low)}"
    return begin if high == last else f"{begin} to {date.fromordinal(high - 1)}"


def quantity(spans: Sequence[Span], last: int, unit: str, name: str) -> str:
    """Below 5 kWh; between 5 and 10 kW of power; from 2 h of the session."""
    return listed([_quantity(low, high, last, unit) for low, high in joined(spans)]) + name


def _quantity(low: int, high: int, last: int, unit: str) -> str:
    if low == 0:
        return f"below {measured(high, unit)}"
    if high == last:
        return f"from {measured(low, unit)}"
    return f"from {measured(low, unit)} to {measured(high, unit)}"


def measured(value: int, unit: str) -> str:
    """Seconds as 1 h 30 min; thousandths of another unit as 1.5 kWh."""
    if unit != "s":
        return f"{plain(Decimal(value).scaleb(-3))} {unit}"
    hours, minutes, seconds = value // 3600, value // 60 % 60, value % 60
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{amount} {name}" for amount, name in parts if amount) or "0 s"
