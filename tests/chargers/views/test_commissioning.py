"""The pages of a station's way into service."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Operator, Role
from chargers.models import ChargingStation, Commissioning, Location, StationCommand
from chargers.quirks.setups import setups
from common.tenancy import system_scope
from tests.chargers.views.conftest import LogIn, Site
from tests.chargers.views.test_wizard import HARDWARE, NEW_PLACE
from tests.factories import LocationFactory
from tests.support.api import everything

pytestmark = pytest.mark.django_db


def page(site: Site) -> str:
    return f"/stations/{site.station.pk}/commissioning/"


def update(site: Site, **values: Any) -> None:
    with system_scope("tests"):
        ChargingStation.objects.filter(pk=site.station.pk).update(**values)


def commands(kind: str) -> list[StationCommand]:
    with system_scope("tests"):
        return list(StationCommand.objects.filter(kind=kind))


def test_makes_are_offered_and_found(admin: Client, operator: Operator, site: Site) -> None:
    admin.post("/stations/add/", {"location": str(site.location.pk)})
    shown = admin.get("/stations/add/make/").content.decode()
    for setup in setups().values():
        assert setup.key == "general" or setup.name in shown
    assert 'href="/stations/add/hardware/?vendor=Alpitronic&amp;model=HYC300"' in shown
    assert "Another make" in shown
    few = admin.get("/stations/add/make/?q=eve+double").content.decode()
    assert "Eve Double Pro-line" in few
    assert "Mennekes" not in few
    with system_scope("tests"):
        assert Location.objects.filter(operator=operator).count() == 1


def test_without_a_place_there_is_no_make(admin: Client) -> None:
    assert admin.get("/stations/add/make/")["Location"] == "/stations/add/"


def test_a_chosen_model_fills_the_form_in(admin: Client, operator: Operator) -> None:
    location = LocationFactory.create(operator=operator)
    admin.post("/stations/add/", {"location": str(location.pk)})
    chosen = "/stations/add/hardware/?vendor=ABB&model=Terra+54"
    shown = admin.get(chosen).content.decode()
    assert 'value="Terra 54"' in shown
    assert 'name="evse-1-max_power_kw" value="22"' in shown
    assert '<option value="CHADEMO" selected>' in shown
    answer = admin.post(chosen, {**HARDWARE, "vendor": "ABB", "model": "Terra 54"})
    assert "TerraConfig" in answer.content.decode()
    with system_scope("tests"):
        run = Commissioning.objects.get()
    assert (run.vendor, run.model, run.evses) == ("ABB", "Terra 54", 2)


@pytest.mark.parametrize(("url", "profile"), [("https://c.example", "2"), ("http://x", "1")])
def test_encryption_is_the_default_where_the_server_has_it(
    admin: Client, operator: Operator, settings: Any, url: str, profile: str
) -> None:
    settings.PUBLIC_URL = url
    location = LocationFactory.create(operator=operator)
    admin.post("/stations/add/", {"location": str(location.pk)})
    shown = admin.get("/stations/add/hardware/").content.decode()
    chosen = re.search(r'min_security_profile.*?<option value="(\d)" selected', shown, re.DOTALL)
    assert chosen is not None
    assert chosen[1] == profile
    admin.post("/stations/add/hardware/", {**HARDWARE, "min_security_profile": "3"})
    with system_scope("tests"):
        assert ChargingStation.objects.get().min_security_profile == 3


def test_the_address_is_shown_as_the_make_takes_it(admin: Client, site: Site) -> None:
    update(site, vendor="Wallbox")
    shown = admin.get(page(site)).content.decode()
    assert "/ocpp/</code>" in shown
    update(site, vendor="Alfen")
    shown = admin.get(page(site)).content.decode()
    assert f'id="station-url">ws://testserver/ocpp/{site.station.identity}<' in shown or (
        f"/ocpp/{site.station.identity}</code>" in shown
    )
    assert '<svg class="qr"' in shown


def test_the_list_alone_for_a_page_that_reads_it_again(admin: Client, site: Site) -> None:
    shown = admin.get(f"{page(site)}list/").content.decode()
    assert "<html" not in shown
    assert shown.count("<li ") == 6


@pytest.mark.parametrize(
    ("remedy", "message"),
    [
        ("ask_boot", "BootNotification"),
        ("ask_status", "StatusNotification"),
        ("read_meter", "MeterValues"),
    ],
)
def test_the_station_is_asked(admin: Client, site: Site, remedy: str, message: str) -> None:
    answer = admin.post(f"{page(site)}ask/", {"remedy": remedy}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    (asked,) = commands("trigger_message")
    assert asked.arguments["requested_message"] == message
    assert admin.post(f"{page(site)}ask/", {"remedy": remedy})["Location"] == page(site)


def test_what_cannot_be_asked_is_told_and_nonsense_asks_nothing(admin: Client, site: Site) -> None:
    update(site, is_online=False)
    answer = admin.post(
        f"{page(site)}ask/", {"remedy": "read_meter"}, headers={"HX-Request": "true"}
    )
    assert 'role="alert"' in answer.content.decode()
    admin.post(f"{page(site)}ask/", {"remedy": "reset"})
    assert commands("trigger_message") == []
    assert commands("reset") == []


def test_a_test_charge_is_started_and_stopped(admin: Client, site: Site) -> None:
    admin.post(f"{page(site)}charge/", {"evse": "2"})
    (started,) = commands("request_start_transaction")
    assert started.arguments["evse"] == 2
    admin.post(f"{page(site)}charge/", {"transaction": str(site.transaction.pk)})
    (stopped,) = commands("request_stop_transaction")
    assert stopped.transaction_id == site.transaction.pk


@pytest.mark.parametrize("evse", ["99", "", "x"])
def test_a_place_that_is_not_there_does_not_mean_any(admin: Client, site: Site, evse: str) -> None:
    assert admin.post(f"{page(site)}charge/", {"evse": evse}).status_code == 404
    assert commands("request_start_transaction") == []


def test_a_foreign_session_is_not_stopped(admin: Client, site: Site, foreign_site: Site) -> None:
    before = everything()
    wrong = {"transaction": str(foreign_site.transaction.pk)}
    assert admin.post(f"{page(site)}charge/", wrong).status_code == 404
    for name in ("ask", "charge", "key", "again", "finish"):
        assert admin.post(f"{page(foreign_site)}{name}/", {}).status_code == 404
    assert admin.get(page(foreign_site)).status_code == 404
    assert everything() == before


def test_a_lost_key_is_made_anew_and_shown_once(admin: Client, site: Site) -> None:
    answer = admin.post(f"{page(site)}key/")
    key = re.search(r'id="station-key">([0-9a-f]{32})<', answer.content.decode())
    assert key is not None
    assert answer["Cache-Control"] == "no-store"
    assert key[1] not in admin.get(page(site)).content.decode()
    with system_scope("tests"):
        assert AuditEntry.objects.filter(action="station.key_rotated").count() == 1


def test_finishing_needs_a_word_about_what_is_open(admin: Client, site: Site) -> None:
    refused = admin.post(f"{page(site)}finish/", {}).content.decode()
    assert "Not seen yet: " in refused
    with system_scope("tests"):
        assert Commissioning.objects.count() == 0
    done = admin.post(f"{page(site)}finish/", {"accept_open": "on", "note": "later"})
    assert done["Location"] == f"/stations/{site.station.pk}/"
    shown = admin.get(page(site)).content.decode()
    assert "Commission it again" in shown
    assert "later" in shown
    overview = admin.get(f"/stations/{site.station.pk}/").content.decode()
    assert f'<dt>Commissioned</dt><dd><a href="{page(site)}">' in overview
    admin.post(f"{page(site)}again/")
    assert "Commission it again" not in admin.get(page(site)).content.decode()
    assert "Not finished" in admin.get(f"/stations/{site.station.pk}/").content.decode()
    assert page(site) in admin.get(f"/stations/{site.station.pk}/settings/").content.decode()


def test_a_role_without_the_permission_gets_no_page(as_role: LogIn, site: Site) -> None:
    viewer = as_role(Role.VIEWER)
    assert viewer.get(page(site)).status_code == 403
    assert viewer.post(f"{page(site)}charge/", {"evse": "2"}).status_code == 403
    assert as_role(Role.TECHNICIAN).get(page(site)).status_code == 200


def test_ugly_words_stay_words(admin: Client, site: Site) -> None:
    update(site, vendor="<b>x</b>", model="=cmd()", name="<script>alert(1)</script>")
    shown = admin.get(page(site)).content.decode()
    assert "<b>x</b>" not in shown
    assert "<script>alert(1)" not in shown


def test_the_wizard_from_place_to_page(admin: Client) -> None:
    admin.post("/stations/add/", NEW_PLACE)
    admin.get("/stations/add/make/")
    shown = admin.post(
        "/stations/add/hardware/?vendor=Alfen&model=", {**HARDWARE, "vendor": "Alfen"}
    )
    text = shown.content.decode()
    assert "ACE Service Installer" in text
    assert "Nothing has dialled with this identity." in text
