from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.models import AuditEntry, IdToken, Operator
from accounts.services.audit import Actor
from chargers import ports
from chargers.domain import commands as wire
from chargers.domain.commands import Outcome, OutcomeStatus
from chargers.domain.vocabulary import RequestedMessage, ResetType
from chargers.exceptions import UnableToCommand
from chargers.models import ChargingStation, Evse, StationCommand, StationVariable
from chargers.services import commands
from events.models import OutboxEvent
from tests.factories import (
    ACTOR,
    NOW,
    ConnectorFactory,
    EvseFactory,
    IdTokenFactory,
    StationCommandFactory,
    StationFactory,
    TransactionFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]

SECOND = timedelta(seconds=1)
ACCEPTED = Outcome(status=OutcomeStatus.ACCEPTED, raw_status="Accepted")


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    return StationFactory.create(operator=operator, name="North 1")


@pytest.fixture
def woken() -> Iterator[list[UUID]]:
    """Stations whose sockets were woken."""
    calls: list[UUID] = []

    class Waker:
        def wake(self, station_id: UUID) -> None:
            calls.append(station_id)

        def disconnect(self, station_id: UUID) -> None:
            raise AssertionError(station_id)

        def quirks_changed(self, operator_id: UUID) -> None:
            raise AssertionError(operator_id)

    before = ports.command_waker()
    ports.set_command_waker(Waker())
    yield calls
    ports.set_command_waker(before)


def ask(
    station: ChargingStation, command: wire.Command | None = None, **values: Any
) -> StationCommand:
    return commands.request_command(
        station=station, command=command or wire.ClearCache(), now=NOW, **values
    )


def finished() -> list[dict[str, Any]]:
    rows = OutboxEvent.objects.filter(kind="chargers.command_finished").order_by("id")
    return [row.payload for row in rows]


# -- asking --------------------------------------------------------------------------------------


