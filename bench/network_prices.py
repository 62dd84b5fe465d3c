"""The price list of a large operator: groups, and assignments at every kind of place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import Operator
from chargers.models import ChargingStation, Location
from tariffs.models import Audience, Tariff, TariffAssignment, TariffGroup, TariffVersion

GROUPS = 6
SPECIAL_PLACES = 1_000


def seed_prices(operator: Operator, now: datetime) -> None:
    """Fill the tables of tariff groups and their assignments. Needs a scope."""
    tariff = Tariff.objects.create(
        operator=operator, name="Price list", currency="EUR", created_at=now
    )
    TariffVersion.objects.create(
        operator=operator,
        tariff=tariff,
        number=1,
        terms=_terms(),
        valid_from=operator.created_at,
        created_at=now,
    )
    groups = TariffGroup.objects.bulk_create(
        TariffGroup(
            operator=operator,
            name=f"Group {n}",
            audience=Audience.EVERYONE,
            position=n,
            created_at=now,
        )
        for n in range(GROUPS)
    )
    TariffAssignment.objects.bulk_create(
        TariffAssignment(operator=operator, group=group, tariff=tariff, created_at=now, **place)
        for group in groups
        for place in _places()
    )


def _places() -> list[dict[str, Any]]:
    locations = Location.objects.order_by("pk").values_list("pk", flat=True)[:SPECIAL_PLACES]
    stations = ChargingStation.objects.order_by("pk").values_list("pk", flat=True)[:SPECIAL_PLACES]
    return [
        {},
        *({"location_id": pk} for pk in locations),
        *({"station_id": pk} for pk in stations),
    ]


def _terms() -> dict[str, Any]:
    component = {"type": "ENERGY", "price": "0.49", "vat": "25"}
    elements = [{"price_components": [component]}]
    return {"currency": "EUR", "tax_included": True, "elements": elements}


def price_examples(count: int) -> dict[str, Any]:
    """Needs a scope."""
    return {
        "group_id": TariffGroup.objects.order_by("position")[:count],
        "assignment_id": TariffAssignment.objects.order_by("pk")[:count],
        "tariff_id": Tariff.objects.order_by("pk")[:count],
        "version_id": TariffVersion.objects.order_by("pk")[:count],
    }
