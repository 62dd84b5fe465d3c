"""What a record says by its facts, and that it says the same again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from billing.domain.digests import canonical
from billing.domain.facts import Facts, spot_document, spot_prices
from billing.domain.flags import findings_among, needs_person
from billing.domain.lines import stored_lines
from billing.domain.record import priced
from tariffs.pricing import LineKind
from tariffs.pricing.document import BadTermsError
from tests.factories import terms_document

START = datetime(2026, 3, 14, 11, 0, tzinfo=UTC)
END = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
BEGIN = int(START.timestamp())

FACTS = Facts(
    terms=terms_document(price="0.333"),
    charging={"periods": [[BEGIN, BEGIN + 3600, 5001, "charging", 5000, None]]},
    spot_prices={},
    time_zone="Europe/Copenhagen",
    started_at=START,
    ended_at=END,
    energy_wh=5001,
    findings=(),
    is_provisional=False,
    in_review=False,
)


def test_a_price_exact_and_rounded() -> None:
    outcome = priced(FACTS)
    assert (outcome.net_minor, outcome.tax_minor, outcome.gross_minor) == (167, 42, 209)
    assert (outcome.net_exact, outcome.gross_exact) == ("1665333/1000000", "1665333/800000")
    assert (outcome.currency, outcome.flags, outcome.needs_review) == ("EUR", (), False)
    assert outcome.taxes == [{"vat": "25", "net_minor": 167, "tax_minor": 42}]
    (shown,) = stored_lines(outcome.lines)
    line = shown.line
    assert (line.kind, line.quantity, line.per) == (LineKind.ENERGY, Fraction(5001), 1000)
    assert (line.unit_price, line.vat) == (Decimal("0.333"), Decimal(25))
    assert (line.net, shown.net_minor, shown.amount_minor) == (Fraction(1665333, 1000000), 167, 167)


def test_no_tariff_is_no_price_and_not_a_free_session() -> None:
    outcome = priced(replace(FACTS, terms=None))
    assert (outcome.net_minor, outcome.tax_minor, outcome.gross_minor) == (None, None, None)
    assert (outcome.currency, outcome.lines, outcome.net_exact) == ("", [], "")
    assert (outcome.flags, outcome.needs_review) == (("no_tariff",), True)


def test_periods_that_contradict_each_other_are_no_price_either() -> None:
    rows = [[BEGIN, BEGIN + 60, 1, "charging", None, None]] * 2
    outcome = priced(replace(FACTS, charging={"periods": rows}))
    assert (outcome.net_minor, outcome.gross_minor) == (None, None)
    assert (outcome.flags, outcome.needs_review) == (("cannot_be_priced",), True)


def test_a_tariff_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(BadTermsError):
        priced(replace(FACTS, terms={"currency": "EUR"}))


@pytest.mark.parametrize(
    ("changes", "flags", "needs_review"),
    [
        ({"in_review": True}, ("session_in_review",), True),
        ({"is_provisional": True}, ("provisional",), False),
        ({"findings": ("odd_thing",)}, ("odd_thing",), True),
    ],
)
def test_flags_and_who_must_look(
    changes: dict[str, object], flags: tuple[str, ...], needs_review: bool
) -> None:
    outcome = priced(replace(FACTS, **changes))  # type: ignore[arg-type]
    assert (outcome.flags, outcome.needs_review) == (flags, needs_review)
    assert outcome.gross_minor == 209


def test_nothing_applies_is_told() -> None:
    terms = terms_document()
    terms["elements"][0]["restrictions"] = {"min_kwh": "100"}
    outcome = priced(replace(FACTS, terms=terms))
    assert (outcome.gross_minor, outcome.flags, outcome.needs_review) == (
        0,
        ("nothing_applies",),
        True,
    )


def test_the_table_of_flags() -> None:
    assert [
        flag
        for flag in ("provisional", "gap", "no_tariff", "spot_missing", "new")
        if needs_person(flag)
    ] == [
        "no_tariff",
        "spot_missing",
        "new",
    ]
    assert findings_among(["no_tariff", "gap", "odd", "also_odd", "provisional"]) == (
        "also_odd",
        "odd",
    )


def test_the_same_facts_give_the_same_digest_whatever_a_database_did_to_them() -> None:
    outcome = priced(FACTS)
    turned = json.loads(json.dumps(FACTS.terms, sort_keys=True))
    turned = dict(reversed(turned.items()))
    berlin = START.astimezone(datetime.now().astimezone().tzinfo)
    assert priced(replace(FACTS, terms=turned, started_at=berlin)).digest == outcome.digest


@pytest.mark.parametrize(
    "change",
    [
        {"energy_wh": 5002},
        {"time_zone": "Europe/Berlin"},
        {"terms": terms_document(price="0.334")},
        {"charging": {"periods": [[BEGIN, BEGIN + 3600, 5001, "charging", 5001, None]]}},
        {"spot_prices": {"DK1/60/0": "1"}},
        {"started_at": START.replace(microsecond=1)},
        {"ended_at": END.replace(microsecond=1)},
        {"findings": ("odd",)},
        {"is_provisional": True},
        {"in_review": True},
    ],
)
def test_another_fact_is_another_digest(change: dict[str, object]) -> None:
    assert priced(replace(FACTS, **change)).digest != priced(FACTS).digest  # type: ignore[arg-type]


def test_spot_prices_go_into_a_document_and_back() -> None:
    prices = {
        ("DK1", 60, 1773486000): Decimal("0.412300"),
        ("DE/LU", 15, 900): Decimal("-0.05"),
    }
    document = spot_document(prices)
    assert document == {"DE/LU/15/900": "-0.05", "DK1/60/1773486000": "0.4123"}
    assert spot_prices(document) == prices


def test_the_canonical_form_takes_nothing_that_it_does_not_know() -> None:
    assert canonical({"b": 1, "a": START}) == b'{"a":"2026-03-14T11:00:00.000000+00:00","b":1}'
    with pytest.raises(TypeError):
        canonical({"a": Decimal(1)})
