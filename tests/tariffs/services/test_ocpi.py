from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import AuditEntry, Operator
from tariffs.exceptions import UnableToImportTariff
from tariffs.models import Tariff, TariffVersion
from tariffs.ocpi import Version
from tariffs.ocpi.verbatim import patches
from tariffs.selectors.ocpi import ocpi_tariff
from tariffs.services.ocpi import import_tariff
from tariffs.services.versions import add_version
from tests.factories import ACTOR, NOW, TariffFactory, TariffVersionFactory, terms_document
from tests.support.api import everything
from tests.tariffs.ocpi import objects

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]

DONE: dict[str, Any] = {"actor": ACTOR, "now": NOW}
EXAMPLES = [
    *((Version.V211, name) for name in objects.V211),
    *((Version.V221, name) for name in objects.V221 if name != "every restriction"),
    *((Version.V230, name) for name in objects.V230),
]
OBJECTS = {Version.V211: objects.V211, Version.V221: objects.V221, Version.V230: objects.V230}


def test_an_object_becomes_a_tariff_with_a_price(operator: Operator) -> None:
    document = objects.V221["energy and start"]
    tariff = import_tariff(operator=operator, document=document, **DONE)
    tariff.refresh_from_db()
    assert (tariff.name, tariff.currency, tariff.description) == ("DE*ALL 12", "EUR", "")
    assert tariff.ocpi == {
        "version": "2.2.1",
        "identity": {
            "country_code": "DE",
            "party_id": "ALL",
            "id": "12",
            "last_updated": "2018-12-17T11:16:55Z",
        },
        "as_given": [],
    }
    version = tariff.versions.get()
    assert (version.number, version.valid_from, version.note) == (1, NOW, "OCPI 2.2.1")
    assert version.terms == {
        "currency": "EUR",
        "tax_included": False,
        "elements": [
            {"price_components": [{"type": "FLAT", "price": "0.5", "vat": "20"}]},
            {"price_components": [{"type": "ENERGY", "price": "0.25", "vat": "10"}]},
        ],
    }
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert sorted(actions) == ["tariff.added", "tariff.version_added"]


@pytest.mark.parametrize(("version", "name"), EXAMPLES)
def test_what_was_taken_in_is_given_out_word_for_word(
    operator: Operator, version: Version, name: str
) -> None:
    document = OBJECTS[version][name]
    tariff = import_tariff(operator=operator, document=document, **DONE)
    tariff.refresh_from_db()
    found = ocpi_tariff(tariff, version, at=NOW)
    assert list(patches(found.document, document)) == []


def test_a_price_of_the_future_begins_then(operator: Operator) -> None:
    document = objects.tariff(
        objects.element(objects.ENERGY), start_date_time="2099-01-01T00:00:00Z"
    )
    tariff = import_tariff(operator=operator, document=document, name=" Dear ", **DONE)
    assert tariff.name == "Dear"
    assert tariff.versions.get().valid_from == datetime(2099, 1, 1, tzinfo=UTC)


def test_a_new_price_is_given_out_under_the_old_id(operator: Operator) -> None:
    document = objects.V221["other spellings"]
    tariff = import_tariff(operator=operator, document=document, **DONE)
    later = NOW.replace(year=NOW.year + 1)
    add_version(tariff=tariff, terms=terms_document("0.30"), actor=ACTOR, now=later)
    found = ocpi_tariff(tariff, Version.V221, at=later).document
    assert found is not None
    assert found["id"] == "12"
    assert found["last_updated"] == later.isoformat().replace("+00:00", "Z")
    assert [each["price"] for each in found["elements"][0]["price_components"]] == [0.3]


def test_another_version_of_ocpi_has_its_own_spelling(operator: Operator) -> None:
    tariff = import_tariff(operator=operator, document=objects.V221["minimum"], **DONE)
    found = ocpi_tariff(tariff, Version.V230, at=NOW).document
    assert found is not None
    assert found["tax_included"] == "NO"
    assert found["min_price"] == {"before_taxes": 0.5, "after_taxes": 0.55}


def test_our_own_tariff_has_our_id_and_no_party(operator: Operator) -> None:
    tariff = TariffFactory.create(operator=operator, name="Night", description="After dark")
    version = TariffVersionFactory.create(tariff=tariff)
    found = ocpi_tariff(tariff, Version.V221, at=NOW)
    assert found.document == {
        "country_code": operator.country,
        "id": str(tariff.pk),
        "tariff_alt_text": [{"language": operator.language, "text": "After dark"}],
        "last_updated": version.created_at.isoformat().replace("+00:00", "Z"),
        "currency": "EUR",
        "elements": [
            {"price_components": [{"type": "ENERGY", "price": 0.49, "vat": 25, "step_size": 1}]}
        ],
    }
    assert [each.field for each in found.unexpressed] == ["party_id"]


def test_a_tariff_without_a_price_has_no_object(operator: Operator) -> None:
    found = ocpi_tariff(TariffFactory.create(operator=operator), Version.V221, at=NOW)
    assert found.document is None
    assert [each.field for each in found.unexpressed] == ["elements"]


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({}, "document.id"),
        (objects.tariff(objects.element(objects.component("ENERGY", -1))), "document.elements[0].price_components[0].price"),
        (objects.tariff(objects.element(objects.ENERGY, min_soc=3)), "document.elements[0].restrictions.min_soc"),
        (objects.tariff(objects.element(objects.ENERGY), currency="XXX"), "document.currency"),
        (objects.tariff(objects.element(objects.ENERGY), currency="eur"), "document.currency"),
        (objects.tariff(objects.element(objects.ENERGY), objects.element(objects.ENERGY)), "document.elements[1]"),
        (objects.tariff(objects.element(objects.ENERGY), x="\x00"), "document"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_by_name_and_nothing_is_saved(
    operator: Operator, document: dict[str, Any], field: str
) -> None:
    before = everything()
    with pytest.raises(UnableToImportTariff) as caught:
        import_tariff(operator=operator, document=document, **DONE)
    assert list(caught.value.errors) == [field]
    assert everything() == before


def test_a_name_that_is_taken_is_refused(operator: Operator) -> None:
    import_tariff(operator=operator, document=objects.V221["energy"], **DONE)
    before = everything()
    with pytest.raises(UnableToImportTariff) as caught:
        import_tariff(operator=operator, document=objects.V221["complex"], **DONE)
    assert list(caught.value.errors) == ["name"]
    assert everything() == before
    assert (Tariff.objects.count(), TariffVersion.objects.count()) == (1, 1)
