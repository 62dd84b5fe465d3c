"""Sessions whose station names them and numbers their events (OCPP 2.x)."""

from __future__ import annotations

from typing import Any

import pytest

from chargers.domain.messages import BootNotification, IdTokenRef
from chargers.domain.vocabulary import AuthorizationStatus, ChargingState
from tests.chargers.services.conversation import TAG, Conversation, at, codes, reading

pytestmark = pytest.mark.django_db

REF = "5c1e2f3a-0000-4000-8000-000000000001"


def begin() -> Conversation:
    return Conversation.begin(protocol="ocpp2.0.1")


def start(talk: Conversation, **values: Any) -> None:
    defaults: dict[str, Any] = {
        "transaction_ref": REF,
        "seq_no": 0,
        "connector": 1,
        "readings": (reading(0, 1_000, context="Transaction.Begin"),),
    }
    talk.start(0, **{**defaults, **values})


def test_a_session_from_started_to_ended() -> None:
    talk = begin()

    start(talk, charging_state=ChargingState.EV_CONNECTED)
    talk.update(
        10, REF, seq_no=1, charging_state=ChargingState.CHARGING, readings=(reading(10, 2_000),)
    )
    row = talk.only()
    assert (row.assigned_id, row.station_ref, row.meter_start_wh) == (None, REF, 1_000)
    assert (row.charging_state, row.energy_wh, row.last_seq_no) == ("Charging", 1_000, 1)
    assert talk.active_at(1) == REF

    closing = reading(30, 6_000, context="Transaction.End")
    talk.stop(30, REF, seq_no=2, readings=(closing,), stop_reason="Remote")

    row = talk.only()
    assert (row.state, row.energy_wh, row.meter_stop_wh) == ("ended", 5_000, 6_000)
    assert (row.stop_reason, codes(row), row.last_seq_no) == ("Remote", [], 2)
    assert talk.active_at(1) is None
    assert talk.kinds() == ["transaction_started", "transaction_ended"]


def test_started_and_ended_repeated_is_one_session() -> None:
    talk = begin()
    for _ in range(2):
        start(talk)
    closing = (reading(30, 6_000, context="Transaction.End"),)
    for _ in range(2):
        talk.stop(30, REF, seq_no=1, readings=closing)

    row = talk.only()
    assert (row.state, row.energy_wh, codes(row)) == ("ended", 5_000, [])
    assert len(talk.readings()) == 2
    assert talk.kinds() == ["transaction_started", "transaction_ended"]


def test_the_same_reference_at_two_stations_is_two_sessions() -> None:
    talk, neighbour = begin(), begin()
    start(talk)
    start(neighbour)

    neighbour.stop(30, REF, seq_no=1)

    assert talk.only().state == "active"
    assert neighbour.only().state == "ended"
    assert "security_event_reported" not in neighbour.kinds()


def test_q60_late_event_adds_history_and_changes_nothing_live() -> None:
    talk = begin()
    start(talk)
    talk.update(
        20, REF, seq_no=2, charging_state=ChargingState.SUSPENDED_EV, readings=(reading(20, 3_000),)
    )
    assert [w["detail"] for w in talk.only().warnings] == ["1"]

    for _ in range(2):
        talk.update(
            10,
            REF,
            seq_no=1,
            received=at(21),
            charging_state=ChargingState.CHARGING,
            readings=(reading(10, 2_000),),
        )

    row = talk.only()
    assert (row.charging_state, row.last_energy_wh, row.last_reading_at) == (
        "SuspendedEV",
        3_000,
        at(20),
    )
    assert (row.last_seq_no, codes(row)) == (2, [])
    assert [r.energy_wh for r in talk.readings()] == [1_000, 2_000, 3_000]


def test_q60_holes_are_flagged_when_the_session_ends() -> None:
    talk = begin()
    start(talk)
    talk.stop(30, REF, seq_no=5, readings=(reading(30, 6_000),))

    row = talk.only()
    assert (row.state, row.energy_wh, row.needs_review) == ("ended", 5_000, False)
    assert [(w["code"], w["detail"]) for w in row.warnings] == [("missing_events", "1-4")]
    flagged = [p for kind, p in talk.events() if kind == "transaction_flagged"]
    assert flagged == [{"code": "missing_events", "detail": "1-4"}]


def test_q60_numbering_restarted_after_boot_is_live() -> None:
    talk = begin()
    start(talk)
    talk.update(10, REF, seq_no=7, readings=(reading(10, 2_000),))
    talk.say(BootNotification(vendor="V", model="M"), received=at(12))

    talk.update(15, REF, seq_no=0, charging_state=ChargingState.CHARGING)

    row = talk.only()
    assert (row.last_seq_no, row.charging_state) == (0, "Charging")
    assert "numbering_restarted" in codes(row)


