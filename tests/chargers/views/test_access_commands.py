"""Forms of lists and reservations, in the dialog of every station page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from chargers.models import LocalList, Reservation, StationCommand
from common.tenancy import system_scope
from tests.chargers.views.conftest import Site
from tests.factories import NOW, IdTokenFactory, ReservationFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def post(client: Client, site: Site, kind: str, data: dict[str, Any]) -> str:
    response = client.post(f"/stations/{site.station.pk}/commands/{kind}/", data, headers=HTMX)
    assert response.status_code == 200
    return response.content.decode()


def asked(site: Site, kind: str) -> list[StationCommand]:
    with system_scope("tests"):
        return list(StationCommand.objects.filter(station=site.station, kind=kind, status="queued"))


def test_reserve(admin: Client, site: Site) -> None:
    token = IdTokenFactory.create(operator=site.station.operator, uid="04C0FFEE")
    page = post(admin, site, "reserve_now", {"evse": "2", "id_token": "04c0ffee", "minutes": "30"})
    assert "hx-partial" in page
    with system_scope("tests"):
        row = Reservation.objects.get(status="pending")
        assert (row.status, row.id_token_id, row.requested_by is not None) == (
            "pending",
            token.pk,
            True,
        )
        assert row.expires_at - row.created_at <= timedelta(minutes=30)
    (command,) = asked(site, "reserve_now")
    assert command.arguments["evse"] == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"evse": "1", "id_token": "nobody", "minutes": "30"}, "There is no such token."),
        ({"evse": "1", "id_token": "04C0FFEE", "minutes": "31"}, "Select a valid choice."),
        ({"evse": "9", "id_token": "04C0FFEE", "minutes": "30"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_reserved(
    data: dict[str, str], words: str, admin: Client, site: Site
) -> None:
    IdTokenFactory.create(operator=site.station.operator, uid="04C0FFEE")
    assert words in post(admin, site, "reserve_now", data)
    assert asked(site, "reserve_now") == []


def test_a_taken_evse_is_named(admin: Client, site: Site) -> None:
    IdTokenFactory.create(operator=site.station.operator, uid="04C0FFEE")
    data = {"evse": "2", "id_token": "04C0FFEE", "minutes": "30"}
    post(admin, site, "reserve_now", data)
    assert "EVSE 2 is reserved already." in post(admin, site, "reserve_now", data)
    assert len(asked(site, "reserve_now")) == 1


def test_cancel_a_reservation(admin: Client, site: Site) -> None:
    row = ReservationFactory.create(station=site.station, number=50)
    ReservationFactory.create(station=site.station, number=60, status="used")
    foreign = ReservationFactory.create(number=7)
    refused = post(admin, site, "cancel_reservation", {"reservation": str(foreign.pk)})
    assert "Select a valid choice." in refused
    assert "hx-partial" in post(admin, site, "cancel_reservation", {"reservation": str(row.pk)})
    (command,) = asked(site, "cancel_reservation")
    assert command.arguments == {"reservation_id": 50}


def test_send_the_list(admin: Client, site: Site) -> None:
    with system_scope("tests"):
        LocalList.objects.filter(station=site.station).update(verified_at=NOW)
    assert "hx-partial" in post(admin, site, "send_local_list", {"full": "yes"})
    (command,) = asked(site, "send_local_list")
    assert (command.arguments["update_type"], command.requested_by is not None) == ("Full", True)
    again = post(admin, site, "send_local_list", {"full": "no"})
    assert "has not answered the last update yet" in again


def test_read_the_version(admin: Client, site: Site) -> None:
    assert "hx-partial" in post(admin, site, "get_local_list_version", {})
    (command,) = asked(site, "get_local_list_version")
    with system_scope("tests"):
        assert LocalList.objects.get(station=site.station).command_id == command.pk
