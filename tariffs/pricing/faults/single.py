"""Faults that one field, or a few that belong together, show by themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from common.money import CURRENCIES
from tariffs.pricing.document import RESTRICTION_KEYS
from tariffs.pricing.faults import words
from tariffs.pricing.faults.fault import Fault, fault
from tariffs.pricing.terms import (
    Cap,
    Component,
    Dimension,
    Element,
    PriceLimit,
    Restrictions,
    Spot,
    Terms,
)

MOST_ELEMENTS = 100
_TIMES = (Dimension.TIME, Dimension.PARKING_TIME)

# quantity -> unit of its words
QUANTITIES = {
    "energy_wh": "kWh",
    "current_ma": "A",
    "power_w": "kW",
    "duration_s": "s",
    "idle_s": "s",
    "peak_power_w": "kW",
    "average_power_w": "kW",
}
# what is known while reserved: the clock and the calendar, and the reservation's own duration
_UNKNOWN_WHILE_RESERVED = tuple(name for name in QUANTITIES if name != "duration_s")


def single_faults(terms: Terms) -> Iterator[Fault]:
    """Everything that needs no comparison of elements."""
    if terms.currency not in CURRENCIES:
        yield fault("currency", "currency_unknown", currency=terms.currency)
    if not terms.elements:
        yield fault("elements", "no_elements")
    if len(terms.elements) > MOST_ELEMENTS:
        yield fault("elements", "too_many_elements", most=MOST_ELEMENTS)
    for index, element in enumerate(terms.elements):
        yield from _element(index, element)
    yield from _limits(terms)
    yield from _caps(terms)
    yield from _nothing_priced(terms)
    yield from _vat_missing(terms)


def _element(index: int, element: Element) -> Iterator[Fault]:
    place = f"elements[{index}]"
    if not element.components:
        yield fault(f"{place}.price_components", "element_empty", element=index + 1)
    counts = Counter(component.dimension for component in element.components)
    for dimension, count in counts.items():
        if count > 1:
            yield fault(
                f"{place}.price_components",
                "component_twice",
                element=index + 1,
                dimension=words.inside(words.DIMENSIONS[dimension]),
            )
    for number, component in enumerate(element.components):
        yield from _component(f"{place}.price_components[{number}]", component)
    yield from _restrictions(f"{place}.restrictions", element.restrictions)
    yield from _reserved(place, element)


def _component(place: str, component: Component) -> Iterator[Fault]:
    if component.price < 0 and component.spot is None:
        yield fault(f"{place}.price", "price_negative")
    if component.vat is not None and not 0 <= component.vat <= 100:
        yield fault(f"{place}.vat", "vat_range")
    if component.step_size < 0:
        yield fault(f"{place}.step_size", "step_negative")
    if component.dimension is Dimension.FLAT and component.step_size > 1:
        yield fault(f"{place}.step_size", "flat_step")
    if component.per_seconds <= 0:
        yield fault(f"{place}.per_seconds", "per_seconds")
    elif component.per_seconds != 3600 and component.dimension not in _TIMES:
        yield fault(f"{place}.per_seconds", "per_seconds_not_time")
    if component.spot is not None:
        yield from _spot(f"{place}.spot", component.dimension, component.spot)


def _spot(place: str, dimension: Dimension, spot: Spot) -> Iterator[Fault]:
    if dimension is not Dimension.ENERGY:
        yield fault(place, "spot_not_energy")
    if spot.slot_minutes not in {15, 30, 60}:
        yield fault(f"{place}.slot_minutes", "slot_minutes")
    if spot.factor < 0:
        yield fault(f"{place}.factor", "factor_negative")
    # without a floor negative prices are passed on
    if spot.floor is not None and spot.fallback < spot.floor:
        yield fault(f"{place}.fallback", "fallback_below_floor")


def _restrictions(place: str, given: Restrictions) -> Iterator[Fault]:
    if given.start_minute is not None and given.start_minute == given.end_minute:
        yield fault(f"{place}.end_time", "all_day")
    if given.start_date and given.end_date and given.start_date >= given.end_date:
        low, high = str(given.start_date), str(given.end_date)
        yield fault(f"{place}.end_date", "dates_empty", low=low, high=high)
    yield from _season(place, given)
    for name, unit in QUANTITIES.items():
        yield from _range(place, given, name, unit)


def _season(place: str, given: Restrictions) -> Iterator[Fault]:
    for key, value in (("season_start", given.season_start), ("season_end", given.season_end)):
        if value is not None and not _exists(*value):
            yield fault(f"{place}.{key}", "season_date", date=f"{value[0]:02}-{value[1]:02}")
    if given.season_start is not None and given.season_start == given.season_end:
        yield fault(f"{place}.season_end", "season_empty")


def _exists(month: int, day: int) -> bool:
    try:
        date(2000, month, day)  # a leap year
    except ValueError:
        return False
    return True


def _range(place: str, given: Restrictions, name: str, unit: str) -> Iterator[Fault]:
    low, high = getattr(given, f"min_{name}"), getattr(given, f"max_{name}")
    for attribute, value in ((f"min_{name}", low), (f"max_{name}", high)):
        if value is not None and value < 0:
            yield fault(f"{place}.{RESTRICTION_KEYS[attribute]}", "limit_negative")
            return
    if high is not None and (low or 0) >= high:
        yield fault(
            f"{place}.{RESTRICTION_KEYS[f'max_{name}']}",
            "range_empty",
            low=words.measured(low or 0, unit),
            high=words.measured(high, unit),
        )


def _reserved(place: str, element: Element) -> Iterator[Fault]:
    if element.restrictions.reservation is None:
        return
    for number, component in enumerate(element.components):
        if component.dimension in {Dimension.ENERGY, Dimension.PARKING_TIME}:
            yield fault(
                f"{place}.price_components[{number}].type",
                "reserved_dimension",
                dimension=words.inside(words.DIMENSIONS[component.dimension]),
            )
    for name in _UNKNOWN_WHILE_RESERVED:
        if getattr(element.restrictions, f"min_{name}"):
            key = RESTRICTION_KEYS[f"min_{name}"]
            yield fault(f"{place}.restrictions.{key}", "reserved_restriction")


def _limits(terms: Terms) -> Iterator[Fault]:
    for name, limit in (("min_price", terms.min_price), ("max_price", terms.max_price)):
        if limit is not None:
            yield from _limit(name, limit)
    if terms.min_price and terms.max_price and _cross(terms.min_price, terms.max_price):
        yield fault("max_price", "totals_cross")


def _limit(place: str, limit: PriceLimit) -> Iterator[Fault]:
    if limit.net is None and limit.gross is None:
        yield fault(place, "total_empty")
    for key, figure in (("excl_vat", limit.net), ("incl_vat", limit.gross)):
        if figure is not None and figure < 0:
            yield fault(f"{place}.{key}", "amount_negative")
    if limit.net is not None and limit.gross is not None and limit.gross < limit.net:
        yield fault(f"{place}.incl_vat", "total_gross_below_net")


def _cross(least: PriceLimit, most: PriceLimit) -> bool:
    # a net minimum above a gross maximum crosses at any VAT
    pairs = ((least.net, most.net), (least.gross, most.gross), (least.net, most.gross))
    return any(low is not None and high is not None and low > high for low, high in pairs)


def _caps(terms: Terms) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    for index, cap in enumerate(terms.caps):
        place = f"caps[{index}]"
        name = words.DIMENSIONS[cap.dimension]
        if cap.amount < 0:
            yield fault(f"{place}.amount", "amount_negative")
        if cap.dimension not in _TIMES:
            yield fault(f"{place}.type", "cap_dimension")
        else:
            yield from _capped(f"{place}.type", terms, cap)
        if (cap.dimension, cap.per) in seen:
            yield fault(place, "cap_twice", dimension=name, per=str(cap.per))
        seen.add((cap.dimension, cap.per))


def _capped(place: str, terms: Terms, cap: Cap) -> Iterator[Fault]:
    name = words.DIMENSIONS[cap.dimension]
    rates = {c.vat for c in _session_components(terms) if c.dimension is cap.dimension}
    if not rates:
        yield fault(place, "cap_nothing", dimension=words.inside(name))
    if len(rates) > 1:
        yield fault(place, "cap_vat_differs", dimension=name)


def _session_components(terms: Terms) -> Iterator[Component]:
    for element in terms.elements:
        if element.restrictions.reservation is None:
            yield from element.components


def _nothing_priced(terms: Terms) -> Iterator[Fault]:
    used = (c for c in _session_components(terms) if c.dimension is not Dimension.FLAT)
    if terms.elements and not any(component.price or component.spot for component in used):
        yield fault("elements", "nothing_priced")


def _vat_missing(terms: Terms) -> Iterator[Fault]:
    places = [
        (f"elements[{index}].price_components[{number}].vat", component.vat)
        for index, element in enumerate(terms.elements)
        for number, component in enumerate(element.components)
    ]
    if any(vat is not None for _, vat in places):
        yield from (fault(place, "vat_missing") for place, vat in places if vat is None)
