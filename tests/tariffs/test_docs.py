from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tariffs.ocpi import Version, export
from tariffs.pricing.document import RESTRICTION_KEYS, dump_terms, load_terms
from tariffs.pricing.faults import Severity, faults
from tests.tariffs.ocpi.test_export import IDENTITY

PAGE = (Path(__file__).parents[2] / "docs" / "tariffs.md").read_text(encoding="utf-8")
DOCUMENTS = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]


def test_there_are_two_documents_on_the_page() -> None:
    assert len(DOCUMENTS) == 2


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_of_the_page_is_a_tariff_without_errors(document: dict[str, Any]) -> None:
    terms = load_terms(document)
    assert load_terms(dump_terms(terms)) == terms
    assert [found for found in faults(terms) if found.severity is Severity.ERROR] == []


def test_the_page_names_every_restriction() -> None:
    named = PAGE.replace("max_power` (kW)", "max_power`")
    missing = [key for key in RESTRICTION_KEYS.values() if f"`{key}`" not in named]
    assert missing == []


def test_what_ocpi_cannot_say_of_the_page_s_documents() -> None:
    told = [
        [each.field for each in export(load_terms(document), IDENTITY, Version.V230).unexpressed]
        for document in DOCUMENTS
    ]
    assert told == [
        ["elements[2].restrictions.min_idle", "caps[0]"],
        ["elements[0].price_components[0].spot"],
    ]
