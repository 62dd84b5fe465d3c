"""The assignment matrix: its rows, its cells, and the dialog of one cell."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import Operator
from chargers.models import Location
from common.clock import utc_now
from common.tenancy import system_scope
from tariffs.models import TariffAssignment, TariffGroup
from tests.factories import EvseFactory, LocationFactory, StationFactory, TariffFactory
from tests.tariffs.support import give, make_group, make_plug, make_tariff, stored

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
# New Year's midnight in Copenhagen.
LATER = datetime(2098, 12, 31, 23, 0, tzinfo=UTC)


def words(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def site(operator: Operator) -> Location:
    location = LocationFactory.create(operator=operator, name="Havnegade", city="Aarhus")
    make_plug(operator, location, current_type="AC")
    return location


@pytest.fixture
def guests(operator: Operator) -> TariffGroup:
    return make_group(operator, "Guests")


def what(rows: list[TariffAssignment]) -> list[tuple[str, bool, bool]]:
    """Tariff, whether it is of the network, whether it has ended."""
    now = utc_now()
    with system_scope("tests"):
        return [
            (
                row.tariff.name if row.tariff else "none",
                row.location_id is None and row.station_id is None and row.evse_id is None,
                row.valid_until is not None and row.valid_until <= now,
            )
            for row in rows
        ]


def test_without_groups_there_are_no_columns(admin: Client) -> None:
    text = words(admin.get("/tariffs/matrix/"))
    assert "No tariff groups yet" in text
    assert "Add group" in text


def test_a_cell_tells_what_counts_and_where_it_comes_from(
    admin: Client, operator: Operator, site: Location, guests: TariffGroup
) -> None:
    staff = make_group(operator, "Staff", position=1)
    give(guests, make_tariff(operator, "Standard"))
    give(staff, None, location=site)
    text = words(admin.get("/tariffs/matrix/"))
    assert "The whole network where nothing closer is set Guests Standard DKK 0.49/kWh" in text
    assert "Havnegade Aarhus · 1 station All prices Guests Standard DKK 0.49/kWh · network" in text
    assert "Staff No charging" in text


def test_plugs_of_both_kinds_are_told_apart_where_they_differ(
    admin: Client, operator: Operator, site: Location, guests: TariffGroup
) -> None:
    make_plug(operator, site, current_type="DC")
    give(guests, make_tariff(operator, "Slow"), current_type="AC")
    give(guests, make_tariff(operator, "Fast"), current_type="DC")
    text = words(admin.get("/tariffs/matrix/"))
    assert "AC Slow DKK 0.49/kWh · network DC Fast DKK 0.49/kWh · network" in text


def test_what_is_to_come_is_told(
    admin: Client, operator: Operator, site: Location, guests: TariffGroup
) -> None:
    give(guests, make_tariff(operator, "Now"), location=site, valid_until=LATER)
    give(guests, make_tariff(operator, "Then"), location=site, valid_from=LATER)
    text = words(admin.get("/tariffs/matrix/"))
    assert "Guests Now DKK 0.49/kWh from 1 Jan 2099: Then until 1 Jan 2099" in text


def test_exceptions_below_are_counted_and_opened(
    admin: Client, operator: Operator, site: Location, guests: TariffGroup
) -> None:
    evse = make_plug(operator, site, current_type="DC", number=3)
    give(guests, make_tariff(operator, "Standard"))
    give(guests, make_tariff(operator, "Special"), evse=evse)
    assert "1 exception below" in words(admin.get("/tariffs/matrix/"))
    place = f"/tariffs/matrix/parts/?place=location:{site.pk}"
    rows = admin.get(place, headers=HTMX)
    assert rows.content.decode().count("<tr") == 2
    assert "1 exception below" in words(rows)
    below = admin.get(f"/tariffs/matrix/parts/?place=station:{evse.station_id}", headers=HTMX)
    assert "EVSE 3 DC Guests Special DKK 0.49/kWh" in words(below)
    assert "The whole network" in words(admin.get(place))
    # After a change the table of either page comes alone.
    for path in (f"{place}&table=1", "/tariffs/matrix/"):
        page = admin.get(path, headers=HTMX).content.decode()
        assert (page.count('id="matrix"'), "<style" in page) == (1, False)


def test_a_tariff_without_a_price_is_passed_over_and_told(
    admin: Client, operator: Operator, site: Location, guests: TariffGroup
) -> None:
    give(guests, make_tariff(operator, "Standard"))
    give(guests, TariffFactory.create(operator=operator, name="Empty"), location=site)
    text = words(admin.get("/tariffs/matrix/"))
    assert "Guests Standard DKK 0.49/kWh · network Empty has no price now" in text


def test_places_are_searched_and_filtered_by_tariff(
    admin: Client, operator: Operator, site: Location, guests: TariffGroup
) -> None:
    other = LocationFactory.create(operator=operator, name="Torvet", city="Odense")
    evse = make_plug(operator, other)
    tariff = make_tariff(operator, "Special")
    give(guests, tariff, evse=evse)
    assert "Torvet" not in words(admin.get("/tariffs/matrix/?q=aarhus"))
    assert "Havnegade" not in words(admin.get(f"/tariffs/matrix/?q={evse.station.code}"))
    found = words(admin.get(f"/tariffs/matrix/?tariff={tariff.pk}"))
    assert ("Torvet" in found, "Havnegade" in found) == (True, False)
    assert "No location matches" in words(admin.get("/tariffs/matrix/?q=nowhere"))
    assert "Havnegade" in words(admin.get("/tariffs/matrix/?tariff=nonsense&page=9"))


def cell(group: TariffGroup, place: str = "network") -> str:
    return f"/tariffs/matrix/cell/?group={group.pk}&place={place}"


def test_a_price_is_set_in_the_dialog(
    admin: Client, operator: Operator, site: Location, guests: TariffGroup
) -> None:
    tariff = make_tariff(operator, "Special")
    give(guests, make_tariff(operator, "Standard"))
    path = cell(guests, f"location:{site.pk}")
    form = words(admin.get(path, headers=HTMX))
    assert "Guests at Havnegade (Aarhus)" in form
    assert "Standard, DKK 0.49/kWh, from the network." in form
    body = {"what": "tariff", "tariff": str(tariff.pk), "current_type": "both"}
    response = admin.post(path, body, headers=HTMX)
    assert response["HX-Trigger"] == "matrix-changed"
    assert "Saved." in words(response)
    assert sorted(what(stored())) == [("Special", False, False), ("Standard", True, False)]
    assert admin.post(path, {**body, "what": "denied"})["Location"] == "/tariffs/matrix/"
    assert sorted(what(stored())) == [
        ("Special", False, True),
        ("Standard", True, False),
        ("none", False, False),
    ]


def test_a_cell_is_set_back_to_what_is_above(
    admin: Client, operator: Operator, site: Location, guests: TariffGroup
) -> None:
    give(guests, make_tariff(operator, "Special"), location=site)
    path = cell(guests, f"location:{site.pk}")
    body = {"what": "above", "current_type": "both"}
    assert admin.post(path, body).status_code == 302
    assert what(stored()) == [("Special", False, True)]
    assert "Nothing is set here, so nothing ends." in words(admin.post(path, body))


def test_one_assignment_is_removed(admin: Client, operator: Operator, guests: TariffGroup) -> None:
    row = give(guests, make_tariff(operator, "Standard"))
    assert "Remove" in words(admin.get(cell(guests), headers=HTMX))
    response = admin.post(f"/tariffs/matrix/assignments/{row.pk}/remove/", headers=HTMX)
    assert response["HX-Trigger"] == "matrix-changed"
    assert what(stored()) == [("Standard", True, True)]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"tariff": ""}, "Choose a tariff."),
        ({"tariff": "01a22ff7-749c-743e-8880-481b08140e7d"}, "Select a valid choice."),
        ({"what": "magic"}, "Select a valid choice. magic is not one of the available choices."),
        ({"current_type": "XX"}, "Select a valid choice. XX is not one of the available choices."),
        ({"valid_from": "soon"}, "Enter a valid date/time."),
        ({"valid_until": "2020-01-01T00:00"}, "The end must lie in the future."),
        (
            {"valid_from": "2099-01-02T00:00", "valid_until": "2099-01-01T00:00"},
            "The end must come after the beginning.",
        ),
    ],
)
def test_faults_stand_at_their_fields(
    admin: Client, operator: Operator, guests: TariffGroup, changes: dict[str, str], text: str
) -> None:
    tariff = make_tariff(operator)
    body = {"what": "tariff", "tariff": str(tariff.pk), "current_type": "both", **changes}
    assert text in words(admin.post(cell(guests), body, headers=HTMX))
    assert stored() == []


def test_nobody_but_managers_changes_prices(
    viewer: Client, operator: Operator, site: Location, guests: TariffGroup
) -> None:
    row = give(guests, make_tariff(operator))
    page = viewer.get("/tariffs/matrix/").content.decode()
    assert ("Havnegade" in page, "/tariffs/matrix/cell/" in page) == (True, False)
    assert viewer.get(cell(guests)).status_code == 403
    assert viewer.post(cell(guests), {"what": "denied", "current_type": "both"}).status_code == 403
    assert viewer.post(f"/tariffs/matrix/assignments/{row.pk}/remove/").status_code == 403
    assert what(stored()) == [("Day", True, False)]


def test_another_operators_rows_are_not_found(
    admin: Client, operator: Operator, other_operator: Operator, guests: TariffGroup
) -> None:
    theirs = make_group(other_operator, "Theirs")
    plug = make_plug(other_operator)
    row = give(theirs, make_tariff(other_operator))
    body = {"what": "denied", "current_type": "both"}
    for path in (
        cell(theirs),
        cell(guests, f"location:{plug.station.location_id}"),
        cell(guests, f"station:{plug.station_id}"),
        cell(guests, f"evse:{plug.pk}"),
        cell(guests, "moon:1"),
        cell(guests, "location:nonsense"),
        "/tariffs/matrix/cell/",
    ):
        assert admin.get(path).status_code == 404, path
        assert admin.post(path, body).status_code == 404, path
    assert admin.get(f"/tariffs/matrix/parts/?place=station:{plug.station_id}").status_code == 404
    assert admin.get("/tariffs/matrix/parts/?place=network").status_code == 404
    assert admin.post(f"/tariffs/matrix/assignments/{row.pk}/remove/").status_code == 404
    assert what(stored()) == [("Day", True, False)]
    text = words(admin.get("/tariffs/matrix/"))
    assert "Theirs" not in text
    assert plug.station.location.name not in text


def test_more_rows_ask_no_more(
    admin: Client,
    operator: Operator,
    site: Location,
    guests: TariffGroup,
    django_assert_num_queries: Any,
) -> None:
    give(guests, make_tariff(operator, "Standard"), location=site)
    admin.get("/tariffs/matrix/")
    with django_assert_num_queries(14):
        admin.get("/tariffs/matrix/")
    for number in range(6):
        group = make_group(operator, f"Group {number}", position=number)
        place = LocationFactory.create(operator=operator)
        give(group, make_tariff(operator, f"Tariff {number}"), location=place)
        give(group, None, evse=make_plug(operator, place))
    with django_assert_num_queries(14):
        admin.get("/tariffs/matrix/")


def test_more_parts_ask_no_more(
    admin: Client,
    operator: Operator,
    site: Location,
    guests: TariffGroup,
    django_assert_num_queries: Any,
) -> None:
    path = f"/tariffs/matrix/parts/?place=location:{site.pk}"
    admin.get(path, headers=HTMX)
    with django_assert_num_queries(11):
        admin.get(path, headers=HTMX)
    for _number in range(60):
        station = StationFactory.create(operator=operator, location=site)
        EvseFactory.create(station=station)
    with django_assert_num_queries(11):
        page = admin.get(path, headers=HTMX)
    assert page.content.decode().count('class="matrix-row is-level-2"') == 50
    assert "Show more" in words(page)
