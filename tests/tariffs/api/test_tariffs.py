from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Operator
from common.clock import utc_now
from common.tenancy import operator_scope
from tariffs.models import Tariff, TariffVersion
from tests.factories import (
    TariffAssignmentFactory,
    TariffFactory,
    TariffGroupFactory,
    TariffVersionFactory,
    terms_document,
)
from tests.support.api import everything, permission_without, with_key

pytestmark = pytest.mark.django_db

NIGHT: dict[str, Any] = {
    "name": "Night",
    "currency": "EUR",
    "description": "Cheap after dark",
    "external_id": "t-1",
    "metadata": {"erp": 7},
}


def _problems(response: Any) -> dict[str, str]:
    assert response.status_code == 400, response.content
    return {error["name"]: error["message"] for error in response.json()["errors"]}


def _get(caller: Any, address: str) -> Any:
    return caller.get(address.removeprefix("http://testserver")).json()


def test_a_tariff_is_added_read_and_priced(operator: Operator) -> None:
    api = with_key(operator)
    response = api.post("tariffs", NIGHT)
    assert response.status_code == 201
    body = response.json()
    key = body["id"]
    assert response["Location"] == f"http://testserver/api/v1/tariffs/{key}"
    assert body.pop("created_at").endswith("Z")
    assert body == {
        **NIGHT,
        "id": key,
        "current_version": None,
        "scheduled_version": None,
        "assignment_count": 0,
        "archived_at": None,
    }
    response = api.post(
        f"tariffs/{key}/versions",
        {
            "terms": terms_document(),
            "max_energy_kwh": "60.5",
            "max_duration_s": 14_400,
            "max_amount_minor": 5000,
            "note": "Spring",
        },
    )
    assert response.status_code == 201, response.content
    version = response.json()
    times = [version.pop(name) for name in ("valid_from", "created_at")]
    assert times[0] == times[1]
    assert version == {
        "id": version["id"],
        "tariff_id": key,
        "number": 1,
        "withdrawn_at": None,
        "terms": terms_document(),
        "headline": "€ 0.49/kWh",
        "words": ["Energy: € 0.49/kWh"],
        "vat_note": "plus 25 % VAT",
        "max_energy_kwh": "60.500",
        "max_duration_s": 14_400,
        "max_amount_minor": 5000,
        "note": "Spring",
    }
    shown = _get(api, response["Location"])
    assert shown["id"] == version["id"]
    tariff = api.get(f"tariffs/{key}").json()
    assert tariff["current_version"] == shown
    assert tariff["scheduled_version"] is None


def test_a_change_is_scheduled_and_withdrawn(operator: Operator) -> None:
    api = with_key(operator)
    tariff = TariffVersionFactory.create(tariff__operator=operator, number=1).tariff
    later = (utc_now() + timedelta(days=30)).replace(microsecond=0)
    made = api.post(
        f"tariffs/{tariff.pk}/versions",
        {"terms": terms_document("0.59"), "valid_from": later.isoformat()},
    ).json()
    assert made["valid_from"] == later.isoformat().replace("+00:00", "Z")
    body = api.get(f"tariffs/{tariff.pk}").json()
    assert body["current_version"]["headline"] == "€ 0.49/kWh"
    assert body["scheduled_version"]["id"] == made["id"]
    response = api.post(f"tariff-versions/{made['id']}/actions/withdraw")
    assert response.status_code == 200
    assert response.json()["withdrawn_at"] is not None
    listed = api.get(f"tariffs/{tariff.pk}/versions").json()
    assert [row["number"] for row in listed["data"]] == [2, 1]
    assert api.get(f"tariffs/{tariff.pk}").json()["scheduled_version"] is None
    again = api.post(f"tariff-versions/{made['id']}/actions/withdraw")
    assert (again.status_code, again.json()["detail"]) == (
        409,
        "Version 2 is withdrawn already.",
    )


