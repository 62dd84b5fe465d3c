from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Operator
from chargers.domain.display import DisplayState
from chargers.domain.vocabulary import ConnectorStatus
from chargers.models import ChargingStation
from chargers.selectors import station_display, stations_with_parts
from operations.selectors import network
from tests.factories import (
    ConnectorFactory,
    EvseFactory,
    LocationFactory,
    StationFactory,
    TransactionFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]


@pytest.mark.parametrize("station_status", ["", "Unavailable", "Faulted"])
@pytest.mark.parametrize("is_online", [True, False])
def test_every_station_is_what_its_own_page_says(
    operator: Operator, station_status: str, is_online: bool
) -> None:
    """All pairs of connector states, with and without a session, in and out of service."""
    location = LocationFactory.create(operator=operator)
    sessions = (None, "", "Charging", "SuspendedEV")
    for first, second, session, operative in product(
        ConnectorStatus, ConnectorStatus, sessions, (True, False)
    ):
        station = StationFactory.create(
            operator=operator, location=location, status=station_status, is_online=is_online
        )
        running = (
            TransactionFactory.create(station=station, charging_state=session)
            if session is not None
            else None
        )
        evse = EvseFactory.create(
            station=station, is_operative=operative, active_transaction=running
        )
        ConnectorFactory.create(evse=evse, status=first)
        other = EvseFactory.create(station=station, number=2)
        ConnectorFactory.create(evse=other, status=second)
    bare = StationFactory.create(operator=operator, location=location, is_online=is_online)
    busy = network.busy_stations()
    for station in stations_with_parts(ChargingStation.objects.all()):
        shown = busy[station.pk].state if station.pk in busy else DisplayState.AVAILABLE
        assert shown == station_display(station), station.pk
    assert (bare.pk in busy) is (not is_online)
    assert ChargingStation.objects.count() == 201


def test_busy_stations_cost_four_queries(operator: Operator) -> None:
    station = StationFactory.create(operator=operator, is_online=False)
    with CaptureQueriesContext(connection) as queries:
        busy = network.busy_stations()
    assert busy == {station.pk: network.Busy(station.location_id, DisplayState.OFFLINE)}
    assert len(queries) == 4


def test_sizes_and_places_of_this_operator_only(
    operator: Operator, other_operator: Operator
) -> None:
    first = LocationFactory.create(operator=operator, name="A", city="Aarhus", latitude="56.15")
    LocationFactory.create(operator=operator, name="B", city="Malmö", country="SE")
    foreign = StationFactory.create(operator=other_operator)
    ConnectorFactory.create(evse=EvseFactory.create(station=foreign))
    for _ in range(2):
        station = StationFactory.create(operator=operator, location=first)
        ConnectorFactory.create(evse=EvseFactory.create(station=station, max_power_w=50_000))
    sizes = network.sizes()
    assert (sizes.locations, sizes.stations, sizes.connectors) == (2, 2, 2)
    assert sizes.max_power_w == 100_000
    assert sizes.places == {("DK", "Aarhus"): 1, ("SE", "Malmö"): 1}
    (place,) = network.places()
    assert (place.id, place.stations, place.latitude) == (first.pk, 2, 56.15)


def test_what_runs_now(operator: Operator, other_operator: Operator) -> None:
    station = StationFactory.create(operator=operator)
    lost = StationFactory.create(operator=operator, is_online=False)
    ConnectorFactory.create(evse=EvseFactory.create(station=station), status="Occupied")
    ConnectorFactory.create(evse=EvseFactory.create(station=station, number=2), status="Reserved")
    ConnectorFactory.create(evse=EvseFactory.create(station=lost), status="Occupied")
    TransactionFactory.create(station=station, power_w=11_000)
    TransactionFactory.create(station=station, power_w=None)
    TransactionFactory.create(station=station, power_w=7_000, state="ended")
    TransactionFactory.create(station__operator=other_operator, power_w=99_000)
    assert network.now_running() == network.Now(active_sessions=2, power_w=11_000, in_use=2)


def test_counting_states(operator: Operator) -> None:
    for status in ("Faulted", "Occupied", "Available"):
        station = StationFactory.create(operator=operator)
        ConnectorFactory.create(evse=EvseFactory.create(station=station), status=status)
    states = Counter(one.state for one in network.busy_stations().values())
    assert states == {DisplayState.FAULTED: 1, DisplayState.OCCUPIED: 1}
