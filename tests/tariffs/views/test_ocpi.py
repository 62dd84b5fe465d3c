"""OCPI in the portal: looked at, created, refused by field, given out again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Operator
from common.tenancy import system_scope
from tariffs.models import Tariff
from tests.factories import TariffFactory, TariffVersionFactory
from tests.tariffs.views.test_tariffs import words

pytestmark = pytest.mark.django_db
PATH = "/tariffs/import/"
OBJECT: dict[str, Any] = {
    "country_code": "DE",
    "party_id": "ALL",
    "id": "12",
    "currency": "EUR",
    "tariff_alt_text": [{"language": "en", "text": "2 euro a kWh"}],
    "elements": [
        {"price_components": [{"type": "ENERGY", "price": 0.25, "vat": 10.0, "step_size": 1}]}
    ],
    "last_updated": "2026-11-01T10:00:00Z",
}


def names() -> list[str]:
    with system_scope("tests"):
        return list(Tariff.objects.values_list("name", flat=True))


def test_it_is_looked_at_before_it_is_created(admin: Client) -> None:
    body = {"document": json.dumps(OBJECT), "name": "Taken over"}
    text = words(admin.post(PATH, body))
    assert "OCPI 2.2.1" in text
    assert "€ 0.25/kWh" in text
    assert "Overnight, AC" in text
    assert names() == []
    response = admin.post(PATH, {**body, "create": "on"})
    assert response.status_code == 302
    assert names() == ["Taken over"]
    page = words(admin.get(response["Location"]))
    assert "OCPI 2.2.1 says everything" in page
    back = admin.get(f"{response['Location']}ocpi/2.2.1/")
    assert back["Content-Disposition"] == 'attachment; filename="tariff-ocpi-2.2.1.json"'
    assert json.loads(back.content) == OBJECT


def test_a_file_will_do(admin: Client) -> None:
    file = SimpleUploadedFile("tariff.json", json.dumps(OBJECT).encode())
    assert "€ 0.25/kWh" in words(admin.post(PATH, {"file": file}))


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("", "Paste a tariff"),
        ("{", "This is no JSON"),
        ("[]", "A JSON object is expected"),
        ("\xff", "This is no JSON"),
        (json.dumps({**OBJECT, "elements": [{}]}), "elements[0].price_components"),
        (json.dumps({**OBJECT, "currency": "EURO"}), "currency"),
    ],
)
def test_what_is_no_tariff_is_refused_by_field(admin: Client, document: str, message: str) -> None:
    for more in ({}, {"create": "on"}):
        response = admin.post(PATH, {"document": document, "version": "2.2.1", **more})
        assert message in " ".join(response.context["form"].errors["document"])
    assert names() == []


def test_a_negative_price_is_not_created(admin: Client) -> None:
    component = {"type": "ENERGY", "price": -1, "step_size": 1}
    bad = json.dumps({**OBJECT, "elements": [{"price_components": [component]}]})
    assert "cannot be negative" in words(admin.post(PATH, {"document": bad}))
    assert "cannot be negative" in words(admin.post(PATH, {"document": bad, "create": "on"}))
    assert names() == []


def test_who_may_only_look_takes_out_and_not_in(
    viewer: Client, admin: Client, operator: Operator
) -> None:
    tariff = TariffFactory.create(operator=operator)
    TariffVersionFactory.create(tariff=tariff)
    assert viewer.get(PATH).status_code == 403
    assert viewer.post(PATH, {"document": json.dumps(OBJECT), "create": "on"}).status_code == 403
    assert names() == [tariff.name]
    assert viewer.get(f"/tariffs/{tariff.pk}/ocpi/2.3.0/").status_code == 200
    assert viewer.get(f"/tariffs/{tariff.pk}/ocpi/9.9/").status_code == 404
    foreign = TariffFactory.create()
    TariffVersionFactory.create(tariff=foreign)
    assert admin.get(f"/tariffs/{foreign.pk}/ocpi/2.3.0/").status_code == 404
