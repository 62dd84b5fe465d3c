"""The Charging tab: what holds and why, how sure we are of it, and who wanted it."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Operator, Role
from chargers.domain.charging_needs import ChargingNeeds as Needs
from chargers.models import (
    ChargingNeeds,
    ChargingProfile,
    CommandStatus,
    ExternalLimit,
    StationCommand,
)
from chargers.views import live
from common.clock import utc_now
from common.tenancy import operator_scope, system_scope
from tests.chargers.views.conftest import LogIn, Site, make_site
from tests.chargers.views.test_live import request_of
from tests.factories import OperatorFactory, StationCommandFactory, UserFactory

pytestmark = pytest.mark.django_db


def now() -> datetime:
    return utc_now().replace(microsecond=0)


def schedule(*periods: tuple[int, float | None], unit: str = "W", **more: Any) -> dict[str, Any]:
    return {
        "unit": unit,
        "periods": [{"start_seconds": start, "limit": limit} for start, limit in periods],
        **more,
    }


def profile(site: Site, number: int, **values: Any) -> ChargingProfile:
    """A limit of each session at EVSE 1, 20 kW from an hour ago on, that the station has taken."""
    start = (now() - timedelta(hours=1)).isoformat()
    content = {
        "id": number,
        "purpose": "TxDefaultProfile",
        "kind": "Absolute",
        "schedules": [schedule((0, 20_000.0), start_at=start)],
        **values.pop("content", {}),
    }
    row = {
        "evse_number": 1,
        "purpose": content["purpose"],
        "status": "installed",
        "requested_at": now(),
        "installed_at": now(),
        **values,
    }
    with system_scope("tests"):
        return ChargingProfile.objects.create(
            operator=site.station.operator,
            station=site.station,
            profile_id=number,
            content=content,
            **row,
        )


def page(client: Client, site: Site, query: str = "") -> str:
    response = client.get(f"/stations/{site.station.pk}/charging/{query}")
    assert response.status_code == 200
    return response.content.decode()


def chart(html: str) -> dict[str, Any]:
    found = re.search(r'<script id="charging-chart"[^>]*>(.*?)</script>', html)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def line(html: str, label: str) -> list[Any]:
    (series,) = [one for one in chart(html)["series"] if one["label"] == label]
    values: list[Any] = series["values"]
    return values


def table(html: str) -> list[str]:
    """The rows of the table as texts."""
    body = html.split('id="charging-profiles"')[1].split("</table>", maxsplit=1)[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)[1:]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def test_nothing_is_limited(admin: Client, site: Site) -> None:
    html = page(admin, site)
    assert "No limits" in html
    assert "No other system limits this station." in html
    assert "No vehicle here has told its wishes." in html
    assert "not asked yet" in html
    assert set(line(html, "Our limits")) == {None}
    assert set(line(html, "Hardware")) == {150}


def test_the_least_limit_holds_and_says_why(admin: Client, site: Site) -> None:
    profile(site, 1)
    profile(site, 2, evse_number=0, content={"purpose": "ChargingStationMaxProfile"},
            purpose="ChargingStationMaxProfile", stack_level=0)  # fmt: skip
    later = (now() + timedelta(hours=2)).isoformat()
    profile(
        site, 3, evse_number=0, purpose="ChargingStationMaxProfile", stack_level=1,
        content={"purpose": "ChargingStationMaxProfile", "stack_level": 1,
                 "schedules": [schedule((0, 7_000.0), start_at=later)]},
    )  # fmt: skip
    html = page(admin, site)
    assert '<p class="kpi-value num">20.0\u00a0kW</p>' in html
    assert "Whole station together \u00b7 profile 2" in html
    assert 20 in line(html, "Our limits")
    assert line(html, "Our limits")[-1] == 7
    assert "7.0\u00a0kW" in html
    amps = page(admin, site, "?unit=A")
    assert chart(amps)["unit"] == "A"
    assert line(amps, "Our limits")[-1] == 10.1


def test_the_whole_station_has_a_chart_of_its_own(admin: Client, site: Site) -> None:
    profile(site, 1)
    html = page(admin, site, "?evse=0")
    assert set(line(html, "Our limits")) == {None}
    assert set(line(html, "Hardware")) == {172}
    for nonsense in ("99", "x", "-1", "0001", "\u0661"):
        assert 'href="?evse=1&amp;unit=kW" aria-current="true"' in page(
            admin, site, f"?evse={nonsense}"
        )


def test_profiles_tell_who_set_them_and_how_sure_we_are(admin: Client, site: Site) -> None:
    ada = UserFactory.create()
    hour = timedelta(hours=1)
    profile(site, 1, set_by=ada)
    profile(site, 2, reported_at=now() + hour, stack_level=1)
    profile(site, 3, status="requested", installed_at=None, stack_level=2)
    profile(site, 4, status="unanswered", installed_at=None, stack_level=3)
    profile(site, 5, status="rejected", installed_at=None, stack_level=4)
    profile(site, 6, source="reported", stack_level=5, requested_at=None, installed_at=None,
            reported_at=now())  # fmt: skip
    profile(site, 7, source="external", limit_source="EMS", stack_level=6)
    over = schedule((0, 5_000.0), start_at=(now() - hour).isoformat(), duration_seconds=60)
    profile(site, 8, stack_level=7, content={"schedules": [over]})
    profile(site, 9, status="cleared", stack_level=8)
    rows = table(page(admin, site))
    told = [(row.split("profile ")[1][0], row) for row in rows]
    assert [number for number, _ in told] == ["8", "7", "6", "5", "4", "3", "2", "1"]
    by = dict(told)
    ends = {
        "8": ("Over", "by the system"),
        "7": ("Accepted", "by EMS"),
        "6": ("Confirmed the station reported it", "found at the station"),
        "5": ("Rejected", "by the system"),
        "4": ("Assumed it never answered", "by the system"),
        "3": ("Sent no answer yet", "by the system"),
        "2": ("Confirmed the station reported it", "by the system"),
        "1": ("Accepted", f"by {ada}"),
    }
    for number, (state, who) in ends.items():
        assert state in by[number]
        assert by[number].split(" \u00b7 ")[-1].removesuffix(f" Remove profile {number}") == who
    assert "level 0" in by["1"]


def test_what_can_be_removed_is_offered_to_those_who_may(
    admin: Client, as_role: LogIn, site: Site
) -> None:
    profile(site, 1)
    profile(site, 2, source="external", stack_level=1)
    assert re.findall(r"Remove profile (\d)", page(admin, site)) == ["1"]
    assert "Remove profile" not in page(as_role(Role.VIEWER), site)


def answer(site: Site, limit: float | None, **values: Any) -> StationCommand:
    return StationCommandFactory.create(
        station=site.station,
        kind="get_composite_schedule",
        arguments={"evse": 1, "duration_seconds": 3600},
        status=CommandStatus.ACCEPTED,
        finished_at=now(),
        result={
            "evse": 1,
            "unit": "A",
            "start_at": (now() - timedelta(minutes=1)).isoformat(),
            "duration_seconds": 3600,
            "periods": [{"start_seconds": 0, "limit": limit, "phases": 3}],
            **values,
        },
    )


@pytest.mark.parametrize(
    ("limit", "differs"), [(29.0, False), (28.0, False), (16.0, True), (None, True)]
)
def test_the_stations_own_answer_is_compared(
    admin: Client, site: Site, limit: float | None, differs: bool
) -> None:
    profile(site, 1)
    answer(site, limit)
    html = page(admin, site)
    assert ("says something else" in html) == differs
    expected = None if limit is None else limit * 690 / 1000
    assert expected in line(html, "The station's answer")
    assert line(html, "The station's answer")[-1] is None


def test_limits_from_outside_and_wishes_of_vehicles(admin: Client, site: Site) -> None:
    with system_scope("tests"):
        common = {"operator": site.station.operator, "station": site.station, "reported_at": now()}
        ExternalLimit.objects.create(
            source="EMS<b>",
            is_grid_critical=True,
            schedules=[schedule((0, 16.0), unit="A")],
            **common,
        )
        ExternalLimit.objects.create(evse_number=2, source="SO", **common)
        needs = Needs(transfer="AC_three_phase", energy_wh=42_000, soc_percent=0, min_current_a=6,
                      max_current_a=16)  # fmt: skip
        ChargingNeeds.objects.create(
            evse_number=1, transaction=site.transaction, transfer=needs.transfer,
            energy_wh=needs.energy_wh, soc_percent=needs.soc_percent,
            min_current_a=needs.min_current_a, max_current_a=needs.max_current_a,
            ev_schedule=schedule((0, 10.5), unit="A"), **common,
        )  # fmt: skip
    html = page(admin, site)
    assert "EMS&lt;b&gt;" in html
    assert "how much was not told" in html
    assert "11.0\u00a0kW" in html  # 16 A of three phases is what holds now
    for text in ("42.0\u00a0kWh", "0\u00a0%", "6\u201316\u00a0A", "AC three phase", "10.5\u00a0A"):
        assert text in html


def test_a_hostile_report_is_drawn(admin: Client, site: Site) -> None:
    start = (now() - timedelta(hours=1)).isoformat()
    periods = [(number * 60, -11_000.0 if number % 3 else None) for number in range(100)]
    content = {"schedules": [schedule(*periods, start_at=start)], "stack_level": 2**31 - 1}
    profile(site, 2**31 - 1, content=content, stack_level=2**31 - 1)
    html = page(admin, site)
    assert "-11.0\u00a0kW" in html
    assert "+96" in html
    assert -11 in line(html, "Our limits")


def test_what_may_be_fed_back_is_told(admin: Client, site: Site) -> None:
    start = (now() - timedelta(hours=1)).isoformat()
    fed = schedule((0, 11_000.0), (60, None), start_at=start)
    fed["periods"][0]["discharge_limit"] = -5_000.0
    fed["periods"][1]["discharge_limit"] = 0.0
    profile(site, 1, content={"schedules": [fed]})
    assert "11.0\u00a0kW (back 5.0\u00a0kW), no limit" in page(admin, site)


def test_the_hardware_gives_way_to_what_is_far_below_it(admin: Client, site: Site) -> None:
    profile(site, 1)
    assert set(line(page(admin, site), "Hardware")) == {None}
    start = (now() - timedelta(hours=1)).isoformat()
    profile(site, 2, stack_level=1, content={"schedules": [schedule((0, 60_000.0), start_at=start)],
                                             "stack_level": 1})  # fmt: skip
    assert set(line(page(admin, site), "Hardware")) == {150}


def test_the_tab_is_live(operator: Operator, site: Site) -> None:
    profile(site, 1)
    request = request_of(operator)
    with operator_scope(operator.pk):
        partials, drawn = live.station_events(request, site.station.pk, "station_charging")
    for target in ("#limit-note", "#charging-profiles", "#charging-side"):
        assert target in partials
    name, data = drawn.split("\n")[:2]
    assert name == "event: limits"
    assert [one["label"] for one in json.loads(data[6:])["series"]] == [
        "Measured", "Our limits", "The station's answer", "Hardware",
    ]  # fmt: skip


def test_the_stream_is_of_the_place_and_unit_shown(admin: Client, site: Site) -> None:
    assert "tab=station_charging&amp;evse=2&amp;unit=A" in page(admin, site, "?evse=2&unit=A")


def test_another_operators_station_is_not_there(admin: Client) -> None:
    other = make_site(OperatorFactory.create())
    assert admin.get(f"/stations/{other.station.pk}/charging/").status_code == 404
