from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Operator, Role
from tariffs.models import TariffGroup
from tariffs.panels import price_of_sessions, prices_of_locations, prices_of_stations
from tests.factories import (
    NOW,
    DriverFactory,
    EvseFactory,
    MembershipFactory,
    PinnedTariffFactory,
    TransactionFactory,
)
from tests.tariffs.support import give, make_group, make_plug, make_tariff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]


@pytest.fixture
def guests(operator: Operator) -> TariffGroup:
    return make_group(operator, "Guests")


def told(panel: Any) -> list[tuple[str, list[tuple[str, str, str]]]]:
    return [
        (one["group"].name, [(part, line.name, line.price) for part, line in one["lines"]])
        for one in panel.context["prices"]
    ]


def test_a_station_tells_what_each_group_pays(operator: Operator, guests: TariffGroup) -> None:
    plug = make_plug(operator)
    other = EvseFactory.create(station=plug.station, number=2)
    give(guests, make_tariff(operator, "Standard"))
    panel = prices_of_stations([plug.station_id], NOW)[plug.station_id]
    assert told(panel) == [("Guests", [("", "Standard", "DKK\u00a00.49/kWh")])]
    assert panel.context["try_url"] == f"/tariffs/simulator/?evse={plug.pk}"
    assert panel.permission == "tariffs.view"
    give(guests, None, evse=other)
    panel = prices_of_stations([plug.station_id], NOW)[plug.station_id]
    assert told(panel) == [
        ("Guests", [("EVSE 1", "Standard", "DKK\u00a00.49/kWh"), ("EVSE 2", "No charging", "")])
    ]


def test_a_location_tells_its_own(operator: Operator, guests: TariffGroup) -> None:
    plug = make_plug(operator)
    location = plug.station.location
    give(guests, make_tariff(operator, "Local"), location=location)
    panel = prices_of_locations([location.pk], NOW)[location.pk]
    assert told(panel) == [("Guests", [("", "Local", "DKK\u00a00.49/kWh")])]
    assert panel.context["places_url"].endswith(f"?place=location%3A{location.pk}")


def test_a_session_leads_to_its_question(operator: Operator) -> None:
    plug = make_plug(operator)
    driver = DriverFactory.create(operator=operator)
    session = TransactionFactory.create(
        station=plug.station,
        evse=plug,
        driver=driver,
        energy_wh=18_420,
        started_at=NOW,
        ended_at=NOW + timedelta(minutes=40, seconds=5),
    )
    elsewhere = TransactionFactory.create(station=plug.station, evse=None)
    panels = price_of_sessions([session.pk, elsewhere.pk], NOW)
    assert panels[session.pk].context["try_url"] == (
        f"/tariffs/simulator/?evse={plug.pk}&who=driver%3A{driver.pk}"
        "&start=2026-03-14T13%3A00&energy_kwh=18.42&charging_minutes=41"
    )
    assert panels[elsewhere.pk].context["try_url"] == ""
    assert panels[session.pk].context["tariff"] is None


def test_a_session_tells_the_price_that_is_locked(operator: Operator) -> None:
    plug = make_plug(operator)
    session = TransactionFactory.create(station=plug.station, evse=plug)
    pinned = PinnedTariffFactory.create(transaction=session)
    context = price_of_sessions([session.pk], NOW)[session.pk].context
    assert (context["version"], context["price"]) == (pinned.version, "€\u00a00.49/kWh")


def test_more_places_ask_no_more(
    operator: Operator, guests: TariffGroup, django_assert_num_queries: Any
) -> None:
    plugs = [make_plug(operator) for _number in range(5)]
    for plug in plugs:
        give(guests, make_tariff(operator, f"Of {plug.pk}"), station=plug.station)
    stations = [plug.station_id for plug in plugs]
    locations = [plug.station.location_id for plug in plugs]
    with django_assert_num_queries(4):
        prices_of_stations(stations, NOW)
    with django_assert_num_queries(4):
        prices_of_stations(stations[:1], NOW)
    with django_assert_num_queries(6):
        prices_of_locations(locations, NOW)
    with django_assert_num_queries(6):
        prices_of_locations(locations[:1], NOW)
    sessions = [TransactionFactory.create(station=plug.station, evse=plug) for plug in plugs]
    with django_assert_num_queries(2):
        price_of_sessions([one.pk for one in sessions], NOW)


def test_pages_show_them_to_those_who_may(operator: Operator, guests: TariffGroup) -> None:
    plug = make_plug(operator)
    give(guests, make_tariff(operator, "Standard"))
    session = TransactionFactory.create(station=plug.station, evse=plug)
    client = Client()
    client.force_login(MembershipFactory.create(operator=operator, role=Role.VIEWER).user)
    station = client.get(f"/stations/{plug.station_id}/").content.decode()
    location = client.get(f"/locations/{plug.station.location_id}/").content.decode()
    page = client.get(f"/transactions/{session.pk}/").content.decode()
    assert ("Prices here" in station, "Prices here" in location) == (True, True)
    assert "Try its price" in page
