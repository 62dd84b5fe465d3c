"""The Security tab: what it shows, and what staff does there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Role
from chargers.models import (
    ChargingStation,
    FailedHandshake,
    SecurityEvent,
    StationCommand,
    StationConnection,
)
from common.clock import utc_now
from common.tenancy import system_scope
from tests.chargers.views.conftest import LogIn, Site
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def _url(site: Site, action: str = "") -> str:
    return f"/stations/{site.station.pk}/security/{action}"


def _event(site: Site, **values: object) -> SecurityEvent:
    given = {"type": "TamperDetectionActivated", "received_at": NOW, "last_at": NOW, **values}
    with system_scope("tests"):
        return SecurityEvent.objects.create(
            station=site.station, operator=site.station.operator, **given
        )


def _reloaded(site: Site) -> ChargingStation:
    with system_scope("tests"):
        return ChargingStation.objects.get(pk=site.station.pk)


def test_it_shows_who_was_refused_and_what_was_reported(admin: Client, site: Site) -> None:
    _event(site, needs_attention=True, is_critical=True, count=7, tech_info="door <open>")
    with system_scope("tests"):
        FailedHandshake.objects.create(
            station=site.station,
            operator=site.station.operator,
            fault="no_subprotocol",
            count=41,
            first_at=NOW,
            last_at=NOW,
            last_address="192.0.2.7",
        )
        StationConnection.objects.create(
            station=site.station,
            operator=site.station.operator,
            epoch=1,
            protocol="ocpp1.6",
            security_profile=2,
            tls_version="TLSv1.3",
            took_over=True,
            server="web",
            opened_at=NOW,
        )
    page = admin.get(_url(site)).content.decode()
    for text in (
        "Tamper Detection Activated",
        "door &lt;open&gt;",
        "Look at it",
        "No OCPP subprotocol was offered",
        "192.0.2.7",
        "TLSv1.3",
        "took over",
        "Certificates",
        "Send a new key",
    ):
        assert text in page, text


def test_an_empty_tab_says_so(admin: Client, site: Site) -> None:
    page = admin.get(_url(site)).content.decode()
    for text in ("No security events", "Nobody was refused", "Never connected"):
        assert text in page


def test_a_viewer_sees_it_without_the_buttons(as_role: LogIn, site: Site) -> None:
    _event(site, needs_attention=True)
    page = as_role(Role.VIEWER).get(_url(site)).content.decode()
    for text in ("Mark as seen", "Let it in without a key", "What it must show", "Send a new key"):
        assert text not in page


def test_the_minimum_is_changed(admin: Client, site: Site) -> None:
    data = {"min_security_profile": "2", "assumed_protocol": "ocpp1.6"}
    response = admin.post(_url(site, "change/"), data, follow=True)
    assert "The station was changed." in response.content.decode()
    station = _reloaded(site)
    assert (station.min_security_profile, station.assumed_protocol) == (2, "ocpp1.6")


def test_nonsense_is_told_at_its_field(admin: Client, site: Site) -> None:
    data = {"min_security_profile": "0", "assumed_protocol": ""}
    response = admin.post(_url(site, "change/"), data)
    assert response.status_code == 200
    assert "not one of the available choices" in response.content.decode()
    assert _reloaded(site).min_security_profile == 1


def test_the_door_is_opened_marked_and_closed(admin: Client, site: Site) -> None:
    page = admin.post(_url(site, "open/"), {"hours": "4"}, follow=True).content.decode()
    assert "Open without a key" in page
    assert "no key needed" in page
    assert "no key needed" in admin.get("/stations/").content.decode()
    until = _reloaded(site).allow_unauthenticated_until
    assert until is not None
    assert abs(until - utc_now() - timedelta(hours=4)) < timedelta(minutes=1)

    page = admin.post(_url(site, "open/"), {"close": "1"}, follow=True).content.decode()
    assert "no key needed" not in page
    assert "no key needed" not in admin.get("/stations/").content.decode()
    assert _reloaded(site).allow_unauthenticated_until is None


def test_the_door_stays_shut_above_profile_1(admin: Client, site: Site) -> None:
    with system_scope("tests"):
        ChargingStation.objects.filter(pk=site.station.pk).update(min_security_profile=2)
    page = admin.post(_url(site, "open/"), {"hours": "4"}, follow=True).content.decode()
    assert "forbids this" in page
    admin.post(_url(site, "open/"), {"hours": "5"})
    assert _reloaded(site).allow_unauthenticated_until is None


def test_a_new_key_is_sent_and_discarded(admin: Client, site: Site) -> None:
    url = f"/stations/{site.station.pk}/commands/rotate_key/"
    assert admin.post(url, {}, headers={"HX-Request": "true"}).status_code == 200
    with system_scope("tests"):
        command = StationCommand.objects.get(kind="rotate_key")
    assert command.arguments["key"].startswith("sealed:")
    assert "A new key was sent" in admin.get(_url(site)).content.decode()
    page = admin.get(f"/stations/{site.station.pk}/commands/").content.decode()
    assert "sealed:" not in page

    again = admin.post(url, {}, headers={"HX-Request": "true"}).content.decode()
    assert "has not come back with it yet" in again
    admin.post(_url(site, "discard-key/"))
    assert _reloaded(site).pending_key_hash == ""


def test_seen_events_leave_the_list(admin: Client, site: Site) -> None:
    row = _event(site, needs_attention=True)
    assert "Tamper Detection Activated" in admin.get("/attention/").content.decode()
    admin.post(_url(site, "acknowledge/"))
    with system_scope("tests"):
        row.refresh_from_db()
    assert row.acknowledged_at is not None
    assert "Tamper Detection Activated" not in admin.get("/attention/").content.decode()


def test_a_network_profile_below_the_minimum_is_told_at_its_field(
    admin: Client, site: Site
) -> None:
    with system_scope("tests"):
        ChargingStation.objects.filter(pk=site.station.pk).update(min_security_profile=2)
    url = f"/stations/{site.station.pk}/commands/set_network_profile/"
    data = {
        "slot": "1",
        "url": "ws://csms.example.org/ocpp",
        "security_profile": "1",
        "interface": "Wired0",
        "message_timeout_seconds": "30",
        "apn_authentication": "AUTO",
    }
    page = admin.post(url, data, headers={"HX-Request": "true"}).content.decode()
    assert "below the minimum of this station, which is 2" in page
    odd = admin.post(url, {**data, "url": "csms"}, headers={"HX-Request": "true"})
    assert "begins with ws://" in odd.content.decode()
    with system_scope("tests"):
        assert not StationCommand.objects.filter(kind="set_network_profile").exists()
    admin.post(url, {**data, "security_profile": "2"}, headers={"HX-Request": "true"})
    with system_scope("tests"):
        assert StationCommand.objects.get(kind="set_network_profile").arguments["slot"] == 1
