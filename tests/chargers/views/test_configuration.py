"""The configuration of a station: shown, changed, read again; its monitors and alarms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chargers.models import ChargingStation, DeviceEvent, StationCommand, StationVariable
from chargers.models import VariableMonitor as Monitor
from chargers.views.live import station_events
from common.tenancy import system_scope
from tests.chargers.views.conftest import Site
from tests.factories import NOW, StationCommandFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _online(site: Site) -> None:
    with system_scope("tests"):
        ChargingStation.objects.filter(pk=site.station.pk).update(is_online=True)


def variable(station: ChargingStation, name: str, value: str, **values: Any) -> None:
    with system_scope("tests"):
        StationVariable.objects.create(
            operator_id=station.operator_id,
            station=station,
            name=name,
            value=value,
            reported_at=NOW,
            **values,
        )


def page(client: Client, site: Site, query: str = "") -> Any:
    return client.get(f"/stations/{site.station.pk}/variables/{query}")


def commands() -> list[tuple[str, dict[str, Any]]]:
    with system_scope("tests"):
        rows = StationCommand.objects.exclude(kind="clear_cache").order_by("id")
        return [(row.kind, row.arguments) for row in rows]


def test_well_known_settings_stand_on_top_in_plain_words(admin: Client, site: Site) -> None:
    variable(site.station, "MeterValueSampleInterval", "60")
    variable(site.station, "VendorThing", "7", is_read_only=True)
    context = page(admin, site).context
    groups = {group.topic: group.views for group in context["groups"]}
    assert list(groups) == ["Connection", "Metering", "Charging", "Access", "Station"]
    shown = {view.name: view.value for view in groups["Metering"] if view.row}
    assert shown == {"MeterValueSampleInterval": "60"}
    assert [view.name for view in context["views"]] == ["VendorThing"]
    html = page(admin, site).content.decode()
    assert "Reading interval" in html
    assert "Not read yet" in html


def test_a_search_finds_all_and_a_component_its_own(admin: Client, site: Site) -> None:
    for name in ("AuthCtrlr.Enabled", "AuthCtrlr.Other", "TxCtrlr.Enabled", "HeartbeatInterval"):
        variable(site.station, name, "1")
    found = page(admin, site, "?q=enabled").context
    assert [view.name for view in found["views"]] == ["AuthCtrlr.Enabled", "TxCtrlr.Enabled"]
    assert found["groups"] == []
    own = page(admin, site, "?component=AuthCtrlr").context
    assert [view.name for view in own["views"]] == ["AuthCtrlr.Enabled", "AuthCtrlr.Other"]
    assert own["components"] == {"AuthCtrlr": 2, "": 1, "TxCtrlr": 1}
    bare = page(admin, site, "?component=").context
    assert [view.name for view in bare["views"]] == ["HeartbeatInterval"]


def test_a_thousand_variables_come_in_pages(
    admin: Client, site: Site, django_assert_max_num_queries: Any
) -> None:
    with system_scope("tests"):
        StationVariable.objects.bulk_create(
            StationVariable(
                operator_id=site.station.operator_id,
                station=site.station,
                name=f"C{number % 40}.V{number:04}",
                value="1",
                reported_at=NOW,
            )
            for number in range(1200)
        )
    with django_assert_max_num_queries(18):
        context = page(admin, site).context
    assert (len(context["views"]), context["page"].paginator.count) == (100, 1200)
    assert page(admin, site, "?page=12").context["groups"] == []


def test_a_long_value_is_folded_and_stays_whole(admin: Client, site: Site) -> None:
    variable(site.station, "Vendor.Long", "x" * 2500)
    variable(site.station, "Vendor.Strange", "<b>\u202eabc 充電")
    html = page(admin, site, "?q=Vendor").content.decode()
    assert html.count("<details") == 1
    assert "x" * 2500 in html
    assert "&lt;b&gt;\u202eabc 充電</bdi>" in html


def test_the_key_of_a_station_is_changed_where_it_is_kept(admin: Client, site: Site) -> None:
    variable(site.station, "AuthorizationKey", "")
    html = page(admin, site, "?q=AuthorizationKey").content.decode()
    assert (
        f'href="/stations/{site.station.pk}/security/" aria-label="Change the key under Security"'
        in html
    )
    assert "name=AuthorizationKey" not in html


def test_a_station_that_was_never_online(admin: Client, site: Site) -> None:
    with system_scope("tests"):
        ChargingStation.objects.filter(pk=site.station.pk).update(protocol="")
    assert "Nothing known yet" in page(admin, site).content.decode()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("UpperThreshold", "rises above 60.5"),
        ("Periodic", "every 60.5 seconds"),
        ("SomethingNew", "SomethingNew 60.5"),
    ],
)
def test_a_monitor_is_told_in_words(admin: Client, site: Site, kind: str, words: str) -> None:
    with system_scope("tests"):
        Monitor.objects.create(
            operator_id=site.station.operator_id,
            station=site.station,
            number=1,
            name="A.B",
            type=kind,
            value=60.5,
            severity=5,
            reported_at=NOW,
        )
    html = admin.get(f"/stations/{site.station.pk}/monitoring/").content.decode()
    assert words in html


@pytest.mark.parametrize(
    ("name", "attributes", "control"),
    [
        ("LocalPreAuthorize", {}, "<select"),
        ("HeartbeatInterval", {}, 'type="number"'),
        ("A.Choice", {"dataType": "OptionList", "valuesList": "one,two"}, "<select"),
        ("A.Several", {"dataType": "MemberList", "valuesList": "one,two"}, 'type="checkbox"'),
        ("A.Text", {"dataType": "string"}, 'type="text"'),
        ("A.Limited", {"dataType": "decimal", "minLimit": 1, "maxLimit": 2.5}, 'max="2.5"'),
        ("SecurityCtrlr.BasicAuthPassword", {}, 'type="password"'),
    ],
)
def test_a_value_has_the_right_control(
    admin: Client, site: Site, name: str, attributes: dict[str, Any], control: str
) -> None:
    variable(site.station, name, "", attributes=attributes)
    address = f"/stations/{site.station.pk}/variables/set/?name={name}"
    part = admin.get(address, headers={"HX-Request": "true"}).content.decode()
    assert control in part
    assert "<html" not in part
    assert "<html" in admin.get(address).content.decode()


def test_a_secret_is_not_taken_away_by_sending_the_form_as_it_stands(
    admin: Client, site: Site
) -> None:
    variable(site.station, "WifiPassword", "")
    address = f"/stations/{site.station.pk}/variables/set/?name=WifiPassword"
    answer = admin.post(address, {"value": ""}, headers={"HX-Request": "true"})
    assert "This field is required." in answer.content.decode()
    assert commands() == []
    admin.post(address, {"value": "correct-horse"})
    assert [kind for kind, _arguments in commands()] == ["set_variable"]


def test_a_change_is_sent_and_shown_as_waiting(admin: Client, site: Site) -> None:
    variable(site.station, "HeartbeatInterval", "300")
    address = f"/stations/{site.station.pk}/variables/set/?name=HeartbeatInterval"
    answer = admin.post(address, {"value": "60"}, headers={"HX-Request": "true"})
    assert commands() == [("set_variable", {"name": "HeartbeatInterval", "value": "60"})]
    html = answer.content.decode()
    assert html.lstrip().startswith('<tr id="s-')
    assert "Waiting for the station" in html
    assert ">60<" in html
    assert admin.post(address, {"value": "90"}).status_code == 302


@pytest.mark.parametrize(("value", "message"), [("soon", "A whole number."), ("-4", "At least 0.")])
def test_a_value_that_does_not_fit_is_told_in_place(
    admin: Client, site: Site, value: str, message: str
) -> None:
    address = f"/stations/{site.station.pk}/variables/set/?name=HeartbeatInterval"
    answer = admin.post(address, {"value": value}, headers={"HX-Request": "true"})
    assert message in answer.content.decode()
    assert commands() == []


def test_several_words_are_joined(admin: Client, site: Site) -> None:
    variable(site.station, "A.M", "", attributes={"dataType": "MemberList", "valuesList": "x,y,z"})
    address = f"/stations/{site.station.pk}/variables/set/?name=A.M"
    admin.post(address, {"value": ["x", "z"]})
    assert commands() == [("set_variable", {"name": "A.M", "value": "x,z"})]


def test_reading_again_asks_for_what_is_named(admin: Client, site: Site) -> None:
    address = f"/stations/{site.station.pk}/variables/read/"
    admin.post(address, {"names": "HeartbeatInterval\nVendorThing\n"})
    assert commands() == [
        ("get_variables", {"names": ["HeartbeatInterval", "VendorThing"], "attributes": []})
    ]
    answer = admin.post(address, {"names": ""}, follow=True)
    assert "Name at least one." in answer.content.decode()


def test_the_stream_brings_rows_that_were_just_set(admin: Client, site: Site) -> None:
    variable(site.station, "HeartbeatInterval", "300")
    StationCommandFactory.create(
        station=site.station,
        kind="set_variable",
        arguments={"name": "HeartbeatInterval", "value": "60"},
        status="rejected",
        raw_status="Rejected",
        requested_at=timezone.now(),
        finished_at=timezone.now(),
    )
    request = page(admin, site).wsgi_request
    (view,) = [
        each for group in page(admin, site).context["groups"] for each in group.views if each.change
    ]
    assert (view.name, view.change.status) == ("HeartbeatInterval", "rejected")
    for shown, times in ((view.key, 1), ("00000000", 0)):
        request.GET = {"shown": shown}
        with system_scope("tests"):
            parts = station_events(request, site.station.pk, "station_variables")
        assert sum(f'hx-target="#s-{view.key}"' in part for part in parts) == times


def test_a_value_that_waits_for_a_restart_says_so_until_then(admin: Client, site: Site) -> None:
    at = timezone.now() - timedelta(days=3)
    StationCommandFactory.create(
        station=site.station,
        kind="set_variables",
        arguments={"values": [{"name": "A.B", "value": "1"}, {"name": "A.C", "value": "1"}]},
        status="scheduled",
        result={
            "results": [
                {"name": "A.B", "attribute": "Actual", "status": "scheduled", "raw_status": ""},
                {"name": "A.C", "attribute": "Actual", "status": "accepted", "raw_status": ""},
            ]
        },
        requested_at=at,
        finished_at=at,
    )
    for name in ("A.B", "A.C"):
        variable(site.station, name, "1")

    def changed() -> dict[str, bool]:
        views = page(admin, site).context["views"]
        return {view.name: view.change.needs_reboot for view in views if view.change}

    assert changed() == {"A.B": True}
    with system_scope("tests"):
        ChargingStation.objects.update(booted_at=at + timedelta(hours=1))
    assert changed() == {}


def test_monitors_and_alarms_of_a_station(admin: Client, site: Site, foreign_site: Site) -> None:
    for place in (site, foreign_site):
        device = {
            "operator_id": place.station.operator_id,
            "station": place.station,
            "name": "EVSE.Power",
            "evse": 1,
        }
        with system_scope("tests"):
            Monitor.objects.create(
                **device, number=18, type="UpperThreshold", value=9000, severity=2, reported_at=NOW
            )
            event = DeviceEvent.objects.create(
                **device,
                event_id=1,
                generated_at=NOW,
                occurred_at=NOW,
                received_at=NOW,
                value="9200",
                severity=2,
                needs_attention=True,
            )
    html = admin.get(f"/stations/{site.station.pk}/monitoring/").content.decode()
    assert html.count("EVSE@1.Power</span>") == 2
    assert "2 · System failure" in html
    foreign = f"/stations/{site.station.pk}/monitoring/events/{event.pk}/dismiss/"
    assert admin.post(foreign).status_code == 404
    with system_scope("tests"):
        own = DeviceEvent.objects.get(station=site.station)
    admin.post(f"/stations/{site.station.pk}/monitoring/events/{own.pk}/dismiss/")
    with system_scope("tests"):
        assert list(DeviceEvent.objects.filter(needs_attention=True)) == [event]
