"""The history of charging states: each change once, in the order in which it happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chargers.domain.vocabulary import ChargingState, ConnectorStatus
from chargers.models import ChargingStateChange
from chargers.selectors import charging_states
from common.tenancy import system_scope
from tests.chargers.services.conversation import Conversation, at, reading

pytestmark = pytest.mark.django_db

REF = "5c1e2f3a-0000-4000-8000-000000000001"
CONNECTED, CHARGING = ChargingState.EV_CONNECTED, ChargingState.CHARGING
SUSPENDED = ChargingState.SUSPENDED_EV


def history(talk: Conversation) -> list[tuple[datetime, str]]:
    with system_scope("tests"):
        return [(change.at, change.state) for change in charging_states(talk.only())]


def begin(**values: Any) -> Conversation:
    talk = Conversation.begin(protocol="ocpp2.0.1")
    talk.start(0, transaction_ref=REF, seq_no=0, connector=1, charging_state=CONNECTED, **values)
    return talk


def test_states_of_2x_come_with_events() -> None:
    talk = begin()
    talk.update(2, REF, seq_no=1, charging_state=CHARGING, readings=(reading(2, 1_000),))
    talk.update(12, REF, seq_no=2, charging_state=CHARGING, readings=(reading(12, 2_000),))
    talk.update(40, REF, seq_no=3, charging_state=SUSPENDED)
    talk.stop(60, REF, seq_no=4, charging_state=CONNECTED)

    assert history(talk) == [
        (at(0), "EVConnected"),
        (at(2), "Charging"),
        (at(40), "SuspendedEV"),
    ]


def test_states_of_16_come_with_statuses() -> None:
    talk = Conversation.begin()
    talk.status(-1, ConnectorStatus.OCCUPIED, charging_state=CONNECTED)
    talk.start(0, meter_wh=1_000)
    talk.status(1, ConnectorStatus.OCCUPIED, charging_state=CHARGING)
    for _ in range(2):
        talk.status(30, ConnectorStatus.OCCUPIED, charging_state=SUSPENDED)
    talk.status(31, ConnectorStatus.FAULTED)
    talk.stop(40, talk.only().station_ref, meter_wh=3_000)
    talk.status(41, ConnectorStatus.OCCUPIED, charging_state=CONNECTED)

    assert history(talk) == [(at(1), "Charging"), (at(30), "SuspendedEV")]


def test_repeated_events_add_nothing() -> None:
    talk = begin()
    for _ in range(3):
        talk.start(0, transaction_ref=REF, seq_no=0, charging_state=CONNECTED)
        talk.update(2, REF, seq_no=1, charging_state=CHARGING, received=at(5))

    assert history(talk) == [(at(0), "EVConnected"), (at(2), "Charging")]


def test_a_late_event_takes_its_place_in_the_past() -> None:
    talk = begin()
    talk.update(2, REF, seq_no=1, charging_state=CHARGING)
    talk.update(30, REF, seq_no=3, charging_state=CHARGING)
    talk.update(20, REF, seq_no=2, charging_state=SUSPENDED, received=at(35))

    assert history(talk) == [
        (at(0), "EVConnected"),
        (at(2), "Charging"),
        (at(20), "SuspendedEV"),
        (at(30), "Charging"),
    ]
    assert talk.only().charging_state == "Charging"


def test_late_after_the_end_is_history_too() -> None:
    talk = begin()
    talk.stop(60, REF, seq_no=2)
    talk.update(2, REF, seq_no=1, charging_state=CHARGING, received=at(70))

    assert history(talk) == [(at(0), "EVConnected"), (at(2), "Charging")]
    assert talk.only().charging_state == ""


def test_a_repeated_event_of_an_unset_clock_is_nowhere_in_the_history() -> None:
    talk = begin()
    unset = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)
    talk.update(2, REF, seq_no=1, charging_state=CHARGING)
    talk.update(3, REF, seq_no=2, charging_state=SUSPENDED, device_at=unset + timedelta(minutes=1))
    talk.update(9, REF, seq_no=1, charging_state=CHARGING, device_at=unset)

    assert history(talk) == [
        (at(0), "EVConnected"),
        (at(2), "Charging"),
        (at(3), "SuspendedEV"),
    ]


def test_without_a_time_changes_are_told_apart_by_their_receipt() -> None:
    talk = begin()
    for minutes, state in enumerate((CHARGING, SUSPENDED, CHARGING), start=1):
        talk.update(minutes, REF, seq_no=minutes, charging_state=state, device_at=None)

    assert [state for _, state in history(talk)] == [
        "EVConnected",
        "Charging",
        "SuspendedEV",
        "Charging",
    ]


def test_a_session_whose_start_comes_late_has_its_first_state() -> None:
    talk = Conversation.begin(protocol="ocpp2.0.1")
    talk.update(2, REF, seq_no=1, evse=1, charging_state=CHARGING)
    talk.start(0, transaction_ref=REF, seq_no=0, charging_state=CONNECTED, received=at(3))

    assert history(talk) == [(at(0), "EVConnected"), (at(2), "Charging")]


def test_a_change_costs_one_statement_and_readings_none() -> None:
    def statements(minutes: int, state: ChargingState, seq_no: int) -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            talk.update(
                minutes,
                REF,
                seq_no=seq_no,
                charging_state=state,
                readings=(reading(minutes, 1_000 + minutes),),
            )
        return [query["sql"] for query in asked if "chargers_chargingstatechange" in query["sql"]]

    talk = begin()

    assert len(statements(2, CHARGING, 1)) == 1
    assert statements(3, CHARGING, 2) == []
    assert len(statements(4, SUSPENDED, 3)) == 1


def test_other_sessions_have_a_history_of_their_own() -> None:
    talk, neighbour = begin(), begin()
    talk.update(2, REF, seq_no=1, charging_state=CHARGING)

    assert history(neighbour) == [(at(0), "EVConnected")]
    with system_scope("tests"):
        owners = set(ChargingStateChange.objects.values_list("operator_id", flat=True))
    assert owners == {talk.station.operator_id, neighbour.station.operator_id}
