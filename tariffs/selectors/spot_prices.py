"""Prices of the market: listed, and handed to whoever prices a session."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from tariffs.models import SpotPrice
from tariffs.pricing.terms import Terms

Spots = dict[tuple[str, int, int], Decimal]


def spot_prices(terms: Terms, operator_id: UUID, start: datetime, end: datetime) -> Spots:
    """What a tariff needs to price a session in [start, end): (area, slot minutes, epoch) -> price.

    A tariff without spot prices costs no query.
    """
    wanted = Q()
    for area, slot_minutes in set(_series(terms)):
        earliest = start - timedelta(minutes=slot_minutes)
        wanted |= Q(area=area, slot_minutes=slot_minutes, starts_at__gt=earliest)
    if not wanted:
        return {}
    rows = SpotPrice.objects.filter(
        wanted, operator_id=operator_id, currency=terms.currency, starts_at__lt=end
    )
    names = ("area", "slot_minutes", "starts_at", "price")
    return {
        (area, slot_minutes, int(starts_at.timestamp())): price
        for area, slot_minutes, starts_at, price in rows.values_list(*names)
    }


def _series(terms: Terms) -> Iterator[tuple[str, int]]:
    for element in terms.elements:
        for component in element.components:
            if component.spot is not None:
                yield component.spot.area, component.spot.slot_minutes
