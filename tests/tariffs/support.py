"""Plugs and prices for tests of tariff groups."""

from __future__ import annotations

from typing import Any

from accounts.models import Operator
from chargers.models import Evse, Location
from common.tenancy import system_scope
from tariffs.models import Tariff, TariffAssignment, TariffGroup
from tests.factories import (
    EvseFactory,
    LocationFactory,
    StationFactory,
    TariffAssignmentFactory,
    TariffFactory,
    TariffGroupFactory,
    TariffVersionFactory,
)


def make_plug(operator: Operator, location: Location | None = None, **values: Any) -> Evse:
    """An EVSE at a station of its own."""
    location = location or LocationFactory.create(operator=operator)
    station = StationFactory.create(operator=operator, location=location)
    return EvseFactory.create(station=station, **values)


def make_tariff(operator: Operator, name: str = "Day", **values: Any) -> Tariff:
    """With a version that is valid since long."""
    currency = values.pop("currency", operator.currency)
    tariff = TariffFactory.create(operator=operator, name=name, currency=currency, **values)
    TariffVersionFactory.create(tariff=tariff)
    return tariff


def make_group(operator: Operator, name: str = "All", **values: Any) -> TariffGroup:
    return TariffGroupFactory.create(operator=operator, name=name, **values)


def give(group: TariffGroup, tariff: Tariff | None, **values: Any) -> TariffAssignment:
    """An assignment as it stands in the table."""
    return TariffAssignmentFactory.create(group=group, tariff=tariff, **values)


def stored() -> list[TariffAssignment]:
    """Every assignment of every operator, the oldest first."""
    with system_scope("tests look at every row"):
        return list(TariffAssignment.objects.order_by("created_at", "pk"))
