"""Records are priced again, bit by bit as they were."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from billing.exceptions import UnableToPriceAgain
from billing.models import Cdr
from billing.services import repricing
from billing.services.cdrs import make_cdrs
from billing.services.repricing import check_readings, check_stored, facts_of, price_again
from common.tenancy import system_scope
from tariffs.models import TariffAssignment
from tests.billing.sessions import change, ended_session, pin, records, sells, sold_session
from tests.factories import (
    ACTOR,
    NOW,
    CdrFactory,
    MeterValueFactory,
    TariffVersionFactory,
    terms_document,
)
from tests.support.api import everything

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PERIOD: dict[str, Any] = {"since": NOW - DAY, "until": NOW + DAY}


@pytest.fixture(autouse=True)
def _everybody() -> Iterator[None]:
    with system_scope("tests"):
        yield


def priced_sessions(count: int) -> list[Any]:
    rows = [sold_session() for _ in range(count)]
    make_cdrs(transaction_ids=[row.pk for row in rows], now=NOW)
    return rows


def spoil(cdr: Cdr, **values: Any) -> None:
    Cdr.objects.filter(pk=cdr.pk).update(**values)


def test_stored_records_are_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repricing, "CHUNK", 2)
    priced_sessions(3)
    CdrFactory.create(terms=None, session_in_review=True, is_provisional=True)
    CdrFactory.create(flags=["readings_missing"])
    before = everything()
    found = check_stored(**PERIOD)
    assert (found.equal, found.different, found.failed, found.complete) == (5, 0, 0, True)
    assert everything() == before


@pytest.mark.parametrize(
    "values", [{"energy_wh": 1}, {"digest": "0" * 64}, {"time_zone": "Asia/Tokyo"}]
)
def test_one_that_was_tampered_with_is_named(values: dict[str, Any]) -> None:
    row, _other = priced_sessions(2)
    (cdr,) = records(row)
    spoil(cdr, **values)
    found = check_stored(**PERIOD)
    assert (found.equal, found.different, found.failed, found.named) == (1, 1, 0, [cdr.pk])


def test_one_that_cannot_be_read_is_named() -> None:
    cdr = CdrFactory.create()
    spoil(cdr, terms={"currency": "EUR"})
    found = check_stored(**PERIOD)
    assert (found.equal, found.different, found.failed, found.named) == (0, 0, 1, [cdr.pk])


def test_only_the_period_is_looked_at_and_only_so_many() -> None:
    priced_sessions(3)
    assert check_stored(since=NOW + DAY, until=NOW + 2 * DAY).checked == 0
    assert check_stored(since=NOW, until=NOW).checked == 0
    found = check_stored(**PERIOD, most=2)
    assert (found.checked, found.complete) == (2, False)


def test_readings_say_the_same_until_more_of_them_come() -> None:
    row, _other = priced_sessions(2)
    before = everything()
    found = check_readings(**PERIOD, now=NOW)
    assert (found.equal, found.different, found.failed) == (2, 0, 0)
    assert everything() == before
    MeterValueFactory.create(transaction=row, taken_at=NOW - timedelta(minutes=7), energy_wh=4000)
    found = check_readings(**PERIOD, now=NOW)
    assert (found.equal, found.different, found.named) == (1, 1, [records(row)[0].pk])


def test_the_facts_of_a_record_are_those_that_made_it() -> None:
    (row,) = priced_sessions(1)
    (cdr,) = records(row)
    facts = facts_of(cdr)
    assert (facts.energy_wh, facts.ended_at, facts.terms) == (5000, NOW, cdr.terms)


def test_price_again_says_why_it_cannot() -> None:
    row = ended_session()
    pin(row, terms={"currency": "EUR"})
    cdr = CdrFactory.create(transaction=row)
    with pytest.raises(UnableToPriceAgain, match="elements"):
        price_again(cdr=cdr, actor=ACTOR, now=NOW)
    assert len(records(row)) == 1


def reprice(*arguments: str) -> str:
    out = io.StringIO()
    call_command("reprice", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_counts() -> None:
    (row,) = priced_sessions(1)
    day = "--since=2026-03-14"
    assert reprice(day) == "1 records: 1 equal, 0 different, 0 failed\n"
    assert reprice(day, f"--operator={row.operator.slug}", "--from-readings").startswith("1 rec")
    assert reprice("--since=2026-03-13", "--until=2026-03-14").startswith("1 records")
    assert reprice("--since=2026-03-15").startswith("0 records")
    assert reprice().startswith("0 records")


def test_the_command_fails_when_something_differs() -> None:
    (row,) = priced_sessions(1)
    change(row, energy_wh=5001)
    with pytest.raises(CommandError, match="Not every record"):
        reprice("--since=2026-03-14", "--from-readings")
    with pytest.raises(CommandError, match="no operator"):
        reprice("--operator=nobody")
    with pytest.raises(CommandError, match="no day"):
        reprice("--since=14.3.2026")


def test_where_no_tariff_was_found_it_is_looked_for_again() -> None:
    row = ended_session()
    sells(row.operator)
    make_cdrs(transaction_ids=[row.pk], now=NOW)
    (cdr,) = records(row)
    assert (cdr.flags, cdr.gross_minor) == (["no_tariff", "session_in_review"], None)
    assert price_again(cdr=cdr, actor=ACTOR, now=NOW) == cdr
    TariffVersionFactory.create(tariff=TariffAssignment.objects.get().tariff)
    again = price_again(cdr=cdr, actor=ACTOR, now=NOW)
    assert (again.version, again.flags, again.gross_minor) == (2, [], 306)
    row.refresh_from_db()
    assert not row.needs_review


def test_a_price_that_was_locked_stays_locked() -> None:
    (row,) = priced_sessions(1)
    sells(row.operator)
    TariffVersionFactory.create(
        tariff=TariffAssignment.objects.get().tariff, terms=terms_document(price="9")
    )
    (cdr,) = records(row)
    assert price_again(cdr=cdr, actor=ACTOR, now=NOW) == cdr