def test_q60_event_without_connector_takes_the_only_one() -> None:
    talk = begin()
    start(talk, connector=None)
    assert talk.only().connector_id == talk.connector(1).pk


def test_updated_before_started_opens_the_session_and_started_fills_it_in() -> None:
    talk = begin()
    talk.update(10, REF, seq_no=1, evse=1, readings=(reading(10, 2_000),))
    row = talk.only()
    assert (row.state, row.needs_review, codes(row)) == (
        "active",
        True,
        ["start_missing", "missing_events"],
    )

    for _ in range(2):
        start(talk, received=at(11))

    row = talk.only()
    assert (row.started_at, row.meter_start_wh, row.id_token_uid) == (at(0), 1_000, TAG)
    assert (row.needs_review, codes(row), row.energy_wh) == (False, [], 1_000)
    assert talk.active_at(1) == REF

    talk.stop(30, REF, seq_no=2, readings=(reading(30, 6_000, context="Transaction.End"),))
    assert (talk.only().state, talk.only().energy_wh) == ("ended", 5_000)


def test_ended_alone_is_an_orphan_with_the_energy_of_its_samples() -> None:
    talk = begin()
    samples = (
        reading(0, 1_000, context="Transaction.Begin"),
        reading(30, 6_000, context="Transaction.End"),
    )
    for _ in range(2):
        talk.stop(30, REF, seq_no=0, evse=1, tag=TAG, readings=samples)

    row = talk.only()
    assert (row.state, row.energy_wh, row.needs_review) == ("ended", 5_000, True)
    assert (row.started_at, row.ended_at, row.id_token_uid) == (at(0), at(30), TAG)
    assert codes(row) == ["orphan"]
    assert talk.active_at(1) is None
    assert talk.kinds() == ["transaction_flagged", "transaction_ended"]


def test_q60_ended_first_then_the_rest_is_one_whole_session() -> None:
    talk = begin()
    end = reading(30, 6_000, context="Transaction.End")
    talk.stop(30, REF, seq_no=2, evse=1, readings=(end,), received=at(60))
    assert (talk.only().energy_wh, codes(talk.only())) == (0, ["missing_events", "orphan"])
    talk.update(10, REF, seq_no=1, readings=(reading(10, 2_000),), received=at(61))
    row = talk.only()
    assert (row.energy_wh, row.needs_review) == (4_000, True)
    assert sorted(codes(row)) == ["missing_events", "no_token", "start_missing"]
    start(talk, received=at(62))
    row = talk.only()
    assert (row.state, row.energy_wh, row.needs_review, codes(row)) == ("ended", 5_000, False, [])
    assert (row.started_at, row.ended_at, row.id_token_uid) == (at(0), at(30), TAG)
    ends = [payload["energy_wh"] for kind, payload in talk.events() if kind == "transaction_ended"]
    assert ends == [0, 4_000, 5_000]


def test_the_token_may_come_after_the_plug() -> None:
    talk = begin()
    start(talk, tag=None)
    assert (talk.only().id_token_uid, codes(talk.only())) == ("", [])

    result = talk.update(1, REF, seq_no=1, id_token=IdTokenRef(uid=TAG))

    assert result.token is not None
    assert result.token.status == AuthorizationStatus.ACCEPTED
    row = talk.only()
    assert row.id_token_uid == TAG
    assert row.driver is not None


def test_a_second_token_answers_but_does_not_change_who_pays() -> None:
    talk = begin()
    start(talk)

    result = talk.update(1, REF, seq_no=1, id_token=IdTokenRef(uid="STRANGER"))

    assert result.token is not None
    assert result.token.status == AuthorizationStatus.UNKNOWN
    assert (talk.only().id_token_uid, codes(talk.only())) == (TAG, [])
    assert talk.commands() == []


def test_readings_after_the_end_are_history() -> None:
    talk = begin()
    start(talk)
    talk.stop(30, REF, seq_no=2, readings=(reading(30, 6_000),))
    talk.update(20, REF, seq_no=1, received=at(31), readings=(reading(20, 4_000),))

    row = talk.only()
    assert (row.state, row.energy_wh, row.last_energy_wh) == ("ended", 5_000, 6_000)
    assert [r.energy_wh for r in talk.readings()] == [1_000, 4_000, 6_000]


def test_a_poison_seq_number_is_bounded() -> None:
    talk = begin()
    start(talk)
    talk.update(5, REF, seq_no=2_147_483_647)

    (warning,) = talk.only().warnings
    assert warning["detail"] == "2147483447-2147483646"
