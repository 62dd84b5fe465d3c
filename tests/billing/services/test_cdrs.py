"""Records are made once, and again where a session has changed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from billing.models import Cdr, CdrFailure
from billing.services import cdrs
from billing.services.cdrs import Made, make_cdr, make_cdrs
from billing.services.failures import pause_after
from chargers.models import Transaction
from common.tenancy import system_scope
from tests.billing.sessions import LASTED, change, ended_session, pin, records, sells, sold_session
from tests.factories import NOW, PinnedTariffFactory, TariffVersionFactory, terms_document

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _everybody() -> Iterator[None]:
    with system_scope("tests: what the sweep does"):
        yield


def make(*rows: Transaction, now: Any = NOW) -> Made:
    return make_cdrs(transaction_ids=[row.pk for row in rows], now=now)


def test_an_ended_session_gets_its_record() -> None:
    row = sold_session()
    cdr = make_cdr(transaction_id=row.pk, now=LATER)
    assert cdr is not None
    assert (cdr.version, cdr.is_latest, cdr.created_at) == (1, True, LATER)
    assert (cdr.operator_id, cdr.location_id) == (row.operator_id, row.location_id)
    assert (cdr.started_at, cdr.ended_at, cdr.energy_wh) == (NOW - LASTED, NOW, 5000)
    assert (cdr.currency, cdr.net_minor, cdr.tax_minor, cdr.gross_minor) == ("EUR", 245, 61, 306)
    assert (cdr.net_exact, cdr.gross_exact) == ("49/20", "49/16")
    assert (cdr.flags, cdr.needs_review) == ([], False)
    assert cdr.tariff_version is not None
    assert cdr.terms == cdr.tariff_version.terms
    assert len(cdr.digest) == 64


def test_making_it_again_changes_nothing() -> None:
    row = sold_session()
    first = make_cdr(transaction_id=row.pk, now=NOW)
    again = make_cdr(transaction_id=row.pk, now=LATER)
    assert first == again
    assert len(records(row)) == 1


def test_what_comes_later_is_a_new_version_and_the_old_one_stays() -> None:
    row = sold_session()
    make(row)
    (before,) = records(row)
    change(row, energy_wh=6000)
    made = make(row, now=LATER)
    assert len(made.written) == 1
    old, new = records(row)
    assert (old.version, old.is_latest, new.version, new.is_latest) == (1, False, 2, True)
    assert (old.gross_minor, old.digest, old.created_at) == (306, before.digest, NOW)
    assert (new.net_minor, new.gross_minor, new.energy_wh) == (294, 368, 6000)


def test_a_session_in_review_is_a_record_in_review_until_somebody_has_looked() -> None:
    row = sold_session(needs_review=True)
    make(row)
    (cdr,) = records(row)
    assert (cdr.flags, cdr.needs_review, cdr.gross_minor) == (["session_in_review"], True, 306)
    change(row, needs_review=False)
    make(row)
    _old, new = records(row)
    assert (new.flags, new.needs_review, new.gross_minor) == ([], False, 306)


def test_without_a_tariff_there_is_no_amount_and_a_person_is_told() -> None:
    row = ended_session()
    sells(row.operator)
    make(row)
    (cdr,) = records(row)
    assert (cdr.net_minor, cdr.tax_minor, cdr.gross_minor) == (None, None, None)
    assert (cdr.tariff_version, cdr.terms, cdr.currency) == (None, None, "")
    assert (cdr.flags, cdr.needs_review) == (["no_tariff", "session_in_review"], True)
    assert make(row).unchanged == 1


def test_an_operator_without_assignments_does_not_sell() -> None:
    row = ended_session()
    assert make(row).looked_at == 0
    assert records(row) == []


def test_nor_did_it_before_its_first_assignment() -> None:
    row = ended_session()
    sells(row.operator, since=NOW)
    assert make(row).looked_at == 0
    assert records(row) == []


def test_what_was_promised_is_sold() -> None:
    """The assignment was removed while the vehicle charged."""
    assert len(make(sold_session()).written) == 1
    unsold = ended_session()
    PinnedTariffFactory.create(transaction=unsold, version=None)
    assert make(unsold).looked_at == 0


def test_a_running_session_has_no_record() -> None:
    row = sold_session(state="active", ended_at=None)
    assert make_cdr(transaction_id=row.pk, now=LATER) is None


def test_a_session_that_a_rule_has_ended_waits_for_its_stop() -> None:
    row = sold_session(state="provisional")
    assert make(row, now=NOW + timedelta(hours=71)).looked_at == 0
    make(row, now=NOW + timedelta(hours=72))
    (cdr,) = records(row)
    assert (cdr.is_provisional, cdr.flags, cdr.gross_minor) == (True, ["provisional"], 306)
    change(row, state="ended", energy_wh=5100)
    make(row, now=NOW + timedelta(hours=80))
    _first, second = records(row)
    assert (second.is_provisional, second.flags, second.net_minor) == (False, [], 250)


def test_many_cost_as_many_queries_as_one(
    django_assert_num_queries: Any,
) -> None:
    few, many = [sold_session()], [sold_session() for _ in range(8)]
    for rows in (few, many):
        with django_assert_num_queries(15):
            assert len(make(*rows).written) == len(rows)
    for row in many:
        change(row, energy_wh=1)
    with django_assert_num_queries(15):
        assert len(make(*many).written) == 8


def test_a_poisoned_session_stops_no_other_and_is_put_off() -> None:
    good, bad = sold_session(), ended_session()
    pin(bad, terms={"currency": "EUR", "elements": "nonsense"})
    made = make(good, bad)
    assert [cdr.transaction_id for cdr in made.written] == [good.pk]
    (failure,) = CdrFailure.objects.all()
    assert (failure.transaction_id, failure.operator_id) == (bad.pk, bad.operator_id)
    assert (failure.attempts, failure.first_failed_at) == (1, NOW)
    assert failure.next_attempt_at == NOW + timedelta(minutes=1)
    assert failure.error.startswith("BadTermsError: elements")
    make(bad, now=LATER)
    failure.refresh_from_db()
    assert (failure.attempts, failure.next_attempt_at) == (2, LATER + timedelta(minutes=4))
    assert failure.first_failed_at == NOW

    version = TariffVersionFactory.create(tariff__operator=bad.operator)
    bad.pinned_tariff.version = version
    bad.pinned_tariff.save()
    make(bad, now=LATER)
    assert len(records(bad)) == 1
    assert not CdrFailure.objects.exists()


def test_an_amount_that_no_column_holds_is_put_off() -> None:
    row = ended_session(energy_wh=10**12)
    pin(row, terms=terms_document(price="900000000000"))
    assert list(make(row).failed) == [row.pk]
    assert records(row) == []


def test_what_the_database_refuses_costs_the_others_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good, bad = sold_session(), sold_session()
    real = cdrs._record

    def spoiled(row: Transaction, *args: Any, **kwargs: Any) -> Cdr:
        cdr = real(row, *args, **kwargs)
        if row.pk == bad.pk:
            cdr.gross_minor = 0
        return cdr

    monkeypatch.setattr(cdrs, "_record", spoiled)
    made = make(good, bad)
    assert [cdr.transaction_id for cdr in made.written] == [good.pk]
    assert list(made.failed) == [bad.pk]
    assert (len(records(good)), len(records(bad))) == (1, 0)
    assert CdrFailure.objects.get().transaction_id == bad.pk


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 4), (3, 16), (4, 64), (6, 1024), (7, 1440), (50, 1440)]
)
def test_pauses_grow_up_to_a_day(attempts: int, minutes: int) -> None:
    assert pause_after(attempts) == timedelta(minutes=minutes)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one_record() -> None:
    assert connection.vendor == "postgresql", "the services suite runs on PostgreSQL"
    rows = [sold_session() for _ in range(6)]
    meeting = threading.Barrier(3, timeout=20)
    errors: list[Exception] = []

    def work() -> None:
        try:
            with system_scope("tests"):
                for row in rows:
                    meeting.wait()
                    make_cdr(transaction_id=row.pk, now=NOW)
        except Exception as error:  # noqa: BLE001 -- told to the test
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [len(records(row)) for row in rows] == [1] * 6
