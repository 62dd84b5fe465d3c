from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from chargers.models import ChargingStation, ReplacedHardware
from common.tenancy import system_scope
from tests.chargers.views.conftest import Site
from tests.support.api import with_key

pytestmark = pytest.mark.django_db

FORM = {
    "vendor": "New",
    "model": "Two",
    "serial_number": "S2",
    "note": "lightning",
    "evse-TOTAL_FORMS": "1",
    "evse-INITIAL_FORMS": "0",
    "evse-0-current_type": "AC",
    "evse-0-max_power_kw": "11",
    "evse-0-connector": "IEC_62196_T2",
    "evse-0-second_connector": "",
}


def station(site: Site) -> ChargingStation:
    with system_scope("tests"):
        return ChargingStation.objects.get(pk=site.station.pk)


def test_the_form_starts_with_what_stands_there(admin: Client, site: Site) -> None:
    shown = admin.get(f"/stations/{site.station.pk}/replace/").content.decode()
    assert "1 session runs here: it is closed by rule and put into review." in shown
    assert 'value="150"' in shown


def test_a_replacement_ends_at_the_page_with_the_new_key(admin: Client, site: Site) -> None:
    response = admin.post(f"/stations/{site.station.pk}/replace/", FORM)
    shown = response.content.decode()
    after = station(site)
    assert (after.vendor, after.serial_number) == ("New", "S2")
    for text in ("Shown once", after.identity, "No connection yet."):
        assert text in shown, text
    assert response["Cache-Control"] == "no-store"
    settings = admin.get(f"/stations/{site.station.pk}/settings/").content.decode()
    assert "Alpitronic HYC300" in settings
    session = admin.get(f"/transactions/{site.transaction.pk}/").content.decode()
    assert "Former hardware" in session


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"key": "short"}, "A key needs at least 12 characters."),
        ({"evse-0-max_power_kw": "0"}, "Ensure this value is greater than or equal to 0.1."),
    ],
)
def test_faults_stand_at_their_fields(
    admin: Client, site: Site, changes: dict[str, Any], message: str
) -> None:
    response = admin.post(f"/stations/{site.station.pk}/replace/", {**FORM, **changes})
    assert message in response.content.decode()
    with system_scope("tests"):
        assert ReplacedHardware.objects.count() == 0


def test_a_foreign_station_stays(admin: Client, foreign_site: Site) -> None:
    assert admin.post(f"/stations/{foreign_site.station.pk}/replace/", FORM).status_code == 404
    assert station(foreign_site).vendor == "Alpitronic"


def test_by_the_api(site: Site) -> None:
    caller = with_key(site.station.operator)
    path = f"stations/{site.station.pk}/actions/replace-hardware"
    body = {"evses": [{"connectors": ["IEC_62196_T2"]}], "vendor": "New", "keep_identity": True}
    response = caller.post(path, body)
    assert response.status_code == 200
    told = response.json()
    assert (told["vendor"], len(told["key"]), told["identity"]) == (
        "New",
        32,
        site.station.identity,
    )
    refused = caller.post(path, {"evses": []})
    assert refused.status_code == 400
