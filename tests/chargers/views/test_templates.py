"""Configuration templates: list, editor, a template with its stations, roll-outs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry
from chargers.domain.rollouts import ItemResult, RolloutState
from chargers.domain.templates import Comparison, Step
from chargers.forms.templates import COMPARISONS
from chargers.models import (
    ConfigurationRollout,
    ConfigurationTemplate,
    RolloutStation,
    StationVariable,
    TemplateDrift,
)
from chargers.views.rollouts import _RESULTS
from common.states import LOOKS
from common.tenancy import system_scope
from tests.chargers.views.conftest import Site
from tests.factories import NOW, LocationFactory, RolloutStationFactory, StationFactory

pytestmark = pytest.mark.django_db
ROW = {
    "item_name": "sample_interval",
    "item_value": "45",
    "item_attribute": "Actual",
    "item_comparison": "auto",
}


def words(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def templates() -> list[tuple[str, list[tuple[str, str]]]]:
    with system_scope("tests"):
        rows = ConfigurationTemplate.objects.order_by("name")
        return [(row.name, [(each["name"], each["value"]) for each in row.items]) for row in rows]


def variable(site: Site, name: str, value: str) -> None:
    with system_scope("tests"):
        StationVariable.objects.create(
            operator=site.station.operator,
            station=site.station,
            name=name,
            value=value,
            reported_at=NOW,
        )


def test_everything_has_words_and_a_look() -> None:
    assert set(COMPARISONS) == set(Comparison)
    assert set(_RESULTS) == set(ItemResult)
    assert {state for state, _label in RolloutStation.STATES} == {s.value for s in RolloutState}
    assert {step for step, _label in TemplateDrift.STEPS} == {step.value for step in Step}
    looked = [each.value.replace("_", "") for each in (*RolloutState, *Step)]
    assert [name for name in looked if name not in LOOKS] == []


def test_the_list_tells_how_many_stations_differ(admin: Client, site: Site) -> None:
    text = words(admin.get("/templates/"))
    assert f"As {site.station.name} wants it" in text
    assert "every station 1 1 1 · Differs" in text


def test_without_templates_there_is_a_way_to_begin(admin: Client) -> None:
    text = words(admin.get("/templates/"))
    assert "No templates yet" in text
    assert "Add template" in text


def test_a_template_is_added_and_looked_at(admin: Client, site: Site) -> None:
    variable(site, "MeterValueSampleInterval", "60")
    body = {"name": "Fleet", "vendor": "Alpi*", "is_enforced": "on", **ROW}
    body["item_name"] = ["sample_interval", "  "]  # type: ignore[assignment]
    body["item_value"] = ["45", ""]  # type: ignore[assignment]
    response = admin.post("/templates/add/", body)
    assert response.status_code == 302
    with system_scope("tests"):
        row = ConfigurationTemplate.objects.get(name="Fleet")
        assert (row.vendor, row.is_enforced, len(row.items)) == ("Alpi*", True, 1)
    text = words(admin.get(response["Location"]))
    assert "Saved. Nothing was sent to any station yet." in text
    assert "Apply to 1 station" in text
    assert "MeterValueSampleInterval : 60 → 45" in text


def test_faults_stand_in_their_rows(admin: Client, site: Site) -> None:
    before = templates()
    body = {
        "name": site.template.name,
        "item_name": ["sample_interval", "AuthorizationKey"],
        "item_value": ["soon", "x"],
        "item_attribute": ["Actual", "Actual"],
        "item_comparison": ["auto", "auto"],
    }
    response = admin.post("/templates/add/", body)
    text = words(response)
    assert "A whole number." in text
    assert "A secret does not belong in a template" in text
    assert "Another template has this name." in text
    assert 'value="soon"' in response.content.decode()
    assert templates() == before


def test_a_template_is_changed(admin: Client, site: Site) -> None:
    path = f"/templates/{site.template.pk}/edit/"
    page = admin.get(path).content.decode()
    assert 'value="sample_interval"' in page
    location = LocationFactory.create(operator=site.station.operator)
    body = {"name": "Renamed", "locations": [str(location.pk)], **ROW}
    assert admin.post(path, body).status_code == 302
    assert templates() == [("Renamed", [("sample_interval", "45")])]
    assert f'<option value="{location.pk}" selected>' in admin.get(path).content.decode()
    with system_scope("tests"):
        assert not TemplateDrift.objects.filter(station=site.station).exists()
        assert AuditEntry.objects.latest("id").action == "configuration_template.changed"


def test_a_foreign_location_is_no_choice(admin: Client, site: Site, foreign_site: Site) -> None:
    body = {"name": "Theirs", "locations": [str(foreign_site.location.pk)], **ROW}
    text = words(admin.post("/templates/add/", body))
    assert "Theirs" not in [name for name, _items in templates()]
    assert foreign_site.location.name not in text


def test_a_template_of_a_stations_present_values(admin: Client, site: Site) -> None:
    variable(site, "MeterValueSampleInterval", "77")
    page = admin.get(f"/templates/add/?station={site.station.pk}").content.decode()
    assert f'value="As {site.station.name}"' in page
    assert 'value="77"' in page
    assert 'value="Alpitronic"' in page


def test_settings_are_found_by_name_and_in_the_fleet(admin: Client, site: Site) -> None:
    variable(site, "VendorInterval", "1")
    variable(site, "VendorIntervalSecret", "1")
    text = words(admin.get("/templates/names/?q=interval"))
    assert "Reading interval" in text
    assert "VendorInterval one make has it" in text
    assert "VendorIntervalSecret" not in text
    assert "Nothing has this in its name" in words(admin.get("/templates/names/?q=zzz"))
    row = admin.get("/templates/row/?name=cache_enabled").content.decode()
    assert 'value="cache_enabled"' in row
    assert admin.get("/templates/row/?remove=1").content == b""


def test_stations_by_state_and_name(admin: Client, site: Site) -> None:
    path = f"/templates/{site.template.pk}/"
    assert site.station.code in words(admin.get(f"{path}?step=differs"))
    assert "No station matches" in words(admin.get(f"{path}?step=in_step"))
    assert site.station.code in words(admin.get(f"{path}?q=havne"))
    assert "No station matches" in words(admin.get(f"{path}?q=elsewhere"))


def test_applying_shows_first_and_then_begins(admin: Client, site: Site) -> None:
    path = f"/templates/{site.template.pk}/apply/"
    text = words(admin.get(path))
    assert "MeterValueSampleInterval : 60 → 30" in text
    assert "Nothing was sent yet." in text
    with system_scope("tests"):
        ConfigurationRollout.objects.all().delete()
    chosen = {"station": [str(site.station.pk)], "days": "3", "reset_when_idle": "on"}
    response = admin.post(path, chosen)
    assert response.status_code == 302
    with system_scope("tests"):
        rollout = ConfigurationRollout.objects.get()
        assert (rollout.stations_total, rollout.reset_when_idle) == (1, True)
    text = words(admin.get(response["Location"]))
    assert "0 of 1 stations" in text
    assert "waits its turn" in text


def test_what_cannot_be_applied_says_why(admin: Client, site: Site, foreign_site: Site) -> None:
    path = f"/templates/{site.template.pk}/apply/"
    other = StationFactory.create(operator=site.station.operator)
    for station in (other, foreign_site.station):
        text = words(admin.post(path, {"station": [str(station.pk)], "days": "7"}))
        assert "is not one of the template" in text
    with system_scope("tests"):
        assert ConfigurationRollout.objects.count() == 2


def test_a_station_that_cannot_be_read_does_not_mean_all_of_them(admin: Client, site: Site) -> None:
    path = f"/templates/{site.template.pk}/apply/"
    assert admin.get(f"{path}?station=nonsense").status_code == 404
    assert admin.post(path, {"station": ["nonsense"], "days": "7"}).status_code == 404
    with system_scope("tests"):
        assert ConfigurationRollout.objects.count() == 1


def test_progress_comes_in_parts_until_it_is_done(admin: Client, site: Site) -> None:
    path = f"/templates/rollouts/{site.rollout.pk}/"
    text = words(admin.get(path))
    assert "Reading interval : rejected 60 → 30 “ Rejected ”" in text
    part = admin.get(path, headers={"HX-Request": "true"})
    assert part.content.decode().startswith('<div class="rows" id="rollout-progress" hx-get=')
    with system_scope("tests"):
        ConfigurationRollout.objects.update(finished_at=NOW, status="done")
    done = admin.get(path, headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"


def test_stopped_and_tried_again(admin: Client, site: Site) -> None:
    RolloutStationFactory.create(
        rollout=site.rollout, operator=site.station.operator, state="waiting", results=[]
    )
    path = f"/templates/rollouts/{site.rollout.pk}/"
    admin.post(f"{path}cancel/")
    assert "No further station is started." in words(admin.get(path))
    admin.post(f"{path}cancel/")
    assert "not under way any more" in words(admin.get(path))
    admin.post(f"{path}retry/")
    assert "The stations that failed are tried again." in words(admin.get(path))
    admin.post(f"{path}retry/")
    assert "No station has failed" in words(admin.get(path))
    with system_scope("tests"):
        states = RolloutStation.objects.filter(rollout=site.rollout)
        assert set(states.values_list("state", flat=True)) == {"waiting"}


def test_a_deleted_template_leaves_its_rollouts(admin: Client, site: Site) -> None:
    response = admin.post(f"/templates/{site.template.pk}/delete/")
    assert response["Location"] == "/templates/"
    assert templates() == []
    assert site.template.name in words(admin.get(f"/templates/rollouts/{site.rollout.pk}/"))


def test_the_station_tells_what_differs(admin: Client, site: Site) -> None:
    text = words(admin.get(f"/stations/{site.station.pk}/variables/"))
    assert site.template.name in text
    assert "MeterValueSampleInterval : 60 → 30" in text
    assert "Make a template" in text


def test_stations_that_differ_are_a_filter(admin: Client, site: Site) -> None:
    other = StationFactory.create(operator=site.station.operator, name="Fine")
    text = words(admin.get("/stations/?configuration=differs"))
    assert site.station.name in text
    assert other.name not in text.replace("Find", "")
    with system_scope("tests"):
        ConfigurationTemplate.objects.update(is_enforced=False)
    assert "No station matches" in words(admin.get("/stations/?configuration=differs"))
