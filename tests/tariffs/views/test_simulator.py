"""The price simulator: a receipt, the reasons, the price over the day, and its inputs."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Operator, Role
from chargers.models import Evse
from common.tenancy import system_scope
from tests.factories import (
    NOW,
    DriverFactory,
    DriverGroupFactory,
    LocationFactory,
    TariffVersionFactory,
)
from tests.tariffs.support import give, make_group, make_plug, make_tariff
from tests.tariffs.views.conftest import LogIn

pytestmark = pytest.mark.django_db
PATH = "/tariffs/simulator/"
HTMX = {"HX-Request": "true"}


def words(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def chart(response: Any) -> dict[str, Any]:
    found = re.search(r'<script id="price-day"[^>]*>(.*?)</script>', response.content.decode())
    assert found is not None
    spec: dict[str, Any] = json.loads(found[1])
    return spec


@pytest.fixture
def plug(operator: Operator) -> Evse:
    location = LocationFactory.create(operator=operator, name="Havnegade", city="Aarhus")
    return make_plug(operator, location, current_type="AC", max_power_w=22_000)


def query(plug: Evse, **changes: Any) -> dict[str, Any]:
    return {
        "evse": plug.pk,
        "who": "registered",
        "start": "2026-03-14T16:30",
        "energy_kwh": "22",
        "power_kw": "11",
        "idle_minutes": "30",
        **changes,
    }


def night_and_day(operator: Operator) -> None:
    """20 cents before six, 40 after, an idle minute for 10; VAT of 25 % on top."""
    energy = {"type": "ENERGY", "vat": "25"}
    terms = {
        "currency": "EUR",
        "tax_included": False,
        "elements": [
            {
                "price_components": [{**energy, "price": "0.20"}],
                "restrictions": {"start_time": "00:00", "end_time": "06:00"},
            },
            {
                "price_components": [
                    {**energy, "price": "0.40"},
                    {"type": "PARKING_TIME", "price": "0.10", "vat": "25", "per_seconds": 60},
                ]
            },
        ],
    }
    tariff = make_tariff(operator, "Night and day", currency="EUR")
    begin = NOW - timedelta(days=20)
    TariffVersionFactory.create(tariff=tariff, number=50, terms=terms, valid_from=begin)
    give(make_group(operator, "Drivers", audience="registered", position=5), tariff)


def test_without_a_plug_it_says_what_to_do(admin: Client) -> None:
    text = words(admin.get(PATH))
    assert "Choose a plug first Prices depend on the place." in text
    assert "Session Who charges" not in text


def test_plugs_are_found_by_code_and_place(admin: Client, plug: Evse) -> None:
    for search in (plug.station.code, "havnegade"):
        page = admin.get(PATH, {"plug": search, "energy_kwh": "7"})
        assert f"{plug.station.code} · Havnegade, Aarhus EVSE 1 AC 22.0 kW" in words(page)
        assert f"?energy_kwh=7&amp;evse={plug.pk}" in page.content.decode()
    part = admin.get(PATH, {"plug": "nowhere", "part": "plugs"}, headers=HTMX)
    assert words(part) == "No station is called so, and none stands at a place of that name."


def test_a_session_is_priced_like_a_receipt(admin: Client, operator: Operator, plug: Evse) -> None:
    night_and_day(operator)
    text = words(admin.get(PATH, query(plug)))
    assert "€ 14.75 incl. VAT Night and day" in text
    assert "Sat 14 Mar, 16:30 \u2013 19:00 · 2 h 30 min · 11.0 kW" in text
    assert "Energy 22 kWh \u00d7 € 0.40" in text
    assert "Idle 30 min \u00d7 € 0.10 a minute" in text
    assert "Without VAT € 11.80 VAT 25 % € 2.95 Total € 14.75" in text
    assert "Night and day for Drivers, in the whole network This decides the price." in text
    assert "Begun at 00:00 it would cost € 9.25, the least of this day." in text


def test_the_day_is_drawn_with_the_session_marked(
    admin: Client, operator: Operator, plug: Evse
) -> None:
    night_and_day(operator)
    spec = chart(admin.get(PATH, query(plug)))
    kwh, idle = spec["series"]
    assert (len(spec["x"]), spec["x"][-1] - spec["x"][0], spec["tz"]) == (
        97,
        86_400,
        "Europe/Copenhagen",
    )
    assert (kwh["values"][23], kwh["values"][24], kwh["values"][96]) == (0.25, 0.5, 0.5)
    assert (idle["values"][50], spec["max2"]) == (0.125, 0.15625)
    assert [spec["bands"][0]["to"] - spec["bands"][0]["from"]] == [9_000]


def test_the_result_comes_alone_when_inputs_change(
    admin: Client, operator: Operator, plug: Evse
) -> None:
    night_and_day(operator)
    page = admin.get(PATH, query(plug, energy_kwh="11"), headers=HTMX).content.decode()
    assert "<html" not in page
    assert page.count("<hx-partial") == 6
    assert "€\u00a09.25" in page


def test_why_a_candidate_lost_is_said(admin: Client, operator: Operator, plug: Evse) -> None:
    night_and_day(operator)
    give(make_group(operator, "Guests", audience="ad_hoc", position=9), None)
    text = words(admin.get(PATH, query(plug)))
    assert "No charging for Guests, in the whole network It is for guests who pay ad hoc." in text
    text = words(admin.get(PATH, query(plug, who="guest")))
    assert "This decides: charging is not allowed." in text
    assert "Charging is not allowed here." in text


def test_who_charges_decides(admin: Client, operator: Operator, plug: Evse) -> None:
    night_and_day(operator)
    members = DriverGroupFactory.create(operator=operator, name="Residents")
    driver = DriverFactory.create(operator=operator, full_name="Bo Lund")
    group = make_group(operator, "Members", audience="groups")
    with system_scope("tests"):
        group.driver_groups.set([members])
        driver.groups.set([members])
    give(group, make_tariff(operator, "Cheap"), station=plug.station)
    for who in (f"group:{members.pk}", f"driver:{driver.pk}"):
        assert "Cheap for Members, at this station This decides the price." in words(
            admin.get(PATH, query(plug, who=who))
        )
    text = words(admin.get(PATH, query(plug, who="nobody")))
    assert "No price is known: such a session waits for a person before it is billed." in text
    found = admin.get(PATH, {**query(plug), "driver": "lund", "part": "drivers"}, headers=HTMX)
    assert f"who=driver%3A{driver.pk}" in found.content.decode()


def test_drivers_are_found_by_those_who_may_see_them(
    as_role: LogIn, operator: Operator, plug: Evse
) -> None:
    DriverFactory.create(operator=operator, full_name="Bo Lund")
    page = as_role(Role.VIEWER).get(PATH, {**query(plug), "driver": "lund"})
    assert "Bo Lund" not in words(page)
    assert "For a certain driver" not in words(page)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"energy_kwh": "much"}, "Energy, kWh: Enter a number."),
        ({"energy_kwh": "-1"}, "Energy, kWh: Ensure this value is greater than or equal to 0."),
        ({"start": "noon"}, "Start: Enter a valid date/time."),
        ({"start": "2026-03-29T02:30"}, "There is no 02:30 there on that day"),
        ({"start": "1926-03-29T02:30"}, "Start: A time between 2000 and 2099."),
        ({"who": "driver:me"}, "Who charges: Select a valid choice."),
        ({"power_kw": "1", "charging_minutes": "1"}, "Power, kW: At 1.0 kW this takes longer"),
        ({"idle_minutes": "99999999"}, "Ensure this value is less than or equal to 44640."),
    ],
)
def test_faults_stand_at_their_fields(
    admin: Client, operator: Operator, plug: Evse, changes: dict[str, str], text: str
) -> None:
    night_and_day(operator)
    page = words(admin.get(PATH, query(plug, **changes))).replace(" : ", ": ")
    assert text in page
    assert "Something is not right yet See the notes at the fields." in page
    part = words(admin.get(PATH, query(plug, **changes), headers=HTMX)).replace(" : ", ": ")
    assert text in part


def test_a_usual_session_is_meant_where_nothing_is_said(
    admin: Client, operator: Operator, plug: Evse
) -> None:
    night_and_day(operator)
    page = admin.get(PATH, {"evse": plug.pk})
    assert 'name="energy_kwh" value="20"' in page.content.decode()
    assert 'name="power_kw" value="11"' in page.content.decode()
    assert "incl. VAT Night and day" in words(page)


def test_another_operators_plug_is_not_found(
    admin: Client, other_operator: Operator, plug: Evse
) -> None:
    theirs = make_plug(other_operator)
    for evse in (str(theirs.pk), "1" + "0" * 15, "nonsense", "9" * 30):
        assert admin.get(PATH, {"evse": evse}).status_code == 404
    assert theirs.station.code not in words(admin.get(PATH, {"plug": theirs.station.code}))
    driver = DriverFactory.create(operator=other_operator, full_name="Foreign")
    text = words(admin.get(PATH, query(plug, who=f"driver:{driver.pk}")))
    assert "Select a valid choice." in text
    assert "Foreign" not in text


def test_ugly_names_are_text(admin: Client, operator: Operator) -> None:
    location = LocationFactory.create(operator=operator, name='<b>"</script>')
    plug = make_plug(operator, location)
    night_and_day(operator)
    page = admin.get(PATH, {"evse": str(plug.pk), "plug": "<b>"}).content.decode()
    assert "&lt;b&gt;&quot;&lt;/script&gt;" in page
    assert "<b>" not in page


def test_more_prices_ask_no_more(
    admin: Client, operator: Operator, plug: Evse, django_assert_num_queries: Any
) -> None:
    night_and_day(operator)
    admin.get(PATH, query(plug))
    with django_assert_num_queries(11):
        admin.get(PATH, query(plug))
    for number in range(8):
        group = make_group(operator, f"Group {number}", position=number, audience="ad_hoc")
        give(group, make_tariff(operator, f"Tariff {number}"))
        give(group, make_tariff(operator, f"Special {number}"), station=plug.station)
    with django_assert_num_queries(11):
        admin.get(PATH, query(plug))
