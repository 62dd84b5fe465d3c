from __future__ import annotations

from decimal import Decimal

import pytest

from tariffs.pricing.document import BadTermsError
from tariffs.selectors import terms as selectors
from tariffs.selectors.terms import terms_of
from tests.factories import TariffVersionFactory, terms_document

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "_kept", type(selectors._kept)())


def test_terms_are_read_once() -> None:
    version = TariffVersionFactory.create(terms=terms_document("0.61"))
    terms = terms_of(version)
    assert terms.elements[0].components[0].price == Decimal("0.61")
    version.terms = {}
    assert terms_of(version) is terms


def test_few_are_kept_and_the_ones_in_use_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "_MOST", 2)
    first, second, third = TariffVersionFactory.create_batch(3)
    for version in (first, second, first, third):
        terms_of(version)
    assert list(selectors._kept) == [first.pk, third.pk]


def test_what_cannot_be_read_is_said_and_not_kept() -> None:
    version = TariffVersionFactory.create(terms={"currency": "EUR"})
    with pytest.raises(BadTermsError):
        terms_of(version)
    assert list(selectors._kept) == []
