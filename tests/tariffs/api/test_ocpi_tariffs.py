from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Operator
from accounts.policy import Permission
from tests.factories import OperatorFactory, TariffFactory, TariffVersionFactory
from tests.support.api import everything, permission_without, with_key
from tests.tariffs.ocpi import objects

pytestmark = pytest.mark.django_db

OBJECT = objects.V221["energy and start"]


def _problems(response: Any) -> dict[str, str]:
    assert response.status_code == 400, response.content
    return {error["name"]: error["message"] for error in response.json()["errors"]}


def test_an_object_is_taken_in_and_given_out(operator: Operator) -> None:
    api = with_key(operator)
    response = api.post("tariffs/import", {"document": OBJECT, "name": "Day"})
    assert response.status_code == 201, response.content
    body = response.json()
    assert response["Location"] == f"http://testserver/api/v1/tariffs/{body['id']}"
    assert (body["name"], body["currency"]) == ("Day", "EUR")
    assert body["current_version"]["words"] == ["Start fee € 0.50", "Energy: € 0.25/kWh"]
    answer = api.get(f"tariffs/{body['id']}/ocpi")
    assert answer.status_code == 200
    assert answer.json() == {"document": OBJECT, "unexpressed": []}
    newer = api.get(f"tariffs/{body['id']}/ocpi?version=2.3.0").json()
    assert newer == {"document": {**OBJECT, "tax_included": "NO"}, "unexpressed": []}


def test_what_ocpi_cannot_say_is_told(operator: Operator) -> None:
    document = {
        "currency": "EUR",
        "elements": [
            {"price_components": [{"type": "ENERGY", "price": "0.5"}]},
            {
                "price_components": [{"type": "PARKING_TIME", "price": "6"}],
                "restrictions": {"min_idle": 600},
            },
        ],
    }
    tariff = TariffFactory.create(operator=operator)
    TariffVersionFactory.create(tariff=tariff, terms=document)
    body = with_key(operator).get(f"tariffs/{tariff.pk}/ocpi").json()
    assert len(body["document"]["elements"]) == 1
    assert body["unexpressed"] == [
        {
            "field": "elements[1].restrictions.min_idle",
            "message": "OCPI does not count idle time, so it knows no grace period; this element is left out.",
        },
        {
            "field": "party_id",
            "message": "It is not known which party of OCPI you are; it is left out.",
        },
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "document"),
        ({"document": []}, "document"),
        ({"document": OBJECT, "version": "2.0"}, "version"),
        ({"document": OBJECT, "version": "2.3.0"}, "document.tax_included"),
        ({"document": OBJECT, "colour": 1}, "colour"),
        ({"document": {**OBJECT, "elements": []}}, "document.elements"),
        (
            {"document": objects.tariff(objects.element(objects.component("ENERGY", -1)))},
            "document.elements[0].price_components[0].price",
        ),
    ],
)
def test_what_cannot_be_taken_in_is_named(
    operator: Operator, body: dict[str, Any], field: str
) -> None:
    api = with_key(operator)
    before = everything()
    assert list(_problems(api.post("tariffs/import", body))) == [field]
    assert everything() == before


def test_another_version_of_ocpi_is_refused(operator: Operator) -> None:
    tariff = TariffFactory.create(operator=operator)
    response = with_key(operator).get(f"tariffs/{tariff.pk}/ocpi?version=2.1.1")
    assert list(_problems(response)) == ["version"]


def test_who_may_not_manage_takes_nothing_in(operator: Operator) -> None:
    api = with_key(operator, *permission_without(Permission.TARIFFS_MANAGE))
    before = everything()
    assert api.post("tariffs/import", {"document": OBJECT}).status_code == 403
    assert everything() == before


def test_a_tariff_of_somebody_else_is_not_found(operator: Operator) -> None:
    foreign = TariffFactory.create(operator=OperatorFactory.create())
    assert with_key(operator).get(f"tariffs/{foreign.pk}/ocpi").status_code == 404
