"""The Display tab, firmware and logs, and messages for a whole location."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Operator, Role
from chargers.models import DisplayMessage, FirmwareUpdate, StationCommand
from chargers.ocpp.tariff import EXAMPLE
from common.tenancy import system_scope
from tests.chargers.views.conftest import LogIn, Site
from tests.factories import (
    CustomerInformationFactory,
    DisplayMessageFactory,
    FirmwareUpdateFactory,
    LogUploadFactory,
    StationFactory,
)

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def post(client: Client, site: Site, kind: str, data: dict[str, Any]) -> str:
    url = f"/stations/{site.station.pk}/commands/{kind}/"
    return client.post(url, data, headers=HTMX).content.decode()


def asked(kind: str) -> StationCommand:
    with system_scope("tests"):
        return StationCommand.objects.get(kind=kind, status="queued", requested_by__isnull=False)


def page(client: Client, site: Site, tab: str) -> str:
    return client.get(f"/stations/{site.station.pk}/{tab}/").content.decode()


def test_the_display_tab_shows_messages_and_offers_to_clear(
    admin: Client, as_role: LogIn, site: Site
) -> None:
    assert "No messages known" in page(admin, site, "display")
    DisplayMessageFactory.create(station=site.station, number=1001, content="<b>Hej</b> du")
    DisplayMessageFactory.create(
        station=site.station, number=1002, content="Loud", status="refused",
        raw_status="NotSupportedPriority",
    )  # fmt: skip
    shown = page(admin, site, "display")
    assert "&lt;b&gt;Hej&lt;/b&gt; du" in shown
    assert "“NotSupportedPriority”" in shown
    assert shown.count("Take message 1001 down") == 1
    assert "Take message 1002 down" not in shown
    assert "Take message" not in page(as_role(Role.VIEWER), site, "display")


def test_a_message_is_shown(admin: Client, site: Site) -> None:
    data = {
        "content": "Hej",
        "priority": "InFront",
        "state": "Idle",
        "language": "da",
        "format": "UTF8",
        "transaction": str(site.transaction.pk),
        "replaces": "",
    }
    assert "hx-partial" in post(admin, site, "set_display_message", data)
    command = asked("set_display_message")
    assert command.arguments["transaction_ref"] == site.transaction.station_ref
    with system_scope("tests"):
        row = DisplayMessage.objects.get()
        assert AuditEntry.objects.get().action == "station.set_display_message"
    assert (row.number, row.content, row.priority, row.state, row.status) == (
        1000, "Hej", "InFront", "Idle", "asked",
    )  # fmt: skip
    assert row.transaction_id == site.transaction.pk


def test_a_message_takes_the_place_of_another(admin: Client, site: Site) -> None:
    DisplayMessageFactory.create(station=site.station, number=7)
    data = {"content": "New", "priority": "InFront", "format": "UTF8", "replaces": "7"}
    post(admin, site, "set_display_message", data)
    assert asked("set_display_message").arguments["number"] == 7


@pytest.mark.parametrize(
    ("kind", "data", "message"),
    [
        ("set_display_message", {"content": " "}, "required"),
        (
            "set_display_message",
            {
                "content": "x",
                "priority": "InFront",
                "format": "UTF8",
                "ends_at": "2020-01-01T10:00",
            },
            "It would end before it is shown.",
        ),
        ("clear_display_message", {"number": "1"}, "not one of the available"),
        ("show_cost", {"transaction": "x", "cost": "-1"}, "greater than or equal to 0"),
        ("set_default_tariff", {"tariff": "{"}, "This is not JSON"),
        ("set_default_tariff", {"tariff": "[]"}, "is a JSON object"),
        (
            "set_default_tariff",
            {"tariff": '{"tariffId": "t"}'},
            "This is no tariff: tariff.currency: required.",
        ),
        ("update_firmware", {"url": "file:///x"}, "An address with ftp, ftps, sftp"),
        ("publish_firmware", {"url": "ftp://h/x", "checksum": "12"}, "An MD5 checksum"),
        ("customer_information", {"wish": "report"}, "Give either a token or an identifier"),
    ],
)
def test_bad_input_is_told_at_its_field(
    kind: str, data: dict[str, str], message: str, admin: Client, site: Site
) -> None:
    with system_scope("tests"):
        before = StationCommand.objects.count()
    data = {"id_token_type": "Central", **data} if kind == "customer_information" else data
    assert message in post(admin, site, kind, data)
    with system_scope("tests"):
        assert StationCommand.objects.count() == before
        assert DisplayMessage.objects.count() == FirmwareUpdate.objects.count() == 0


def test_a_tariff_starts_from_an_example(admin: Client, site: Site) -> None:
    url = f"/stations/{site.station.pk}/commands/set_default_tariff/"
    form = admin.get(url, headers=HTMX).content.decode()
    assert "standard-2026" in form
    text = '{"tariffId": "t", "currency": "EUR", "energy": {"prices": [{"priceKwh": 0.5}]}}'
    post(admin, site, "set_default_tariff", {"tariff": text, "where": "2:"})
    arguments = asked("set_default_tariff").arguments
    assert (arguments["evse"], arguments["tariff"]["tariffId"]) == (2, "t")
    assert EXAMPLE["currency"] == "EUR"


def test_a_cost_is_shown(admin: Client, site: Site) -> None:
    post(admin, site, "show_cost", {"transaction": str(site.transaction.pk), "cost": "12.5"})
    command = asked("show_cost")
    assert (command.arguments["total_cost"], command.arguments["currency"]) == ("12.5", "DKK")
    assert command.arguments["vendor_message"] == "RunningCost"
    assert command.transaction_id == site.transaction.pk


def test_firmware_and_logs(admin: Client, as_role: LogIn, site: Site) -> None:
    assert "No updates yet" in page(admin, site, "maintenance")
    history = [{"status": "Downloading", "at": "x"}, {"status": "InstallationFailed", "at": "x"}]
    FirmwareUpdateFactory.create(station=site.station, state="failed", history=history)
    LogUploadFactory.create(station=site.station, filename="log-1.zip")
    CustomerInformationFactory.create(station=site.station, data="cache: <Accepted>")
    shown = page(admin, site, "maintenance")
    for text in (
        "fw-2.0.bin",
        "Downloading → Installation Failed",
        "log-1.zip",
        "&lt;Accepted&gt;",
    ):
        assert text in shown
    limited = page(as_role(Role.VIEWER), site, "maintenance")
    assert "fw-2.0.bin" in limited
    assert "log-1.zip" not in limited
    assert "Accepted" not in limited


def test_an_update_is_asked_for(admin: Client, site: Site) -> None:
    post(admin, site, "update_firmware", {"url": "ftp://h/fw.bin", "retries": "2"})
    assert asked("update_firmware").arguments["retries"] == 2
    with system_scope("tests"):
        assert FirmwareUpdate.objects.get().url == "ftp://h/fw.bin"


def test_a_message_for_a_whole_location(admin: Client, operator: Operator, site: Site) -> None:
    StationFactory.create(operator=operator, location=site.location, is_online=False)
    url = f"/locations/{site.location.pk}/display/"
    assert "On the display of every station" in admin.get(url).content.decode()
    data = {"content": "Closed on Monday", "priority": "NormalCycle"}
    shown = admin.post(url, data, follow=True).content.decode()
    assert "Sent to 1 station." in shown
    assert "1 station is out of reach." in shown
    with system_scope("tests"):
        (row,) = DisplayMessage.objects.all()
    assert (row.station_id, row.content) == (site.station.pk, "Closed on Monday")
    refused = admin.post(url, {"content": "", "priority": "NormalCycle"}).content.decode()
    assert "This field is required." in refused
    with system_scope("tests"):
        assert DisplayMessage.objects.count() == 1