def test_the_list_is_searched_and_tells_the_archive(operator: Operator) -> None:
    TariffFactory.create(operator=operator, name="Day", external_id="d")
    TariffFactory.create(operator=operator, name="Night")
    TariffFactory.create(operator=operator, name="Old night", archived_at=utc_now())
    TariffFactory.create(name="Theirs")
    api = with_key(operator)

    def names(**query: Any) -> list[str]:
        return [row["name"] for row in api.get("tariffs", **query).json()["data"]]

    assert names() == ["Day", "Night"]
    assert names(search="night") == ["Night"]
    assert names(is_archived="true") == ["Old night"]
    assert names(external_id="d") == ["Day"]
    first = api.get("tariffs", limit=1).json()
    assert [row["name"] for row in first["data"]] == ["Day"]
    assert [row["name"] for row in _get(api, first["next"])["data"]] == ["Night"]


def test_a_tariff_is_renamed(operator: Operator) -> None:
    tariff = TariffFactory.create(operator=operator, name="Old", description="Same")
    response = with_key(operator).patch(f"tariffs/{tariff.pk}", {"name": "New"})
    assert response.status_code == 200
    assert (response.json()["name"], response.json()["description"]) == ("New", "Same")


@pytest.mark.parametrize(
    ("change", "name", "message"),
    [
        ({"name": ""}, "name", "This field may not be blank."),
        ({"name": "Taken"}, "name", "Another tariff has this name."),
        ({"metadata": []}, "metadata", "A JSON object is needed."),
        ({"colour": "red"}, "colour", "There is no such field here."),
    ],
)
def test_what_is_wrong_with_a_tariff_is_named(
    operator: Operator, change: dict[str, Any], name: str, message: str
) -> None:
    TariffFactory.create(operator=operator, name="Taken")
    tariff = TariffFactory.create(operator=operator)
    api = with_key(operator)
    before = everything()
    assert _problems(api.post("tariffs", NIGHT | change)) == {name: message}
    assert _problems(api.patch(f"tariffs/{tariff.pk}", change)) == {name: message}
    assert everything() == before


def test_a_currency_is_known_and_stays(operator: Operator) -> None:
    tariff = TariffFactory.create(operator=operator)
    api = with_key(operator)
    before = everything()
    assert _problems(api.post("tariffs", NIGHT | {"currency": "XXX"})) == {
        "currency": "A currency's three-letter code, such as EUR."
    }
    assert _problems(api.patch(f"tariffs/{tariff.pk}", {"currency": "DKK"})) == {
        "currency": "There is no such field here."
    }
    assert everything() == before


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ({"terms": []}, {"terms": "A JSON object is needed."}),
        ({"terms": {}}, {"terms.elements": "This field is required."}),
        (
            {"terms": terms_document("-1"), "valid_from": "2020-01-01T00:00:00Z"},
            {
                "terms.elements[0].price_components[0].price": "A price cannot be negative.",
                "valid_from": "A new version begins now or later, not in the past.",
            },
        ),
        (
            {"terms": {"currency": "EUR", "elements": ["x" * 100_001]}},
            {"terms": "At most 100000 characters as JSON."},
        ),
        (
            {"max_energy_kwh": "0", "max_duration_s": -1},
            {
                "max_energy_wh": "More than nothing, or leave it empty for no limit.",
                "max_duration_s": "More than nothing, or leave it empty for no limit.",
            },
        ),
    ],
)
def test_what_is_wrong_with_a_version_is_named(
    operator: Operator, change: dict[str, Any], problems: dict[str, str]
) -> None:
    tariff = TariffFactory.create(operator=operator)
    api = with_key(operator)
    before = everything()
    body = {"terms": terms_document(), **change}
    assert _problems(api.post(f"tariffs/{tariff.pk}/versions", body)) == problems
    assert everything() == before


def test_archive_tells_assignments_and_restores(operator: Operator) -> None:
    tariff = TariffFactory.create(operator=operator, name="Night")
    group = TariffGroupFactory.create(operator=operator)
    TariffAssignmentFactory.create(group=group, tariff=tariff)
    api = with_key(operator)
    before = everything()
    response = api.post(f"tariffs/{tariff.pk}/actions/archive")
    assert (response.status_code, response.json()["detail"]) == (
        409,
        "Night is assigned in 1 place. Archive it with its assignments to end them.",
    )
    assert everything() == before
    response = api.post(f"tariffs/{tariff.pk}/actions/archive", {"unassign": True})
    assert (response.status_code, response.json()) == (200, {"assignments_ended": 1})
    restored = api.post(f"tariffs/{tariff.pk}/actions/restore").json()
    assert (restored["archived_at"], restored["assignment_count"]) == (None, 0)