def test_a_command_is_stored_audited_and_wakes_the_socket_after_commit(
    station: ChargingStation,
    woken: list[UUID],
    django_capture_on_commit_callbacks: Any,
) -> None:
    user = UserFactory.create()
    with django_capture_on_commit_callbacks(execute=True):
        row = ask(station, wire.Reset(type=ResetType.IMMEDIATE), actor=Actor.person(user))
        assert woken == []

    assert woken == [station.pk]
    assert (row.kind, row.status, row.operator_id) == ("reset", "queued", station.operator_id)
    assert row.arguments == {"type": "Immediate", "evse": None}
    assert (row.requested_by, row.requested_at, row.deadline_at) == (user, NOW, NOW + 60 * SECOND)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.user, entry.object_id) == ("station.reset", user, str(station.pk))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"is_enabled": False}, "North 1 is disabled."),
        ({"is_online": False}, "North 1 has never been online."),
        (
            {"is_online": False, "disconnected_at": NOW},
            "North 1 is offline since 2026-03-14 12:00 UTC.",
        ),
    ],
)
def test_an_unreachable_station_is_not_asked(
    operator: Operator, values: dict[str, Any], message: str
) -> None:
    station = StationFactory.create(operator=operator, name="North 1", **values)
    with pytest.raises(UnableToCommand) as refused:
        ask(station, actor=ACTOR)
    assert refused.value.message == message
    assert (StationCommand.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_start_charging_names_token_and_evse(station: ChargingStation, operator: Operator) -> None:
    evse = EvseFactory.create(station=station, number=2)
    token = IdTokenFactory.create(operator=operator, uid="APP-1", type="Central")

    row = commands.start_charging(station=station, evse=evse, id_token=token, now=NOW)

    asked = wire.RequestStartTransaction.from_json(row.arguments)
    assert (asked.id_token_uid, asked.id_token_type, asked.evse) == ("APP-1", "Central", 2)
    assert 0 < asked.remote_start_id < 2**31


def test_start_charging_refuses_with_field_errors(
    station: ChargingStation, operator: Operator, other_operator: Operator
) -> None:
    running = TransactionFactory.create(station=station)
    busy = EvseFactory.create(station=station, active_transaction=running)
    elsewhere = EvseFactory.create(station=StationFactory.create(operator=operator))
    blocked = IdTokenFactory.create(operator=operator, is_blocked=True)
    expired = IdTokenFactory.create(operator=operator, expires_at=NOW)
    foreign = IdTokenFactory.create(operator=other_operator)

    def errors(evse: Evse, token: IdToken) -> dict[str, str]:
        with pytest.raises(UnableToCommand) as refused:
            commands.start_charging(station=station, evse=evse, id_token=token, now=NOW)
        return refused.value.errors

    assert errors(busy, blocked) == {
        "id_token": "This token is blocked.",
        "evse": "EVSE 1 is in use.",
    }
    assert errors(elsewhere, expired) == {
        "id_token": "This token has expired.",
        "evse": "This EVSE belongs to another station.",
    }
    assert errors(busy, foreign)["id_token"] == "This token is not known here."
    assert StationCommand.objects.count() == 0


def test_stop_charging_refers_to_the_stations_own_reference(station: ChargingStation) -> None:
    running = TransactionFactory.create(station=station, station_ref="4711")
    row = commands.stop_charging(transaction=running, now=NOW)
    assert row.arguments == {"transaction_ref": "4711"}
    assert row.transaction_id == running.pk

    ended = TransactionFactory.create(station=station, state="ended")
    with pytest.raises(UnableToCommand, match="already ended"):
        commands.stop_charging(transaction=ended, now=NOW)
    assert StationCommand.objects.count() == 1


def test_the_other_commands_of_the_portal(station: ChargingStation, operator: Operator) -> None:
    evse = EvseFactory.create(station=station, number=2)
    connector = ConnectorFactory.create(evse=evse, number=1)
    message = RequestedMessage.METER_VALUES

    made = [
        commands.unlock(connector=connector, now=NOW),
        commands.reset(station=station, now=NOW, evse=evse),
        commands.change_availability(station=station, operative=False, now=NOW),
        commands.trigger(station=station, requested_message=message, evse=evse, now=NOW),
        commands.set_variable(station=station, name=" HeartbeatInterval ", value="60", now=NOW),
        commands.get_base_report(station=station, now=NOW),
    ]

    assert [(row.kind, row.arguments) for row in made[:5]] == [
        ("unlock_connector", {"evse": 2, "connector": 1}),
        ("reset", {"type": "OnIdle", "evse": 2}),
        ("change_availability", {"operative": False, "evse": None, "connector": None}),
        ("trigger_message", {"requested_message": "MeterValues", "evse": 2, "connector": None}),
        ("set_variable", {"name": "HeartbeatInterval", "value": "60"}),
    ]
    assert made[5].arguments["request_id"] > 0
    foreign = EvseFactory.create(station=StationFactory.create(operator=operator))
    with pytest.raises(UnableToCommand):
        commands.reset(station=station, now=NOW, evse=foreign)


def test_a_whole_location_is_taken_out_of_service(station: ChargingStation) -> None:
    location = station.location
    away = StationFactory.create(
        operator=station.operator, location=location, name="North 2", is_online=False
    )

    rows = commands.change_availability_of_location(
        location=location, operative=False, now=NOW, actor=ACTOR
    )

    assert [(row.station_id, row.status) for row in rows] == [
        (station.pk, "queued"),
        (away.pk, "failed"),
    ]
    assert rows[1].result == {"reason": "North 2 has never been online."}
    assert AuditEntry.objects.count() == 1


# -- carrying ------------------------------------------------------------------------------------


def take(station: ChargingStation, epoch: int = 1, at: int = 0) -> list[UUID]:
    rows = commands.take_queued(station_id=station.pk, epoch=epoch, now=NOW + at * SECOND)
    return [row.pk for row in rows]


def test_queued_commands_are_taken_once_oldest_first(station: ChargingStation) -> None:
    first = ask(station)
    second = commands.request_command(station=station, command=wire.Reset(), now=NOW + SECOND)
    ask(StationFactory.create(operator=station.operator))

    assert take(station, epoch=0) == []
    assert take(station, epoch=2) == []
    assert take(station, at=2) == [first.pk, second.pk]
    assert take(station, at=3) == []
    first.refresh_from_db()
    assert (first.status, first.sent_at) == ("sent", NOW + 2 * SECOND)


def test_an_overdue_command_is_not_sent(station: ChargingStation) -> None:
    row = ask(station)
    assert take(station, at=60) == []
    row.refresh_from_db()
    assert row.status == "queued"


def test_stations_with_queued_commands(station: ChargingStation) -> None:
    ask(station)
    ask(station)
    away = StationFactory.create(is_online=False)
    StationCommandFactory.create(station=away)
    assert commands.stations_with_queued_commands() == [station.pk]


def test_finish_is_idempotent(station: ChargingStation) -> None:
    row = ask(station)
    outcome = Outcome(status=OutcomeStatus.REJECTED, raw_status="Rejected", detail={"a": 1})

    assert commands.finish(command_id=row.pk, outcome=outcome, now=NOW + SECOND)
    assert not commands.finish(command_id=row.pk, outcome=ACCEPTED, now=NOW + 2 * SECOND)

    row.refresh_from_db()
    assert (row.status, row.raw_status, row.result) == ("rejected", "Rejected", {"a": 1})
    assert row.finished_at == NOW + SECOND
    assert finished() == [{"command": "clear_cache", "status": "rejected", "requested_by": None}]


def test_q07_commands_without_an_answer_time_out_once(station: ChargingStation) -> None:
    row = ask(station)
    take(station)

    assert commands.time_out_commands(now=NOW + 59 * SECOND) == 0
    assert commands.time_out_commands(now=NOW + 60 * SECOND) == 1
    assert commands.time_out_commands(now=NOW + 61 * SECOND) == 0
    assert not commands.finish(command_id=row.pk, outcome=ACCEPTED, now=NOW + 62 * SECOND)

    row.refresh_from_db()
    assert row.status == "timed_out"
    assert [payload["status"] for payload in finished()] == ["timed_out"]


# -- effects -------------------------------------------------------------------------------------


def finish(row: StationCommand, outcome: Outcome = ACCEPTED) -> None:
    assert commands.finish(command_id=row.pk, outcome=outcome, now=NOW + SECOND)


@pytest.mark.parametrize(
    ("evse", "status", "operative"),
    [
        (None, OutcomeStatus.ACCEPTED, [False, False]),
        (0, OutcomeStatus.SCHEDULED, [False, False]),
        (2, OutcomeStatus.ACCEPTED, [True, False]),
        (None, OutcomeStatus.REJECTED, [True, True]),
    ],
)
def test_change_of_availability_is_carried_to_the_evses(
    station: ChargingStation, evse: int | None, status: OutcomeStatus, operative: list[bool]
) -> None:
    for number in (1, 2):
        EvseFactory.create(station=station, number=number)
    neighbour = EvseFactory.create(station=StationFactory.create(operator=station.operator))

    finish(
        ask(station, wire.ChangeAvailability(operative=False, evse=evse)), Outcome(status=status)
    )

    assert list(station.evses.values_list("is_operative", flat=True)) == operative
    neighbour.refresh_from_db()
    assert neighbour.is_operative


@pytest.mark.parametrize(
    ("said", "command", "status", "kept"),
    [
        ("Unavailable", wire.ChangeAvailability(operative=True), OutcomeStatus.ACCEPTED, ""),
        (
            "Unavailable",
            wire.ChangeAvailability(operative=True, evse=0),
            OutcomeStatus.ACCEPTED,
            "",
        ),
        (
            "Unavailable",
            wire.ChangeAvailability(operative=True, evse=1),
            OutcomeStatus.ACCEPTED,
            "Unavailable",
        ),
        (
            "Unavailable",
            wire.ChangeAvailability(operative=False),
            OutcomeStatus.ACCEPTED,
            "Unavailable",
        ),
        (
            "Unavailable",
            wire.ChangeAvailability(operative=True),
            OutcomeStatus.REJECTED,
            "Unavailable",
        ),
        ("Faulted", wire.ChangeAvailability(operative=True), OutcomeStatus.ACCEPTED, "Faulted"),
    ],
)
def test_a_station_back_in_service_is_not_unavailable_until_it_says_so_again(
    station: ChargingStation,
    said: str,
    command: wire.ChangeAvailability,
    status: OutcomeStatus,
    kept: str,
) -> None:
    ChargingStation.objects.filter(pk=station.pk).update(status=said)

    finish(ask(station, command), Outcome(status=status))

    station.refresh_from_db()
    assert station.status == kept


def variables(station: ChargingStation) -> list[tuple[str, int, str, bool]]:
    rows = StationVariable.objects.filter(station=station).order_by("name")
    return list(rows.values_list("name", "evse", "value", "is_read_only"))


def test_read_and_set_variables_are_kept(station: ChargingStation) -> None:
    read = [
        {"name": "Connector@1:2.Available", "value": "true", "read_only": None},
        {"name": "HeartbeatInterval", "value": "300", "read_only": True},
        {"name": "AuthorizationKey", "value": "***", "read_only": False},
        {"name": "Empty", "value": None, "read_only": False},
    ]
    detail = {"variables": read, "unknown": ["Nope"]}
    finish(ask(station, wire.GetVariables()), Outcome(status=OutcomeStatus.ACCEPTED, detail=detail))
    finish(ask(station, wire.SetVariable(name="HeartbeatInterval", value="60")))

    assert variables(station) == [
        ("AuthorizationKey", 0, "", False),
        ("Connector.Available", 1, "true", False),
        ("Empty", 0, "", False),
        ("HeartbeatInterval", 0, "60", True),
    ]


def test_refused_variable_is_not_kept(station: ChargingStation) -> None:
    row = ask(station, wire.SetVariable(name="HeartbeatInterval", value="60"))
    finish(row, Outcome(status=OutcomeStatus.REJECTED))
    assert variables(station) == []


def test_a_secret_leaves_no_trace_when_it_was_set(station: ChargingStation) -> None:
    command = wire.SetVariable(name="SecurityCtrlr.BasicAuthPassword", value="hunter2hunter2")
    row = ask(station, command, actor=ACTOR)

    finish(row)

    row.refresh_from_db()
    assert row.arguments["value"] == "***"
    assert variables(station) == [("SecurityCtrlr.BasicAuthPassword", 0, "", False)]
    assert "hunter2" not in str(AuditEntry.objects.get().changes)


def test_commands_of_another_operator_are_out_of_sight(station: ChargingStation) -> None:
    foreign = StationCommandFactory.create()
    ask(station)
    assert StationCommand.objects.filter(pk=foreign.pk).first() is None
    assert take(station) != [foreign.pk]


@pytest.mark.parametrize("name", ["AuthorizationKey", " securityctrlr.BasicAuthPassword "])
def test_the_key_that_a_station_logs_in_with_is_no_mere_variable(
    station: ChargingStation, name: str
) -> None:
    with pytest.raises(UnableToCommand) as refusal:
        commands.set_variable(station=station, name=name, value="0123456789abcdef", now=NOW)
    assert list(refusal.value.errors) == ["name"]
    assert not StationCommand.objects.exists()
