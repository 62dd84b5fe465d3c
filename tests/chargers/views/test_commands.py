"""Every remote command has a form; what comes out is what the station is asked."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry
from chargers.domain.commands import COMMANDS
from chargers.forms.commands import FORMS
from chargers.models import ChargingStation, StationCommand, Transaction
from common.tenancy import system_scope
from tests.chargers.views.conftest import Site

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def post(client: Client, site: Site, kind: str, data: dict[str, Any]) -> Any:
    return client.post(f"/stations/{site.station.pk}/commands/{kind}/", data, headers=HTMX)


def asked(kind: str) -> StationCommand:
    with system_scope("tests"):
        return StationCommand.objects.get(kind=kind, status="queued", requested_by__isnull=False)


def count() -> int:
    with system_scope("tests"):
        return StationCommand.objects.count()


def test_every_command_has_a_form() -> None:
    shortcuts = {"set_limit", "set_full_profile"}
    assert set(FORMS) - shortcuts == set(COMMANDS)


@pytest.mark.parametrize(
    ("kind", "data", "arguments"),
    [
        ("clear_cache", {}, {}),
        ("reset", {"type": "OnIdle", "where": ""}, {"type": "OnIdle", "evse": None}),
        ("reset", {"type": "Immediate", "where": "2:"}, {"type": "Immediate", "evse": 2}),
        (
            "change_availability",
            {"operative": "no", "where": "2:"},
            {"operative": False, "evse": 2, "connector": None},
        ),
        (
            "trigger_message",
            {"requested_message": "StatusNotification", "where": "1:1"},
            {"requested_message": "StatusNotification", "evse": 1, "connector": 1},
        ),
        ("unlock_connector", {"where": "1:1"}, {"evse": 1, "connector": 1}),
        ("get_variables", {"names": "A\n\n B \n"}, {"names": ["A", "B"], "attributes": []}),
        ("set_variable", {"name": " K ", "value": " v"}, {"name": "K", "value": " v"}),
        ("clear_variable_monitoring", {"ids": "3, 4"}, {"ids": [3, 4]}),
        ("set_monitoring_base", {"base": "HardWiredOnly"}, {"base": "HardWiredOnly"}),
        ("set_monitoring_level", {"severity": "4"}, {"severity": 4}),
        (
            "set_variable_monitoring",
            {"name": "A.B", "type": "Delta", "value": "2.5", "severity": "3"},
            {
                "monitors": [
                    {
                        "name": "A.B",
                        "type": "Delta",
                        "value": 2.5,
                        "severity": 3,
                        "transaction": False,
                    }
                ]
            },
        ),
        (
            "data_transfer",
            {"vendor_id": "V", "message_id": "", "data": "x"},
            {"vendor_id": "V", "message_id": "", "data": "x"},
        ),
        (
            "custom",
            {"action": "GetLocalListVersion", "payload": '{"a": 1}'},
            {"action": "GetLocalListVersion", "payload": {"a": 1}},
        ),
    ],
)
def test_a_form_becomes_a_command(
    kind: str, data: dict[str, str], arguments: dict[str, Any], admin: Client, site: Site
) -> None:
    response = post(admin, site, kind, data)
    assert response.status_code == 200
    assert "hx-partial" in response.content.decode()
    command = asked(kind)
    assert command.arguments == arguments
    assert command.station_id == site.station.pk


def test_requests_get_a_number(admin: Client, site: Site) -> None:
    post(admin, site, "get_base_report", {})
    post(admin, site, "get_log", {"log_type": "SecurityLog", "upload_url": "ftp://logs.example/x"})
    assert asked("get_base_report").arguments["request_id"] > 0
    log = asked("get_log").arguments
    assert (log["log_type"], log["upload_url"]) == ("SecurityLog", "ftp://logs.example/x")


def test_a_start_is_asked_for_a_known_token(admin: Client, site: Site) -> None:
    uid = site.transaction.id_token_uid
    post(admin, site, "request_start_transaction", {"evse": "2", "id_token": uid.lower()})
    arguments = asked("request_start_transaction").arguments
    assert (arguments["evse"], arguments["id_token_uid"]) == (2, uid)


def test_a_stop_names_its_transaction(admin: Client, site: Site) -> None:
    post(admin, site, "request_stop_transaction", {"transaction": str(site.transaction.pk)})
    command = asked("request_stop_transaction")
    assert command.arguments == {"transaction_ref": site.transaction.station_ref}
    assert command.transaction_id == site.transaction.pk


@pytest.mark.parametrize(
    ("kind", "data", "message"),
    [
        ("request_start_transaction", {"evse": "2", "id_token": "nobody"}, "no such token"),
        ("request_start_transaction", {"evse": "1", "id_token": "x"}, "not one of the available"),
        ("reset", {"type": "Now"}, "not one of the available"),
        ("unlock_connector", {"where": "9:1"}, "not one of the available"),
        ("set_variable", {"name": "", "value": "1"}, "required"),
        ("get_log", {"log_type": "DiagnosticsLog", "upload_url": "nowhere"}, "valid URL"),
        ("set_variables", {"values": "A = 1\nB"}, "is not: name = value"),
        ("get_report", {"names": ""}, "Choose a state or name a component"),
        ("clear_variable_monitoring", {"ids": "3;4"}, "with commas between them"),
        (
            "set_variable_monitoring",
            {"name": "A", "type": "Delta", "value": "1", "severity": "3"},
            "Name it as Component.Variable",
        ),
        ("custom", {"action": "A B", "payload": "{}"}, "Letters and digits only"),
        ("custom", {"action": "A", "payload": "{"}, "This is not JSON"),
        ("custom", {"action": "A", "payload": "[1]"}, "is a JSON object"),
    ],
)
def test_bad_input_is_told_at_its_field_and_asks_nothing(
    kind: str, data: dict[str, str], message: str, admin: Client, site: Site
) -> None:
    before = count()
    response = post(admin, site, kind, data)
    assert response.status_code == 200
    assert message in response.content.decode()
    assert count() == before


def test_a_station_out_of_reach_is_told(admin: Client, site: Site) -> None:
    with system_scope("tests"):
        ChargingStation.objects.filter(pk=site.station.pk).update(is_online=False)
    before = count()
    response = post(admin, site, "clear_cache", {})
    assert response.status_code == 200
    assert "has never been online" in response.content.decode()
    assert count() == before


def test_without_scripts_a_command_is_a_page(admin: Client, site: Site) -> None:
    url = f"/stations/{site.station.pk}/commands/clear_cache/"
    page = admin.get(url).content.decode()
    assert "<!doctype html>" in page
    # Where no dialog waits for it, the answer is a page, too: with scripts as without.
    assert f'hx-post="{url}"' not in page
    assert f'hx-post="{url}"' in admin.get(url, headers=HTMX).content.decode()
    response = admin.post(url, {}, follow=True)
    assert response.redirect_chain == [(f"/stations/{site.station.pk}/commands/", 302)]
    assert "Sent." in response.content.decode()


def test_an_unknown_command_is_not_found(admin: Client, site: Site) -> None:
    assert admin.get(f"/stations/{site.station.pk}/commands/explode/").status_code == 404


def test_a_review_is_finished_once(admin: Client, site: Site) -> None:
    url = f"/transactions/{site.transaction.pk}/review/"
    admin.post(url, {"note": "looked at the meter"})
    with system_scope("tests"):
        assert not Transaction.objects.get(pk=site.transaction.pk).needs_review
        entry = AuditEntry.objects.get(action="transaction.reviewed")
    assert entry.changes["note"] == "looked at the meter"
    answer = admin.post(url, {}, follow=True)
    assert "not waiting for a review" in answer.content.decode()
    with system_scope("tests"):
        assert AuditEntry.objects.filter(action="transaction.reviewed").count() == 1


def test_all_stations_of_a_location_change_availability(admin: Client, site: Site) -> None:
    url = f"/locations/{site.location.pk}/availability/"
    answer = admin.post(url, {"operative": "no"}, follow=True)
    assert "Sent to 1 station." in answer.content.decode()
    assert asked("change_availability").arguments["operative"] is False
    before = count()
    admin.post(url, {"operative": "perhaps"})
    assert count() == before
