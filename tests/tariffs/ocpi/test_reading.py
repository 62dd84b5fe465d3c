from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest

from tariffs.ocpi import AltText, Identity, TariffType, Version, read_tariff
from tariffs.pricing.fields import BadTermsError
from tariffs.pricing.terms import PriceLimit, ReservationRule
from tests.tariffs.ocpi import objects
from tests.tariffs.ocpi.objects import ENERGY, component, element
from tests.tariffs.pricing import build


def test_the_terms_of_an_object() -> None:
    terms = read_tariff(objects.V221["lapsed reservation"], Version.V221).terms
    assert terms == build.tariff(
        build.element(build.flat("4", vat="20"), reservation=ReservationRule.EXPIRES),
        build.element(
            build.time("2", vat="20", step_size=600), reservation=ReservationRule.RESERVATION
        ),
        build.element(build.flat("0.5", vat="20")),
    )


def test_the_limits_of_both_versions() -> None:
    old = read_tariff(objects.V221["minimum"], Version.V221).terms
    assert old.min_price == PriceLimit(net=Decimal("0.5"), gross=Decimal("0.55"))
    new = read_tariff(objects.V230["limits"], Version.V230).terms
    assert new.min_price == old.min_price
    assert new.max_price == PriceLimit(net=Decimal(100))
    assert new.tax_included


@pytest.mark.parametrize(("word", "included"), [("YES", True), ("NO", False), ("N/A", False)])
def test_whether_prices_include_tax(word: str, included: bool) -> None:
    document = objects.V221["energy"] | {"tax_included": word}
    assert read_tariff(document, Version.V230).terms.tax_included is included


def test_the_identity_of_an_object() -> None:
    imported = read_tariff(objects.V221["texts"], Version.V221)
    assert imported.identity == Identity(
        country_code="DE",
        party_id="ALL",
        id="12",
        type=TariffType.AD_HOC_PAYMENT,
        alt_text=(
            AltText(language="en", text="2.00 euro p/hour including VAT."),
            AltText(language="nl", text="2.00 euro\np/uur inclusief BTW."),
        ),
        last_updated=imported.identity.last_updated,
    )
    assert imported.identity.last_updated.isoformat() == "2018-12-17T11:16:55+00:00"


def test_midnight_may_be_written_24_00() -> None:
    document = objects.tariff(element(ENERGY, start_time="17:00", end_time="24:00"))
    terms = read_tariff(document, Version.V221).terms
    assert terms.elements[0].restrictions.end_minute == 0


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in objects.V221["energy"].items() if name != key}


@pytest.mark.parametrize(
    ("document", "version", "field"),
    [
        ([], Version.V221, ""),
        (without("id"), Version.V221, "id"),
        (without("party_id"), Version.V221, "party_id"),
        (without("currency"), Version.V221, "currency"),
        (without("last_updated"), Version.V221, "last_updated"),
        (without("elements"), Version.V221, "elements"),
        (objects.tariff(), Version.V221, "elements"),
        (objects.tariff({"price_components": []}), Version.V221, "elements[0].price_components"),
        (objects.tariff(element(ENERGY), id="x" * 37), Version.V221, "id"),
        (objects.tariff(element(ENERGY), country_code="DEU"), Version.V221, "country_code"),
        (objects.tariff(element(ENERGY), type="CHEAP"), Version.V221, "type"),
        (
            objects.tariff(element(ENERGY), tariff_alt_text=[{"language": "en"}]),
            Version.V221,
            "tariff_alt_text[0].text",
        ),
        (
            objects.tariff(element(ENERGY), last_updated="17 Dec 2018"),
            Version.V221,
            "last_updated",
        ),
        (
            objects.tariff(element(ENERGY), last_updated="2018-13-17T00:00:00Z"),
            Version.V221,
            "last_updated",
        ),
        (
            objects.tariff(element(ENERGY, min_power="much")),
            Version.V221,
            "elements[0].restrictions.min_power",
        ),
        (
            objects.tariff(element(ENERGY), element(ENERGY, min_kwh=0.0001)),
            Version.V221,
            "elements[1].restrictions.min_kwh",
        ),
        # what would change the price is not ignored, ours is not theirs
        (
            objects.tariff(element(ENERGY, min_idle=600)),
            Version.V221,
            "elements[0].restrictions.min_idle",
        ),
        (
            objects.tariff(element(ENERGY, min_soc=80)),
            Version.V221,
            "elements[0].restrictions.min_soc",
        ),
        (
            objects.tariff(element(ENERGY | {"per_seconds": 60})),
            Version.V221,
            "elements[0].price_components[0].per_seconds",
        ),
        (
            objects.tariff(element(ENERGY) | {"weight": 1}),
            Version.V221,
            "elements[0].weight",
        ),
        (
            objects.V211["simple"] | {"elements": [element(ENERGY)]},
            Version.V211,
            "elements[0].price_components[0].vat",
        ),
        (
            objects.tariff(element(ENERGY), min_price={"incl_vat": 1}),
            Version.V221,
            "min_price.excl_vat",
        ),
        (
            objects.V230["net"] | {"max_price": {"before_taxes": "x"}},
            Version.V230,
            "max_price.before_taxes",
        ),
        (
            objects.V230["net"] | {"max_price": {"excl_vat": 1}},
            Version.V230,
            "max_price.excl_vat",
        ),
        (objects.V221["energy"], Version.V230, "tax_included"),
        (objects.V230["net"] | {"tax_included": True}, Version.V230, "tax_included"),
        (objects.tariff(element(ENERGY), x="a\x00b"), Version.V221, ""),
    ],
)
def test_what_is_wrong_is_named(document: object, version: Version, field: str) -> None:
    before = copy.deepcopy(document)
    with pytest.raises(BadTermsError) as caught:
        read_tariff(document, version)
    assert caught.value.field == field
    assert document == before


def test_what_is_nested_without_end_is_refused() -> None:
    deep: object = 1
    for _ in range(50_000):
        deep = [deep]
    with pytest.raises(BadTermsError, match="At most 12 levels"):
        read_tariff(objects.tariff(element(component("FLAT", 1)), x=deep), Version.V221)
