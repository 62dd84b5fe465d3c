"""What the next kWh, the next minute and the next idle minute cost. Pure; exact and gross.

Limits of the total, caps and steps concern whole sessions and are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from tariffs.pricing.charging import Charging, Period, State
from tariffs.pricing.engine import price
from tariffs.pricing.result import LineKind
from tariffs.pricing.terms import Element, Restrictions, Terms

_MINUTE = 60
_KWH = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """A session, whenever it begins: charging, then idle.

    Attributes:
        energy_wh: taken while charging.
        charging_s: seconds of charging.
        idle_s: seconds of idling after it.
        power_w: while charging.
    """

    energy_wh: int
    charging_s: int
    idle_s: int
    power_w: int | None

    def charging(self, start: int) -> Charging:
        """The session that begins at an epoch second."""
        middle = start + self.charging_s
        end = middle + self.idle_s
        periods = [
            Period(start, middle, self.energy_wh, State.CHARGING, self.power_w),
            Period(middle, end, 0, State.IDLE),
        ]
        return Charging(periods=tuple(one for one in periods if one.start < one.end))


@dataclass(frozen=True, kw_only=True, slots=True)
class Marginal:
    """Gross prices in major units of the currency.

    Attributes:
        kwh, minute: the first ones of a session that begins then.
        idle_minute: the one that follows the idle time of the session.
    """

    kwh: Fraction
    minute: Fraction
    idle_minute: Fraction


def of_session(terms: Terms, shape: Shape) -> Terms:
    """The terms of a session of this shape, without what concerns the whole of it.

    Bands of peak and average power are decided, and steps, caps and limits are left out.
    """
    elements = tuple(
        Element(
            components=tuple(replace(one, step_size=1) for one in element.components),
            restrictions=_unbanded(element.restrictions),
        )
        for element in terms.elements
        if _fits(element.restrictions, shape)
    )
    return replace(terms, elements=elements, min_price=None, max_price=None, caps=())


def _unbanded(restrictions: Restrictions) -> Restrictions:
    return replace(
        restrictions,
        min_peak_power_w=None,
        max_peak_power_w=None,
        min_average_power_w=None,
        max_average_power_w=None,
    )


def marginal(
    terms: Terms,
    shape: Shape,
    at: int,
    tz: ZoneInfo,
    spot: Mapping[tuple[str, int, int], Decimal] | None = None,
) -> Marginal:
    """What the next unit costs at an epoch second.

    Args:
        terms: as `of_session` has prepared them.
    """
    if not terms.elements:
        return Marginal(kwh=Fraction(0), minute=Fraction(0), idle_minute=Fraction(0))
    energy = max(1, (shape.power_w or 0) * _MINUTE // 3600)
    start = Period(at, at + _MINUTE, energy, State.CHARGING, shape.power_w)
    first = _gross(terms, (start,), tz, spot)
    before = shape.charging(at - shape.charging_s - shape.idle_s).periods
    after = (*before, Period(at, at + _MINUTE, 0, State.IDLE))
    idle = _gross(terms, after, tz, spot).get(LineKind.PARKING_TIME, Fraction(0))
    idle -= _gross(terms, before, tz, spot).get(LineKind.PARKING_TIME, Fraction(0))
    return Marginal(
        kwh=first.get(LineKind.ENERGY, Fraction(0)) * _KWH / energy,
        minute=first.get(LineKind.TIME, Fraction(0)),
        idle_minute=idle,
    )


def _gross(
    terms: Terms,
    periods: tuple[Period, ...],
    tz: ZoneInfo,
    spot: Mapping[tuple[str, int, int], Decimal] | None,
) -> dict[LineKind, Fraction]:
    found: dict[LineKind, Fraction] = {}
    for line in price(terms, Charging(periods=periods), tz, spot).lines:
        found[line.kind] = found.get(line.kind, Fraction(0)) + line.gross
    return found


def _fits(restrictions: Restrictions, shape: Shape) -> bool:
    """Whether the bands of the whole session hold; unknown power fits no band."""
    charges = shape.charging_s > 0
    average = Fraction(shape.energy_wh * 3600, shape.charging_s) if charges else None
    r = restrictions
    return _within(r.min_peak_power_w, r.max_peak_power_w, shape.power_w) and _within(
        r.min_average_power_w, r.max_average_power_w, average
    )


def _within(low: int | None, high: int | None, value: Fraction | int | None) -> bool:
    if low is None and high is None:
        return True
    if value is None:
        return False
    return (low is None or low <= value) and (high is None or value < high)
