"""All that decides the price of a session, in the form in which it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

Document = Mapping[str, Any]
# (bidding zone, minutes of a slot, its first second) -> price of a kWh
SpotPrices = Mapping[tuple[str, int, int], Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What goes into a record. Two sessions with equal facts cost the same.

    Attributes:
        terms: the stored tariff; None: there is none for this session.
        charging: the stored periods.
        spot_prices: as `spot_document` writes them.
        time_zone: of the site, IANA.
        findings: what was odd about the readings.
        is_provisional: ended by rule, the station's stop never came.
        in_review: the session waits for a person.
    """

    terms: Document | None
    charging: Document
    spot_prices: Document
    time_zone: str
    started_at: datetime
    ended_at: datetime
    energy_wh: int
    findings: tuple[str, ...]
    is_provisional: bool
    in_review: bool


def spot_document(prices: SpotPrices) -> dict[str, str]:
    """Spot prices as JSON: "DK1/60/1767225600" -> "0.4123", in a fixed order."""
    return {
        f"{area}/{minutes}/{start}": f"{price.normalize():f}"
        for (area, minutes, start), price in sorted(prices.items())
    }


def spot_prices(document: Document) -> dict[tuple[str, int, int], Decimal]:
    """The way back."""
    found = {}
    for key, price in document.items():
        area, minutes, start = key.rsplit("/", 2)
        found[area, int(minutes), int(start)] = Decimal(price)
    return found
