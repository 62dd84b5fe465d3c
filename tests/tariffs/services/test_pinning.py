"""The price of a session is locked once, for what the driver saw or what held at the start."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Operator
from chargers.events import TransactionStarted
from chargers.models import Evse, Transaction
from common.tenancy import system_scope
from events.models import OutboxEvent
from tariffs.models import PinnedTariff, TariffVersion
from tariffs.services.pinning import pin_missed, pin_started, pin_tariff, pins_for_bills
from tests.factories import (
    NOW,
    DriverFactory,
    OperatorFactory,
    TariffOfferFactory,
    TariffVersionFactory,
    TransactionFactory,
)
from tests.tariffs.support import give, make_group, make_plug, make_tariff

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=3)


@pytest.fixture
def plug(operator: Operator) -> Evse:
    return make_plug(operator)


def session(plug: Evse, **values: Any) -> Transaction:
    return TransactionFactory.create(station=plug.station, evse=plug, **values)


def pin(row: Transaction, **values: Any) -> PinnedTariff | None:
    with system_scope("tests"):
        row = Transaction.objects.select_related("evse", "location").get(pk=row.pk)
        return pin_tariff(transaction=row, now=LATER, **values)


def pins() -> list[PinnedTariff]:
    with system_scope("tests"):
        return list(PinnedTariff.objects.select_related("version__tariff"))


def again(row: Transaction) -> Transaction:
    with system_scope("tests"):
        return Transaction.objects.get(pk=row.pk)


def set_on(row: Transaction, **values: Any) -> None:
    with system_scope("tests"):
        Transaction.objects.filter(pk=row.pk).update(**values)


def sell(operator: Operator, name: str = "Day", **values: Any) -> TariffVersion:
    """A tariff for everyone everywhere."""
    tariff = make_tariff(operator, name)
    give(make_group(operator, name), tariff, created_at=NOW - timedelta(days=1), **values)
    with system_scope("tests"):
        return tariff.versions.get()


def codes(row: Transaction) -> list[str]:
    return [warning["code"] for warning in again(row).warnings]


def test_a_start_locks_the_price_with_its_reasons(operator: Operator, plug: Evse) -> None:
    version = sell(operator)
    row = session(plug)
    event = TransactionStarted(
        operator_id=operator.pk, subject_id=row.pk, parent_id=row.station_id, evse=1
    )
    for _ in range(2):
        with system_scope("tests"):
            pin_started(event, LATER)

    (found,) = pins()
    assert (found.pk, found.operator_id, found.version_id) == (row.pk, operator.pk, version.pk)
    assert (found.resolved_for, found.locked_at) == (NOW, LATER)
    assert (found.time_zone, found.offer_id, found.settled_at) == ("Europe/Copenhagen", None, None)
    assert [(each["reason"], each["tariff_name"]) for each in found.explanation] == [("won", "Day")]
    assert (codes(row), again(row).needs_review) == ([], False)


def test_what_the_driver_saw_is_what_they_pay(operator: Operator, plug: Evse) -> None:
    sell(operator)
    driver = DriverFactory.create(operator=operator)
    tariff = make_tariff(operator, "Shown")
    with system_scope("tests"):
        shown = tariff.versions.get()
    offer = TariffOfferFactory.create(
        evse=plug, driver=driver, version=shown, remote_start_id=77, explanation=[{"reason": "won"}]
    )
    row = session(plug, driver=driver, remote_start_id=77)

    found = pin(row)

    assert found is not None
    assert (found.version_id, found.offer_id) == (shown.pk, offer.pk)
    assert found.explanation == [{"reason": "won"}]


def test_a_version_of_later_does_not_touch_a_session(operator: Operator, plug: Evse) -> None:
    version = sell(operator)
    row = session(plug)
    pin(row)
    TariffVersionFactory.create(tariff=version.tariff, valid_from=NOW - timedelta(minutes=1))
    found = pin(row)
    assert found is not None
    assert found.version_id == version.pk


def test_a_start_that_comes_late_is_resolved_anew(operator: Operator, plug: Evse) -> None:
    version = sell(operator)
    newer = TariffVersionFactory.create(tariff=version.tariff, valid_from=NOW)
    row = session(plug)
    first = pin(row)
    set_on(row, started_at=NOW - timedelta(minutes=1))
    second = pin(row)

    assert first is not None
    assert second is not None
    assert (first.version_id, second.version_id) == (newer.pk, version.pk)
    assert second.resolved_for == NOW - timedelta(minutes=1)


def test_a_token_that_comes_after_the_plug_decides(operator: Operator, plug: Evse) -> None:
    everyone = sell(operator)
    members = make_tariff(operator, "Members")
    group = make_group(operator, "Registered", audience="registered", position=0)
    give(group, members)
    with system_scope("tests"):
        operator.tariff_groups.filter(name="Day").update(position=5)
    row = session(plug)
    first = pin(row)
    set_on(row, driver=DriverFactory.create(operator=operator))
    second = pin(row)

    assert first is not None
    assert second is not None
    assert first.version_id == everyone.pk
    assert second.version is not None
    assert (second.version.tariff.name, second.group_id) == ("Members", group.pk)


def test_what_was_priced_as_ended_is_never_resolved_anew(operator: Operator, plug: Evse) -> None:
    version = sell(operator)
    TariffVersionFactory.create(tariff=version.tariff, valid_from=NOW)
    row = session(plug)
    first = pin(row)
    with system_scope("tests"):
        rows = list(Transaction.objects.select_related("evse", "location"))
        settled = pins_for_bills(transactions=rows, now=LATER)
    set_on(row, started_at=NOW - timedelta(minutes=1))
    second = pin(row)

    assert settled == {row.pk: first}
    assert first is not None
    assert second is not None
    assert (second.version_id, second.settled_at) == (first.version_id, LATER)


def test_bills_find_what_the_start_has_missed(
    operator: Operator, plug: Evse, django_assert_num_queries: Any
) -> None:
    version = sell(operator)
    rows = [session(plug, state="ended", ended_at=LATER) for _ in range(3)]
    with system_scope("tests"):
        known = list(Transaction.objects.select_related("evse", "location"))
        found = pins_for_bills(transactions=known, now=LATER)
        with django_assert_num_queries(1):
            pins_for_bills(transactions=known, now=LATER)
    assert {key: each.version_id for key, each in found.items()} == {
        row.pk: version.pk for row in rows
    }


def test_without_a_tariff_a_session_waits_for_a_person(operator: Operator, plug: Evse) -> None:
    sell(operator, location=make_plug(operator).station.location)
    row = session(plug)
    for _ in range(2):
        found = pin(row)

    assert found is not None
    assert (found.version_id, found.group_id, found.explanation) == (None, None, [])
    (warning,) = again(row).warnings
    assert (warning["code"], again(row).needs_review) == ("no_tariff", True)
    assert warning["detail"] == "no assignment that was valid then covers this plug and customer"
    (event,) = OutboxEvent.objects.filter(kind="chargers.transaction_flagged")
    assert (event.subject_id, event.payload["code"]) == (row.pk, "no_tariff")


def test_where_charging_is_not_sold_a_session_is_told_of(operator: Operator, plug: Evse) -> None:
    give(make_group(operator), None, created_at=NOW - timedelta(days=1))
    row = session(plug)
    found = pin(row)
    assert found is not None
    assert found.version_id is None
    assert again(row).warnings[0]["detail"] == (
        "by its tariff group, this customer may not charge here"
    )


def test_a_tariff_that_a_person_has_added_settles_it(operator: Operator, plug: Evse) -> None:
    sell(operator, location=make_plug(operator).station.location)
    row = session(plug, warnings=[{"code": "missing_events", "detail": "3", "at": ""}])
    pin(row)
    version = sell(operator, "Late")
    unchanged = pin(row)
    found = pin(row, again=True)

    assert unchanged is not None
    assert unchanged.version_id is None
    assert found is not None
    assert found.version_id == version.pk
    assert (codes(row), again(row).needs_review) == (["missing_events"], False)


def test_an_operator_without_tariffs_sells_nothing(operator: Operator, plug: Evse) -> None:
    row = session(plug)
    assert pin(row) is None
    assert (pins(), codes(row)) == ([], [])


def test_sessions_from_before_the_first_assignment_were_not_sold(
    operator: Operator, plug: Evse
) -> None:
    sell(operator, location=make_plug(operator).station.location)
    row = session(plug, started_at=NOW - timedelta(days=2))
    assert pin(row) is None
    assert (pins(), codes(row)) == ([], [])


def test_the_sweep_finds_what_no_message_told_of(operator: Operator, plug: Evse) -> None:
    version = sell(operator)
    elsewhere = session(make_plug(OperatorFactory.create()))
    kept = session(plug)
    old = session(plug, started_at=NOW - timedelta(days=2))
    assert pin_missed(now=LATER) == 1
    assert pin_missed(now=LATER) == 0
    assert [(each.pk, each.version_id) for each in pins()] == [(kept.pk, version.pk)]
    assert (codes(old), codes(elsewhere)) == ([], [])
