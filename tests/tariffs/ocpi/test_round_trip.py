from __future__ import annotations

import copy
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tariffs.ocpi import Version, export, guess_version, read_tariff
from tariffs.ocpi.verbatim import patches
from tariffs.pricing.terms import Terms
from tests.tariffs.ocpi import objects
from tests.tariffs.ocpi.test_export import IDENTITY
from tests.tariffs.pricing import strategies

EXAMPLES = [
    *((Version.V211, document) for document in objects.V211.values()),
    *((Version.V221, document) for document in objects.V221.values()),
    *((Version.V230, document) for document in objects.V230.values()),
]
NAMES = [
    f"{version}: {name}"
    for version, examples in (("2.1.1", objects.V211), ("2.2.1", objects.V221), ("2.3.0", objects.V230))
    for name in examples
]  # fmt: skip


@pytest.mark.parametrize(("version", "document"), EXAMPLES, ids=NAMES)
def test_an_object_comes_back_word_for_word(version: Version, document: dict[str, Any]) -> None:
    before = copy.deepcopy(document)
    assert guess_version(document) == version
    imported = read_tariff(document, version)
    stored = json.loads(json.dumps(imported.as_given))
    exported = export(imported.terms, imported.identity, version, stored)
    assert list(patches(exported.document, before)) == []
    assert document == before


@pytest.mark.parametrize(("version", "document"), EXAMPLES, ids=NAMES)
def test_decimals_of_a_parser_are_as_good_as_floats(
    version: Version, document: dict[str, Any]
) -> None:
    exact = json.loads(json.dumps(document), parse_float=Decimal)
    assert read_tariff(exact, version).terms == read_tariff(document, version).terms
    json.dumps(read_tariff(exact, version).as_given)


@pytest.mark.parametrize(
    "name", [name for name in objects.V221 if name not in {"other spellings", "fields of its own"}]
)
def test_the_standard_s_own_spelling_needs_no_remark(name: str) -> None:
    imported = read_tariff(objects.V221[name], Version.V221)
    assert imported.as_given == ()


def test_what_has_changed_since_is_not_brought_back() -> None:
    document = objects.V221["other spellings"]
    imported = read_tariff(document, Version.V221)
    assert [patch["path"] for patch in imported.as_given] == [
        ["start_date_time"],
        ["last_updated"],
        ["elements", 0, "restrictions"],
        ["elements", 1, "restrictions", "end_time"],
        ["elements", 1, "restrictions", "day_of_week"],
        ["elements", 2, "price_components", 0, "price"],
        ["elements", 2, "restrictions"],
        ["tariff_alt_text"],
        ["type"],
    ]
    changed = read_tariff(objects.V221["every restriction"], Version.V221).terms
    exported = export(changed, IDENTITY, Version.V221, imported.as_given).document
    assert exported is not None
    assert exported["elements"] == objects.V221["every restriction"]["elements"]
    assert exported["last_updated"] == "2026-03-01T08:00:00Z"


@given(terms=strategies.terms)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_exported_without_a_remark_is_read_as_the_same_terms(terms: Terms) -> None:
    for version in (Version.V221, Version.V230):
        exported = export(terms, IDENTITY, version)
        if exported.document is None or exported.unexpressed:
            continue
        text = json.loads(json.dumps(exported.document))
        again = export(read_tariff(text, version).terms, IDENTITY, version)
        assert list(patches(again.document, exported.document)) == []
        assert read_tariff(text, version).identity == IDENTITY
