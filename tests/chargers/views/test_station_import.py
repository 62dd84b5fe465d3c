from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Role
from chargers.models import ChargingStation, StationImport
from chargers.services.station_import.running import run_waiting
from common.tenancy import system_scope
from tests.chargers.views.conftest import LogIn, Site
from tests.factories import NOW
from tests.support.api import with_key

pytestmark = pytest.mark.django_db

GOOD = (
    "station_name,location_name,address,city,country,latitude,longitude,time_zone\n"
    "=Station,Harbour,Quay 1,Hamburg,DE,53.5,9.9,Europe/Berlin\n"
)
BAD = GOOD + "Other,Nowhere,,,,,,\n"


def upload(client: Client, text: str) -> str:
    file = SimpleUploadedFile("stations.csv", text.encode(), content_type="text/csv")
    response = client.post("/stations/import/", {"file": file})
    return str(response.headers.get("Location", "")) or response.content.decode()


def work() -> None:
    with system_scope("tests"):
        run_waiting(now=NOW)


def test_from_the_file_to_the_keys(admin: Client) -> None:
    page = upload(admin, GOOD)
    shown = admin.get(page).content.decode()
    assert "Nothing is written yet" in shown
    assert "Import 1 row, all or none" in shown
    assert admin.post(f"{page}run/", {"mode": "all"}).status_code == 302
    assert "Writing the stations" in admin.get(page).content.decode()
    part = admin.get(page, headers={"hx-request": "true"})
    assert "0 of 1 rows" in part.content.decode()
    assert "<html" not in part.content.decode()
    work()
    assert admin.get(page, headers={"hx-request": "true"})["HX-Refresh"] == "true"
    assert "Make and download 1 key" in admin.get(page).content.decode()
    response = admin.post(f"{page}keys/")
    assert response["Content-Disposition"] == 'attachment; filename="station-keys.csv"'
    (told,) = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
    assert told["station_name"] == "'=Station"
    assert len(told["key"]) == 32
    assert told["url"].endswith(f"/ocpp/{told['identity']}")
    again = admin.post(f"{page}keys/", follow=True).content.decode()
    assert "The keys were handed out before." in again


def test_faults_are_shown_by_row_and_column(admin: Client) -> None:
    page = upload(admin, BAD)
    shown = admin.get(page).content.decode()
    assert "1 row has faults." in shown
    assert "This is needed for a new location." in shown
    assert "Import 1 good row" in shown
    assert "Import 1 row, all or none" not in shown
    only = admin.get(f"{page}?outcome=added").content.decode()
    assert "This is needed for a new location." not in only
    refused = admin.post(f"{page}run/", {"mode": "all"}, follow=True).content.decode()
    assert "1 rows have faults. Correct the file, or import the others." in refused
    admin.post(f"{page}run/", {"mode": "good"})
    work()
    with system_scope("tests"):
        assert list(ChargingStation.objects.values_list("name", flat=True)) == ["=Station"]


@pytest.mark.parametrize(
    ("text", "message"),
    [("colour\nred\n", "Unknown columns: colour."), ("", "The submitted file is empty.")],
)
def test_files_that_cannot_be_used(admin: Client, text: str, message: str) -> None:
    assert message in upload(admin, text)
    with system_scope("tests"):
        assert StationImport.objects.count() == 0


def test_no_file(admin: Client) -> None:
    assert "This field is required." in admin.post("/stations/import/").content.decode()


def test_the_template(admin: Client) -> None:
    response = admin.get("/stations/import/template.csv")
    assert response["Content-Type"] == "text/csv"
    (row,) = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
    assert (row["station_name"], row["time_zone"]) == ("Harbour 1", "Europe/Berlin")


def test_the_report_as_a_file_is_safe_to_open_and_holds_no_key(admin: Client) -> None:
    page = upload(admin, BAD)
    response = admin.get(f"{page}report.csv")
    assert response["Content-Disposition"] == 'attachment; filename="station-import.csv"'
    assert response["Cache-Control"] == "no-store"
    told = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert {one["outcome"] for one in told} == {"added", "error"}
    good = next(one for one in told if one["outcome"] == "added")
    assert good["station_name"] == "'=Station"
    assert "key" not in good
    bad = next(one for one in told if one["outcome"] == "error")
    assert "This is needed for a new location." in bad["faults"]


def test_a_foreign_import_is_not_found(admin: Client, foreign_site: Site) -> None:
    page = upload(admin, GOOD)
    with system_scope("tests"):
        StationImport.objects.update(operator=foreign_site.station.operator)
    assert admin.get(page).status_code == 404
    assert admin.post(f"{page}run/").status_code == 404
    assert admin.post(f"{page}keys/").status_code == 404
    assert admin.get(f"{page}report.csv").status_code == 404


def test_by_the_api(site: Site) -> None:
    caller = with_key(site.station.operator)

    def send(text: str, query: str = "") -> dict[str, object]:
        response = caller.client.generic(
            "POST", f"/api/v1/station-imports{query}", text.encode(), content_type="text/csv"
        )
        told: dict[str, object] = {"status_code": response.status_code, **response.json()}
        return told

    checked = send(GOOD, "?file_name=a.csv")
    assert (checked["status_code"], checked["status"], checked["counts"]) == (
        201,
        "checked",
        {"added": 1},
    )
    started = caller.post(f"station-imports/{checked['id']}/actions/run", {"mode": "good"})
    assert (started.status_code, started.json()["status"]) == (202, "queued")
    work()
    done = caller.get(f"station-imports/{checked['id']}").json()
    assert (done["status"], done["rows_done"], done["file_name"]) == ("done", 1, "a.csv")
    (handed,) = caller.post(f"station-imports/{checked['id']}/actions/hand-out-keys").json()["data"]
    assert (handed["station_id"], len(handed["key"])) == (done["report"][0]["station"], 32)
    assert send(GOOD, "?dry_run=false")["status"] == "queued"
    refused = send("colour\nred")
    assert (refused["status_code"], refused["errors"]) == (
        400,
        [
            {
                "pointer": "/file",
                "name": "file",
                "message": "Unknown columns: colour.",
                "code": "invalid",
            }
        ],
    )


def test_a_technician_adds_stations_and_moves_no_location(as_role: LogIn, site: Site) -> None:
    header = GOOD.partition("\n")[0]
    text = f"{header}\nNew,{site.station.location.name},Elsewhere 1,,,,,\n"
    technician = as_role(Role.TECHNICIAN)
    shown = technician.get(upload(technician, text)).content.decode()
    assert "You may not change locations" in shown
    assert "You may not change" not in technician.get(upload(technician, GOOD)).content.decode()
    body = with_key(site.station.operator, "stations.manage").client.generic(
        "POST", "/api/v1/station-imports", text.encode(), content_type="text/csv"
    )
    assert body.json()["counts"] == {"error": 1}
