"""Locations whose plugs have prices in more than one currency: allowed, and worth a warning."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from chargers.models import Location
from tariffs.models import Tariff, TariffAssignment


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedCurrencies:
    """A location and the currencies of its prices, in order of the alphabet."""

    location: UUID
    name: str
    currencies: tuple[str, ...]

    def __str__(self) -> str:
        return f"Prices at {self.name} are in {' and '.join(self.currencies)}."


def mixed_currencies(
    *,
    operator_id: UUID,
    locations: Iterable[UUID] | None,
    at: datetime,
    also: Tariff | None = None,
) -> list[MixedCurrencies]:
    """Locations with prices in several currencies now or later, by name. Two queries.

    A group's tariff of the whole network does not count where the group has one for the location.

    Args:
        locations: only these; None for all.
        also: a tariff that is about to be assigned to all of them.
    """
    here: dict[UUID, set[str]] = defaultdict(set)
    own: dict[UUID, set[UUID]] = defaultdict(set)
    everywhere: list[tuple[UUID, str]] = []
    for group, location, is_whole, currency in _prices(operator_id, at):
        if location is None:
            everywhere.append((group, currency))
            continue
        here[location].add(currency)
        if is_whole:
            own[location].add(group)
    wanted = set(here) if locations is None else set(locations)
    found = {
        location: here[location]
        | {currency for group, currency in everywhere if group not in own[location]}
        | ({also.currency} if also else set())
        for location in wanted
    }
    return _named({key: currencies for key, currencies in found.items() if len(currencies) > 1})


def _prices(operator_id: UUID, at: datetime) -> Iterable[tuple[UUID, UUID | None, bool, str]]:
    """(group, location, whether for the whole location, currency) of what is not over."""
    rows = TariffAssignment.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=at), operator_id=operator_id, tariff__isnull=False
    ).annotate(
        at_location=Coalesce(
            F("location_id"), F("station__location_id"), F("evse__station__location_id")
        )
    )
    names = ("group_id", "at_location", "location_id", "current_type", "tariff__currency")
    for group, location, whole, current_type, currency in rows.values_list(*names):
        yield group, location, whole is not None and not current_type, currency


def _named(found: dict[UUID, set[str]]) -> list[MixedCurrencies]:
    names = dict(Location.objects.filter(pk__in=list(found)[:500]).values_list("pk", "name"))
    rows = [
        MixedCurrencies(location=key, name=name, currencies=tuple(sorted(found[key])))
        for key, name in names.items()
    ]
    return sorted(rows, key=lambda row: (row.name, row.location))