def test_a_copy(operator: Operator) -> None:
    tariff = TariffVersionFactory.create(
        tariff=TariffFactory.create(operator=operator, name="Night")
    ).tariff
    api = with_key(operator)
    response = api.post(f"tariffs/{tariff.pk}/actions/duplicate", {})
    assert response.status_code == 201
    assert response.json()["name"] == "Night (copy)"
    assert response.json()["current_version"]["terms"] == terms_document()
    named = api.post(f"tariffs/{tariff.pk}/actions/duplicate", {"name": "Night"})
    assert _problems(named) == {"name": "Another tariff has this name."}
    with operator_scope(operator.pk):
        assert Tariff.objects.count() == 2


def test_terms_are_checked_and_nothing_is_kept(operator: Operator) -> None:
    api = with_key(operator, *permission_without("tariffs.manage"))  # type: ignore[arg-type]
    document = terms_document()
    document["elements"].append(
        {"price_components": [{"type": "PARKING_TIME", "price": "6", "vat": "25"}]}
    )
    before = everything()
    body = {
        "terms": document,
        "time_zone": "Europe/Copenhagen",
        "day": "2026-03-14",
        "display_characters": 30,
    }
    response = api.post("tariffs/check", body)
    assert response.status_code == 200, response.content
    found = response.json()
    overnight, fast, _stop = found.pop("examples")
    assert found == {
        "errors": [],
        "warnings": [
            {
                "field": "elements[1]",
                "code": "no_grace",
                "message": "The parking fee begins at once when charging ends; a grace period is "
                "usual.",
            }
        ],
        "headline": "€ 0.49/kWh",
        "words": ["Energy: € 0.49/kWh", "Idle: € 6.00 an hour"],
        "vat_note": "plus 25 % VAT",
        "display_text": "€ 0.49/kWh; idle € 6.00/h",
    }
    assert overnight == {
        "key": "overnight",
        "about": "22 kWh in 2 h, then 6 h idle, from 22:00",
        "started_at": "2026-03-14T21:00:00Z",
        "lines": [
            {
                "title": "Energy",
                "quantity": "22 kWh \u00d7 € 0.49",
                "reason": "Part 1 of the tariff: always",
                "amount_minor": 1078,
            },
            {
                "title": "Idle",
                "quantity": "6 h \u00d7 € 6.00 an hour",
                "reason": "Part 2 of the tariff: always",
                "amount_minor": 3600,
            },
        ],
        "net_minor": 4678,
        "tax_minor": 1170,
        "gross_minor": 5848,
        "notes": [],
    }
    assert (fast["key"], fast["gross_minor"]) == ("fast", 2450)
    assert everything() == before


def test_errors_of_terms_are_an_answer(operator: Operator) -> None:
    api = with_key(operator)
    found = api.post("tariffs/check", {"terms": terms_document("-1")}).json()
    assert found == {
        "errors": [
            {
                "field": "elements[0].price_components[0].price",
                "message": "A price cannot be negative.",
            }
        ],
        "warnings": [],
        "headline": "",
        "words": [],
        "vat_note": "",
        "display_text": "",
        "examples": [],
    }
    zone = {"terms": terms_document(), "time_zone": "Mars"}
    assert _problems(api.post("tariffs/check", zone)) == {
        "time_zone": "The name of a time zone, such as Europe/Copenhagen."
    }


def test_another_operators_tariff_does_not_exist(operator: Operator) -> None:
    theirs = TariffVersionFactory.create()
    api = with_key(operator)
    before = everything()
    for path, body in (
        (f"tariffs/{theirs.tariff_id}/versions", {"terms": terms_document()}),
        (f"tariffs/{theirs.tariff_id}/actions/archive", {"unassign": True}),
        (f"tariffs/{theirs.tariff_id}/actions/duplicate", {}),
        (f"tariff-versions/{theirs.pk}/actions/withdraw", None),
    ):
        assert api.post(path, body).status_code == 404
    assert api.patch(f"tariffs/{theirs.tariff_id}", {"name": "Mine"}).status_code == 404
    assert everything() == before
    with operator_scope(operator.pk):
        assert not TariffVersion.objects.exists()
