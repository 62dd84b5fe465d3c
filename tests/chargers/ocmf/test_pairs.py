from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chargers.ocmf import (
    Judgement,
    SessionFacts,
    SessionVerdict,
    SignedValue,
    Verdict,
    judge,
    parse,
)
from tests.support.ocmf import END_TIME, Meter, payload, reading

METER = Meter()
NINE = datetime(2026, 3, 2, 8, tzinfo=UTC)
FACTS = SessionFacts(energy_wh=11_040, started_at=NINE, ended_at=NINE + timedelta(hours=1))


def value(text: str, **changes: Any) -> SignedValue:
    plain = SignedValue(
        document=parse(text), context="Sample.Periodic", verdict=Verdict.VALID, key="k"
    )
    return replace(plain, **changes)


BEGIN, END = value(METER.begin()), value(METER.end())


def judged(*values: SignedValue, facts: SessionFacts = FACTS) -> Judgement:
    return judge(values, facts)


def wrong(*values: SignedValue, facts: SessionFacts = FACTS) -> tuple[str, ...]:
    found = judge(values, facts)
    assert found.verdict is SessionVerdict.INVALID
    return found.findings


def test_an_honest_pair() -> None:
    found = judged(BEGIN, END)
    assert (found.verdict, found.findings, found.remarks) == (SessionVerdict.VALID, (), ())
    assert found.energy_wh == Decimal(11_040)
    assert found.begin is not None
    assert found.end is not None
    assert (found.begin.value, found.end.value) == (BEGIN, END)


def test_begin_and_end_in_one_document() -> None:
    first = reading(tx="B", at="2026-03-02T09:00:00,000+0100 S", value="100.5")
    second = reading(tx="L", at=END_TIME, value="111.54")
    both = value(METER.document(f'{{"PG":"T7","MS":"M1","RD":[{first},{second}]}}'))
    found = judged(both)
    assert (found.verdict, found.energy_wh) == (SessionVerdict.VALID, Decimal(11_040))


def test_the_context_counts_where_the_document_does_not_say() -> None:
    begin = value(METER.begin(TX=None), context="Transaction.Begin")
    end = value(METER.end(TX=None), context="Transaction.End")
    assert judged(begin, end).verdict is SessionVerdict.VALID


@pytest.mark.parametrize(
    ("values", "verdict", "remarks"),
    [
        ((), SessionVerdict.UNVERIFIED, 2),
        ((BEGIN,), SessionVerdict.INCOMPLETE, 1),
        ((END,), SessionVerdict.INCOMPLETE, 1),
        ((BEGIN, replace(END, verdict=None)), SessionVerdict.UNVERIFIED, 0),
        ((replace(BEGIN, verdict=None),), SessionVerdict.UNVERIFIED, 1),
    ],
)
def test_what_is_missing(
    values: tuple[SignedValue, ...], verdict: SessionVerdict, remarks: int
) -> None:
    found = judged(*values)
    assert (found.verdict, len(found.remarks), found.findings) == (verdict, remarks, ())


def test_wrong_signatures() -> None:
    bad = Verdict.INVALID
    assert wrong(BEGIN, replace(END, verdict=bad)) == ("A signature is wrong.",)
    assert wrong(replace(BEGIN, verdict=bad), replace(END, verdict=bad)) == (
        "2 signatures are wrong.",
    )


def test_two_meters_two_keys_two_registers() -> None:
    assert wrong(BEGIN, value(METER.end(serial="M2"))) == (
        "Begin and end come from two meters: M1 and M2.",
    )
    assert wrong(BEGIN, replace(END, key="other")) == ("Begin and end were signed with two keys.",)
    assert wrong(BEGIN, value(METER.end(RI="1-b:2.8.0"))) == (
        "Begin and end are of two registers.",
    )


@pytest.mark.parametrize("page", ["T7", "T6", "F8"])
def test_the_order_of_the_meter(page: str) -> None:
    assert wrong(BEGIN, value(METER.end(page=page))) == (
        f"The meter's own count is out of order: T7, then {page}.",
    )


def test_pages_that_are_missing_are_remarked() -> None:
    found = judged(BEGIN, value(METER.end(page="T10")))
    assert (found.verdict, found.remarks) == (
        SessionVerdict.VALID,
        ("The meter's count leaves out 2 documents between begin and end.",),
    )
    between = value(METER.end(tx="C", page="T8", value="105"))
    assert judged(BEGIN, between, value(METER.end(page="T9"))).remarks == ()


@pytest.mark.parametrize(("energy", "fits"), [(11_040, True), (11_029, True), (11_051, True),
                                              (11_028, False), (11_052, False), (0, False)])  # fmt: skip
def test_the_session_s_energy(energy: int, fits: bool) -> None:
    found = judged(BEGIN, value(METER.end(value="111.54")), facts=replace(FACTS, energy_wh=energy))
    exact = judged(BEGIN, value(METER.end(value="111.540")), facts=replace(FACTS, energy_wh=energy))
    assert (found.verdict is SessionVerdict.VALID) is (abs(energy - 11_040) <= 101)
    assert exact.verdict is found.verdict
    fine = judged(
        value(METER.document(payload(tx="B", at=END_TIME, page="T7", value="100.50"))),
        END,
        facts=replace(FACTS, energy_wh=energy),
    )
    assert (fine.verdict is SessionVerdict.VALID) is fits
    if not fits:
        assert fine.findings == (f"Signed energy is 11040 Wh, the session's {energy} Wh.",)


def test_energy_that_runs_backwards() -> None:
    assert wrong(BEGIN, value(METER.end(value="90"))) == (
        "The end reading is lower than the begin reading.",
    )


def test_a_running_session_has_no_energy_to_compare() -> None:
    facts = SessionFacts(energy_wh=None, started_at=NINE, ended_at=None)
    assert judged(BEGIN, END, facts=facts).verdict is SessionVerdict.VALID


def test_values_of_another_session() -> None:
    later = replace(FACTS, started_at=NINE + timedelta(minutes=16))
    assert wrong(BEGIN, END, facts=later) == (
        "A reading of 2026-03-02 08:00 UTC lies outside of the session.",
    )
    earlier = replace(FACTS, ended_at=NINE + timedelta(minutes=44))
    assert wrong(BEGIN, END, facts=earlier) == (
        "A reading of 2026-03-02 09:00 UTC lies outside of the session.",
    )
    fits = replace(FACTS, started_at=NINE + timedelta(minutes=15))
    assert judged(BEGIN, END, facts=fits).verdict is SessionVerdict.VALID


def test_a_clock_that_was_never_set_is_remarked() -> None:
    end = value(METER.end(at="2001-01-01T00:00:00,000+0000 U"))
    found = judged(BEGIN, end)
    assert (found.verdict, found.remarks) == (
        SessionVerdict.VALID,
        ("The meter's clock was not synchronised; its times are informative.",),
    )


def test_what_the_meter_itself_calls_unusable() -> None:
    assert wrong(BEGIN, value(METER.end(ST="M"))) == ("The meter reports a fault: manipulated.",)
    assert wrong(BEGIN, value(METER.end(ST="?"))) == ("The meter reports a fault: ?.",)
    assert wrong(BEGIN, value(METER.end(EF="E"))) == (
        "The meter says that its energy reading cannot be used.",
    )
    assert judged(BEGIN, value(METER.end(EF="t"))).verdict is SessionVerdict.VALID
