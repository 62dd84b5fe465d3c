from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Operator
from chargers.models import ChargingStation, StationCommand, Transaction, TransactionState
from events.models import OutboxEvent
from tariffs import ports
from tariffs.models import RunningPrice
from tariffs.ports import Funds
from tariffs.services.stopping import stop_at_limits
from tests.factories import (
    NOW,
    PinnedTariffFactory,
    RunningPriceFactory,
    StationFactory,
    TariffVersionFactory,
    TransactionFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]

MINUTE = timedelta(minutes=1)


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    return StationFactory.create(operator=operator, is_online=True)


@pytest.fixture
def funds() -> Iterator[dict[UUID, Funds]]:
    """Money by session, as billing will tell it."""
    held: dict[UUID, Funds] = {}

    def limit(transaction_ids: Collection[UUID], *, now: datetime) -> Mapping[UUID, Funds]:
        return {key: held[key] for key in transaction_ids if key in held}

    ports.set_funds_limit(limit)
    yield held
    ports.set_funds_limit(ports.no_funds_limit)


def running(station: ChargingStation, *, cost: int = 0, **values: Any) -> Transaction:
    """A session that has begun an hour ago; `max_…` are limits of its tariff."""
    limits = {name: values.pop(name) for name in list(values) if name.startswith("max_")}
    begun = {"started_at": NOW - 60 * MINUTE, "started_received_at": NOW - 60 * MINUTE}
    session = TransactionFactory.create(station=station, **{**begun, **values})
    version = TariffVersionFactory.create(tariff__operator=station.operator, **limits)
    PinnedTariffFactory.create(transaction=session, version=version)
    RunningPriceFactory.create(transaction=session, gross_minor=cost, net_minor=cost)
    return session


def price_of(session: Transaction) -> RunningPrice:
    return RunningPrice.objects.get(pk=session.pk)


def commands() -> list[tuple[str, UUID | None]]:
    return list(StationCommand.objects.order_by("id").values_list("kind", "transaction_id"))


@pytest.mark.parametrize(
    ("values", "limit"),
    [
        ({"max_energy_wh": 20_000, "energy_wh": 20_000}, "energy"),
        ({"max_duration_s": 3600}, "duration"),
        ({"max_amount_minor": 1000, "cost": 1000}, "amount"),
    ],
)
def test_a_session_at_a_limit_of_its_tariff_is_asked_to_stop(
    station: ChargingStation, values: dict[str, Any], limit: str
) -> None:
    session = running(station, **values)
    assert stop_at_limits(now=NOW) == 1
    assert commands() == [("request_stop_transaction", session.pk)]
    row = price_of(session)
    assert (row.stopped_for, row.stopped_at, row.stop_asked_at) == (limit, NOW, NOW)
    told = OutboxEvent.objects.get(kind="tariffs.session_stopped_at_limit")
    assert (told.subject_id, told.parent_id, told.payload["limit"]) == (
        session.pk,
        station.pk,
        limit,
    )


def test_a_session_below_its_limits_goes_on(station: ChargingStation) -> None:
    session = running(
        station,
        max_energy_wh=20_000,
        max_duration_s=3601,
        max_amount_minor=1000,
        energy_wh=19_999,
        cost=999,
    )
    assert stop_at_limits(now=NOW) == 0
    assert commands() == []
    assert price_of(session).stopped_for == ""


def test_money_that_is_used_up_ends_a_session(
    station: ChargingStation, funds: dict[UUID, Funds]
) -> None:
    enough, short = running(station, cost=949), running(station, cost=950)
    unlimited, foreign = running(station, cost=10**6), running(station, cost=1)
    funds[enough.pk] = funds[short.pk] = Funds(amount_minor=1000, currency="EUR")
    funds[foreign.pk] = Funds(amount_minor=1000, currency="JPY")
    assert stop_at_limits(now=NOW) == 2
    assert {key for _, key in commands()} == {short.pk, foreign.pk}
    assert price_of(short).stopped_for == price_of(foreign).stopped_for == "funds"
    assert price_of(enough).stopped_for == price_of(unlimited).stopped_for == ""


def test_it_is_asked_again_after_a_minute_and_flagged_after_five(
    station: ChargingStation,
) -> None:
    session = running(station, max_duration_s=60)
    asked = [stop_at_limits(now=NOW + seconds * MINUTE / 60) for seconds in (0, 0, 59, 60, 100)]
    assert asked == [1, 0, 0, 1, 0]
    assert not Transaction.objects.get(needs_review=False).warnings
    assert stop_at_limits(now=NOW + 5 * MINUTE) == 1
    assert stop_at_limits(now=NOW + 6 * MINUTE) == 1
    session.refresh_from_db()
    assert [w["code"] for w in session.warnings] == ["limit_not_obeyed"]
    assert session.needs_review
    assert len(commands()) == 4
    assert price_of(session).stopped_at == NOW
    assert OutboxEvent.objects.filter(kind="tariffs.session_stopped_at_limit").count() == 1


def test_a_station_that_is_offline_is_asked_when_it_is_back(operator: Operator) -> None:
    station = StationFactory.create(operator=operator, is_online=False)
    session = running(station, max_duration_s=60)
    assert stop_at_limits(now=NOW) == 0
    assert commands() == []
    assert price_of(session).stopped_for == "duration"
    ChargingStation.objects.update(is_online=True)
    assert stop_at_limits(now=NOW + MINUTE) == 1
    assert commands() == [("request_stop_transaction", session.pk)]


def test_an_ended_session_is_left_alone(station: ChargingStation) -> None:
    session = running(station, max_duration_s=60, state=TransactionState.ENDED, ended_at=NOW)
    assert stop_at_limits(now=NOW) == 0
    assert price_of(session).stopped_for == ""


def test_sessions_without_limits_are_not_even_read(station: ChargingStation) -> None:
    for _ in range(5):
        running(station, cost=10**6)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert stop_at_limits(now=NOW) == 0
    assert len(queries) == 1
