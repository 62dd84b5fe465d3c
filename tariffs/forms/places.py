"""From a field of a tariff's document to the field of the editor that it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tariffs.pricing.cards import Cards, Kind, Place, places_of

_ELEMENT: Final = re.compile(r"elements\[(\d+)\](?:\.price_components\[(\d+)\])?(?:\.(.+))?")
_CAP: Final = re.compile(r"caps\[(\d+)\].*")
_TOTALS: Final = {
    "min_price": "min_net",
    "min_price.excl_vat": "min_net",
    "min_price.incl_vat": "min_gross",
    "max_price": "max_net",
    "max_price.excl_vat": "max_net",
    "max_price.incl_vat": "max_gross",
}
_COMPONENT: Final = {"vat": "vat", "step_size": "step", "per_seconds": "per"}
_ROW: Final = {
    "day_of_week": "days",
    "min_duration": "min_minutes",
    "max_duration": "max_minutes",
    "min_peak_power": "min_power",
    "max_peak_power": "max_power",
    "min_average_power": "min_power",
    "max_average_power": "max_power",
}
_SAME: Final = frozenset(
    {
        "start_time", "end_time", "start_date", "end_date", "season_start", "season_end",
        "min_kwh", "max_kwh", "min_idle", "max_idle", "min_current", "max_current",
        "min_power", "max_power",
    }
)  # fmt: skip
_BASE: Final[Mapping[tuple[str, str], str]] = {
    ("idle", "start_time"): "idle_start",
    ("idle", "end_time"): "idle_end",
    ("idle", "min_idle"): "idle_grace",
    ("fee", "min_duration"): "fee_after_minutes",
    ("fee", "min_kwh"): "fee_after_kwh",
}
_RESERVATION: Final = {
    "reservation_fee": "reserve_fee",
    "reservation_time": "reserve_price",
    "lapsed_fee": "reserve_lapsed",
}


def place_at(path: str, cards: Cards) -> Place | None:
    """The card and row of a field of the document; None where it belongs to none."""
    found = _ELEMENT.fullmatch(path)
    if found is None:
        return None
    return places_of(cards).get((int(found[1]), int(found[2] or 0)))


def field_at(path: str, cards: Cards, rows: Mapping[Kind, list[str]]) -> str | None:
    """The editor's field for a field of the document; None for the tariff as a whole.

    Args:
        path: such as `elements[1].restrictions.end_time`.
        cards: from which the document was made.
        rows: keys of the rows of each card, as far as they have a price.
    """
    if path in _TOTALS:
        return _of_total(path, cards)
    if found := _CAP.fullmatch(path):
        cap = cards.caps[int(found[1])]
        return f"{'time' if cap.dimension == 'TIME' else 'idle'}_cap_{cap.per}"
    place = place_at(path, cards)
    if place is None:
        return None
    element = _ELEMENT.fullmatch(path)
    rest = (element[3] if element else None) or "price"
    if place.card in _RESERVATION:
        return _of_reservation(place.card, rest)
    return _of_card(Kind(place.card), place.row, rest, rows)


def _of_total(path: str, cards: Cards) -> str:
    """A limit as a whole stands at the figure that is filled in."""
    limit = cards.min_price if path == "min_price" else cards.max_price
    if "." not in path and limit is not None and limit.net is None:
        return _TOTALS[f"{path}.incl_vat"]
    return _TOTALS[path]


def _of_reservation(card: str, rest: str) -> str:
    return f"reserve_{_COMPONENT[rest]}" if rest in _COMPONENT else _RESERVATION[card]


def _of_card(kind: Kind, row: int | None, rest: str, rows: Mapping[Kind, list[str]]) -> str:
    if rest.startswith("spot"):
        return f"spot_{_spot(rest)}"
    if row == -1:
        return f"{kind}_free"
    name = rest.removeprefix("restrictions.")
    if row is None:
        return _BASE.get((kind, name)) or f"{kind}_{_COMPONENT.get(name, 'price')}"
    return f"{kind}_{rows[kind][row]}_{_of_row(name)}"


def _of_row(name: str) -> str:
    if name in _SAME:
        return name
    return _ROW.get(name) or _COMPONENT.get(name, "price")


def _spot(rest: str) -> str:
    names = {"slot_minutes": "slot", "factor": "factor", "fallback": "fallback", "floor": "floor"}
    return names.get(rest.removeprefix("spot."), "area")
