"""Lists, exports, settings and ugly data."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from accounts.models import Operator
from chargers.models import ChargingStation, Location, Transaction
from chargers.views.sessions import cursor_of
from common.csv_export import safe_cell
from common.tenancy import system_scope
from tests.chargers.views.conftest import Site, make_site
from tests.factories import NOW, LocationFactory, StationFactory, TransactionFactory

pytestmark = pytest.mark.django_db


def rows_of(response: Any) -> list[list[str]]:
    async def collect() -> bytes:
        return b"".join([part async for part in response.streaming_content])

    text = async_to_sync(collect)().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_a_cell_is_never_a_formula(value: str) -> None:
    assert safe_cell(value) == f"'{value}"


def test_numbers_and_nothing_are_cells_as_they_are() -> None:
    assert [safe_cell(-5), safe_cell(None), safe_cell("a-b")] == ["-5", "", "a-b"]


def test_stations_are_exported_as_filtered(admin: Client, operator: Operator, site: Site) -> None:
    StationFactory.create(operator=operator, name='=HYPERLINK("x")', code="Z", is_online=False)
    every = rows_of(admin.get("/stations/export.csv"))
    assert [row[1] for row in every] == ["Name", '\'=HYPERLINK("x")', "Havnegade 12"]
    some = rows_of(admin.get("/stations/export.csv?state=charging"))
    assert [row[5] for row in some] == ["State", "charging"]


def test_sessions_are_exported_in_pages(
    admin: Client, operator: Operator, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chargers.views.transactions.CSV_PAGE", 2)
    for number in range(4):
        TransactionFactory.create(
            station=site.station,
            station_ref=f"r{number}",
            started_at=NOW - timedelta(days=number + 1),
        )
    exported = rows_of(admin.get("/transactions/export.csv"))
    assert [row[0] for row in exported] == [
        "Reference",
        site.transaction.station_ref,
        "r0",
        "r1",
        "r2",
        "r3",
    ]
    assert exported[1][9] == "Bo of Havnegade 12"


def test_a_day_means_a_day_where_the_operator_is(admin: Client, site: Site) -> None:
    with system_scope("tests"):
        # Half past midnight on the 15th in Copenhagen, still the 14th in UTC.
        Transaction.objects.update(started_at=NOW.replace(hour=23, minute=30))
    url = f"/transactions/{site.transaction.pk}/"
    assert url in admin.get("/transactions/?since=2026-03-15&until=2026-03-15").content.decode()
    assert url not in admin.get("/transactions/?since=2026-03-14&until=2026-03-14").content.decode()


def test_days_in_the_wrong_order_are_told(admin: Client, site: Site) -> None:
    page = admin.get("/transactions/?since=2026-03-15&until=2026-03-14").content.decode()
    assert "lies before the first one" in page


def test_sessions_are_paged_by_key(
    admin: Client, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chargers.views.transactions.PER_PAGE", 1)
    older = TransactionFactory.create(station=site.station, started_at=NOW - timedelta(days=1))
    first = admin.get("/transactions/").context
    assert [row.transaction for row in first["rows"]] == [site.transaction]
    second = admin.get(f"/transactions/{first['older_url']}").context
    assert [row.transaction for row in second["rows"]] == [older]
    assert (second["older_url"], second["newer_url"]) == ("", "?")


@pytest.mark.parametrize("text", ["", "x", "AAAA", "8J-YgA", "a" * 5000, "%00"])
def test_a_nonsense_cursor_is_none(text: str) -> None:
    assert cursor_of(text) is None


@pytest.mark.parametrize(
    "path",
    [
        "/stations/?page=99&state=x&location=x&protocol=x&sort=x",
        "/transactions/?cursor=x&station=x&driver=x&location=x&state=x&since=x",
        "/locations/?page=-1&q=%27",
        "/search/?q=" + "x" * 5000,
    ],
)
def test_nonsense_in_an_address_does_no_harm(path: str, admin: Client, site: Site) -> None:
    assert admin.get(path).status_code == 200


def test_empty_pages_invite(admin: Client) -> None:
    assert "No stations yet" in admin.get("/stations/").content.decode()
    assert "No sessions yet" in admin.get("/transactions/").content.decode()
    assert "No locations yet" in admin.get("/locations/").content.decode()
    assert "What are you looking for?" in admin.get("/search/").content.decode()


def test_ugly_names_are_escaped(admin: Client, operator: Operator) -> None:
    ugly = "<script>alert(1)</script>" + "W" * 90
    station = StationFactory.create(
        operator=operator, name=ugly, location=LocationFactory.create(operator=operator, name=ugly)
    )
    for path in ("/stations/", f"/stations/{station.pk}/", "/locations/", "/search/?q=WWW"):
        assert "<script>alert" not in admin.get(path).content.decode()


def test_a_station_is_changed(admin: Client, site: Site) -> None:
    url = f"/stations/{site.station.pk}/settings/"
    values = {
        "name": "Havnegade 14",
        "code": "H14",
        "location": str(site.location.pk),
        "heartbeat_interval_seconds": "600",
    }
    assert admin.post(url, values).status_code == 302
    with system_scope("tests"):
        station = ChargingStation.objects.get(pk=site.station.pk)
    assert (station.name, station.code, station.heartbeat_interval_seconds) == (
        "Havnegade 14",
        "H14",
        600,
    )
    assert station.is_enabled is False


def test_a_taken_code_changes_nothing(admin: Client, operator: Operator, site: Site) -> None:
    make_site(operator, name="Other")
    with system_scope("tests"):
        ChargingStation.objects.filter(name="Other").update(code="TAKEN")
    values = {
        "name": "New name",
        "code": "TAKEN",
        "location": str(site.location.pk),
        "heartbeat_interval_seconds": "600",
        "is_enabled": "on",
    }
    page = admin.post(f"/stations/{site.station.pk}/settings/", values).content.decode()
    assert "Another station has this code." in page
    with system_scope("tests"):
        assert ChargingStation.objects.get(pk=site.station.pk).name == "Havnegade 12"


def test_a_new_key_is_shown_once(admin: Client, site: Site) -> None:
    url = f"/stations/{site.station.pk}/settings/key/"
    page = admin.post(url, {}).content.decode()
    with system_scope("tests"):
        assert ChargingStation.objects.get(pk=site.station.pk).key_hash != site.station.key_hash
    assert 'id="station-key"' in page
    assert (
        'id="station-key"'
        not in admin.get(f"/stations/{site.station.pk}/settings/").content.decode()
    )


def test_a_station_with_sessions_stays(admin: Client, operator: Operator, site: Site) -> None:
    unused = StationFactory.create(operator=operator)
    for station in (site.station, unused):
        admin.post(f"/stations/{station.pk}/settings/delete/")
    with system_scope("tests"):
        assert list(ChargingStation.objects.all()) == [site.station]


def test_a_location_is_changed_or_nothing_is(admin: Client, site: Site) -> None:
    url = f"/locations/{site.location.pk}/edit/"
    values = {
        "name": "Harbour",
        "address": "Havnegade 1",
        "city": "Aarhus",
        "country": "DK",
        "time_zone": "Europe/Copenhagen",
        "latitude": "56.15",
        "longitude": "10.21",
        "is_public": "on",
    }
    assert "less than or equal" in admin.post(url, {**values, "latitude": "100"}).content.decode()
    with system_scope("tests"):
        assert Location.objects.get().name == "Havnegade 12 site"
    assert admin.post(url, values).status_code == 302
    with system_scope("tests"):
        assert Location.objects.get().name == "Harbour"


def test_a_location_in_use_stays(admin: Client, operator: Operator, site: Site) -> None:
    empty = LocationFactory.create(operator=operator)
    for location in (site.location, empty):
        admin.post(f"/locations/{location.pk}/delete/")
    with system_scope("tests"):
        assert list(Location.objects.all()) == [site.location]


def test_a_support_agent_sees_no_names_without_the_permission(
    operator: Operator, site: Site, as_role: Any
) -> None:
    client = as_role("viewer")
    for path in (
        "/transactions/",
        f"/transactions/{site.transaction.pk}/",
        f"/stations/{site.station.pk}/",
    ):
        assert "Bo of Havnegade" not in client.get(path).content.decode()
