from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Operator
from chargers.domain.vocabulary import ChargingState
from chargers.models import Transaction
from common.tenancy import operator_scope
from tariffs.pricing.charging import Period, State
from tariffs.pricing.evidence import Evidence, Reading, StateChange
from tariffs.pricing.timeline import charging_of, second_of
from tariffs.selectors.evidence import evidence_of, evidence_of_many, readings_of
from tests.factories import (
    NOW,
    ChargingStateChangeFactory,
    EvseFactory,
    MeterValueFactory,
    ReservationFactory,
    StationFactory,
    TransactionFactory,
)

pytestmark = pytest.mark.django_db

START = second_of(NOW)
LATER = NOW + timedelta(hours=1)


def session(operator: Operator, **values: Any) -> Transaction:
    """A running session with two readings, two states and the reservation that it used."""
    station = StationFactory.create(operator=operator)
    row = TransactionFactory.create(
        station=station,
        evse=EvseFactory.create(station=station, max_power_w=11_000),
        **{"meter_start_wh": 1_000, "energy_wh": 500, **values},
    )
    for minutes, register, currents in ((10, 1_200, (5_000, 6_000, None)), (20, 1_500, ())):
        phases = zip(("current_l1_ma", "current_l2_ma", "current_l3_ma"), currents, strict=False)
        MeterValueFactory.create(
            transaction=row,
            taken_at=NOW + timedelta(minutes=minutes, milliseconds=900),
            device_at=NOW + timedelta(minutes=minutes),
            energy_wh=register,
            power_w=2_000,
            soc_percent=50,
            **dict(phases),
        )
    for seconds, state in ((1.5, "Charging"), (1_300, "SuspendedEV")):
        ChargingStateChangeFactory.create(
            transaction=row, at=NOW + timedelta(seconds=seconds), state=state
        )
    ReservationFactory.create(
        station=station, transaction=row, status="used", created_at=NOW - timedelta(minutes=5)
    )
    return row


def test_a_running_session(operator: Operator) -> None:
    row = session(operator)
    with operator_scope(operator.pk):
        known = evidence_of(row, until=LATER)

    assert sorted(known.readings) == [
        Reading(START + 600, 1_200, 2_000, 11_000, 50),
        Reading(START + 1200, 1_500, 2_000, None, 50),
    ]
    assert sorted(known.states) == [
        StateChange(START + 1.5, ChargingState.CHARGING),
        StateChange(START + 1300, ChargingState.SUSPENDED_EV),
    ]
    assert (known.started_at, known.ended_at, known.energy_wh) == (START, START + 3600, 500)
    assert (known.meter_start_wh, known.meter_stop_wh, known.rated_power_w) == (1_000, None, 11_000)
    assert known.reserved_from == START - 300
    assert charging_of(known).charging.periods == (
        Period(START - 300, START, 0, State.RESERVED),
        Period(START, START + 600, 200, State.CHARGING, 2_000, 11_000),
        Period(START + 600, START + 1200, 300, State.CHARGING, 2_000, None),
        Period(START + 1200, START + 1300, 0, State.CHARGING, 2_000, None),
        Period(START + 1300, START + 3600, 0, State.IDLE, 0, 0),
    )


def test_an_ended_session_ends_when_it_ended(operator: Operator) -> None:
    row = session(
        operator,
        state="ended",
        ended_at=NOW + timedelta(minutes=30, milliseconds=700),
        meter_stop_wh=1_600,
        energy_wh=600,
    )
    with operator_scope(operator.pk):
        known = evidence_of(row, until=LATER)
    assert (known.ended_at, known.meter_stop_wh, known.energy_wh) == (START + 1800, 1_600, 600)


def test_a_session_of_which_only_the_start_is_known(operator: Operator) -> None:
    row = TransactionFactory.create(station=StationFactory.create(operator=operator))
    with operator_scope(operator.pk):
        known = evidence_of(row, until=LATER)
    assert known == Evidence(
        started_at=START, ended_at=START + 3600, energy_wh=0, rated_power_w=22_000
    )


def test_many_cost_three_queries(operator: Operator, django_assert_num_queries: Any) -> None:
    rows = [session(operator) for _ in range(3)]
    with operator_scope(operator.pk), django_assert_num_queries(3):
        known = evidence_of_many(rows, until=LATER)
    assert {key: len(one.readings) for key, one in known.items()} == {row.pk: 2 for row in rows}


def test_tails_are_read_from_their_second_on(
    operator: Operator, django_assert_num_queries: Any
) -> None:
    whole, tail, later = (session(operator) for _ in range(3))
    keys = [whole.pk, tail.pk, later.pk]
    with operator_scope(operator.pk), django_assert_num_queries(1):
        known = readings_of(keys, {tail.pk: START + 601, later.pk: START + 1200})
    assert {key: len(known[key]) for key in keys} == {whole.pk: 2, tail.pk: 1, later.pk: 1}
