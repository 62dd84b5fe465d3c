"""The Access tab, the lists of reservations and local lists, and vehicles bound to drivers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, IdToken, Operator
from chargers.models import (
    AccessPolicy,
    ChargingStation,
    LocalList,
    Reservation,
    StationCommand,
    Transaction,
)
from common.tenancy import system_scope
from tests.chargers.views.conftest import Site
from tests.factories import (
    NOW,
    DriverFactory,
    IdTokenFactory,
    ReservationFactory,
    TransactionFactory,
)

pytestmark = pytest.mark.django_db

MAC = "007DFA072B3C"


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def post(client: Client, path: str, data: dict[str, Any] | None = None) -> str:
    """Where a form leads, with the message that it leaves."""
    response = client.post(path, data or {}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def access(site: Site) -> str:
    return f"/stations/{site.station.pk}/access/"


def test_the_tab_says_what_the_station_holds(admin: Client, site: Site) -> None:
    page = text(admin, access(site))
    # the token of the site is not at the station yet
    assert "1 to write, 0 to remove" in page
    assert "Not read" in page
    assert "by itself" in page
    assert "Cancel reservation" not in page
    ReservationFactory.create(station=site.station, number=77)
    assert "Cancel reservation 77" in text(admin, access(site))


def test_a_station_that_never_had_a_list(admin: Client, site: Site) -> None:
    with system_scope("tests"):
        LocalList.objects.all().delete()
        Reservation.objects.all().delete()
    page = text(admin, access(site))
    assert "Never sent" in page
    assert "Nothing is reserved here" in page


def test_the_list_is_kept_in_step_or_left(admin: Client, site: Site) -> None:
    assert "stays as it is" in post(admin, f"{access(site)}list/", {"managed": "0"})
    with system_scope("tests"):
        assert not LocalList.objects.get(station=site.station).is_managed
    assert "kept in step by itself" in post(admin, f"{access(site)}list/", {"managed": "1"})
    with system_scope("tests"):
        assert LocalList.objects.get(station=site.station).is_managed


def test_switches_speak_the_station_s_words(admin: Client, site: Site) -> None:
    data = {"setting": "local_authorize_offline", "on": "1"}
    assert "when the station agrees" in post(admin, f"{access(site)}switch/", data)
    with system_scope("tests"):
        command = StationCommand.objects.get(kind="set_variable")
        assert command.arguments == {"name": "LocalAuthorizeOffline", "value": "true"}
    assert "no such setting" in post(admin, f"{access(site)}switch/", {"setting": "x", "on": "1"})
    assert "cannot be switched" in post(
        admin, f"{access(site)}switch/", {"setting": "list_entries", "on": "1"}
    )
    post(admin, f"{access(site)}read/")
    with system_scope("tests"):
        assert StationCommand.objects.filter(kind="get_variables").count() == 1
        site.station.variables.create(
            operator=site.station.operator,
            name="LocalAuthorizeOffline",
            value="true",
            reported_at=NOW,
        )
    assert "Switch off: Known tokens may charge offline" in text(admin, access(site))


def test_an_offline_station_says_so(admin: Client, site: Site) -> None:
    with system_scope("tests"):
        ChargingStation.objects.update(is_online=False, disconnected_at=NOW)
    assert "is offline since" in post(admin, f"{access(site)}read/")


def test_autocharge_at_a_station_and_everywhere(
    admin: Client, operator: Operator, site: Site
) -> None:
    post(admin, f"{access(site)}autocharge/", {"autocharge": "on"})
    with system_scope("tests"):
        assert ChargingStation.objects.get(pk=site.station.pk).autocharge == "on"
    page = post(admin, "/local-lists/autocharge/", {"allowed": "1"})
    assert "Allow it no more" in page
    with system_scope("tests"):
        assert AccessPolicy.objects.get(operator=operator).is_autocharge_allowed
        actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert actions == {"station.autocharge_changed", "access_policy.autocharge_changed"}


def test_the_list_of_reservations(admin: Client, site: Site, foreign_site: Site) -> None:
    ReservationFactory.create(station=site.station, number=70, id_token_uid="04OPEN01")
    ReservationFactory.create(
        station=site.station,
        number=71,
        id_token_uid="04REFUSED",
        status="occupied",
        note="Occupied",
    )
    page = text(admin, "/reservations/")
    assert "04OPEN01" in page
    assert site.transaction.station_ref in page
    assert foreign_site.station.name not in page
    assert "04REFUSED" not in text(admin, "/reservations/?state=open")
    assert "04OPEN01" not in text(admin, "/reservations/?state=refused")
    assert "04OPEN01" in text(admin, "/reservations/?q=04open")
    assert "No reservation matches" in text(admin, "/reservations/?q=nothing-like-it")


def test_a_reservation_is_cancelled_from_its_row(admin: Client, site: Site) -> None:
    row = ReservationFactory.create(station=site.station, number=70)
    path = f"/reservations/{row.pk}/cancel/"
    page = post(admin, path, {"next": access(site)})
    assert "asked to give the place free" in page
    assert "Without asking here" in page
    with system_scope("tests"):
        assert StationCommand.objects.get(kind="cancel_reservation").arguments == {
            "reservation_id": 70
        }
    # only our own addresses are gone back to
    response = admin.post(path, {"next": "https://evil.example/"})
    assert response["Location"] == "/reservations/"


def test_a_foreign_reservation_does_not_exist(admin: Client, foreign_site: Site) -> None:
    row = ReservationFactory.create(station=foreign_site.station, number=70)
    assert admin.post(f"/reservations/{row.pk}/cancel/").status_code == 404
    with system_scope("tests"):
        assert not StationCommand.objects.filter(kind="cancel_reservation").exists()


def test_the_list_of_local_lists(admin: Client, site: Site, foreign_site: Site) -> None:
    page = text(admin, "/local-lists/")
    assert site.station.name in page
    assert foreign_site.station.name not in page
    assert "No list matches" in text(admin, "/local-lists/?state=trouble")
    assert site.station.name in text(admin, "/local-lists/?state=waiting&q=havne")


@pytest.fixture
def stranger(site: Site) -> Transaction:
    return TransactionFactory.create(
        station=site.station, id_token_uid=f"VID:{MAC}", state="ended", ended_at=NOW
    )


def test_a_vehicle_is_bound_to_a_driver(
    admin: Client, operator: Operator, stranger: Transaction
) -> None:
    driver = DriverFactory.create(operator=operator, email="ev@example.org")
    assert "A vehicle that nobody knows" in text(admin, f"/transactions/{stranger.pk}/")
    path = f"/transactions/{stranger.pk}/vehicle/"
    assert MAC in text(admin, path)
    page = post(admin, path, {"driver": "ev@example.org", "label": "ID.4"})
    assert "ID.4 is recognised from now on." in page
    with system_scope("tests"):
        token = IdToken.objects.get(uid=MAC)
        assert (token.driver_id, token.type, token.label) == (driver.pk, "MacAddress", "ID.4")
        assert AuditEntry.objects.filter(action="id_token.added").count() == 1
    assert "This token exists already." in post(admin, path, {"driver": "ev@example.org"})


def test_who_is_no_driver_gets_no_vehicle(
    admin: Client, stranger: Transaction, other_operator: Operator
) -> None:
    DriverFactory.create(operator=other_operator, email="theirs@example.org")
    path = f"/transactions/{stranger.pk}/vehicle/"
    assert "No driver has this e-mail." in post(admin, path, {"driver": "theirs@example.org"})
    with system_scope("tests"):
        assert not IdToken.objects.filter(uid=MAC).exists()


def test_a_session_of_a_card_has_no_vehicle(admin: Client, site: Site) -> None:
    assert admin.get(f"/transactions/{site.transaction.pk}/vehicle/").status_code == 404
    assert "A vehicle that nobody knows" not in text(admin, f"/transactions/{site.transaction.pk}/")


def test_a_foreign_session_has_no_vehicle(admin: Client, foreign_site: Site) -> None:
    theirs = TransactionFactory.create(station=foreign_site.station, id_token_uid=f"VID:{MAC}")
    assert admin.get(f"/transactions/{theirs.pk}/vehicle/").status_code == 404


def test_a_reserving_driver_has_a_name(admin: Client, operator: Operator, site: Site) -> None:
    token = IdTokenFactory.create(operator=operator, driver__full_name="Ida Reserving")
    ReservationFactory.create(station=site.station, number=70, id_token=token, driver=token.driver)
    assert "Ida Reserving" in text(admin, "/reservations/")
