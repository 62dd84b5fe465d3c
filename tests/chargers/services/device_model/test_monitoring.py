"""Monitors as rows, and what they noticed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, Operator
from chargers.domain import commands as wire
from chargers.domain.commands import MonitorType, Outcome, OutcomeStatus
from chargers.domain.messages import (
    NoticedEvent,
    NotifyEvent,
    NotifyMonitoringReport,
    ReportedMonitor,
    ReportedVariable,
)
from chargers.exceptions import UnableToCommand
from chargers.models import (
    ChargingStation,
    DeviceEvent,
    StationCommand,
    StationVariable,
    VariableMonitor,
)
from chargers.services import commands
from chargers.services.device_model import monitoring
from chargers.services.device_model.events import dismiss_event
from events.models import OutboxEvent
from tests.chargers.services.device_model.hearing import hear
from tests.factories import ACTOR, NOW, StationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]
MINUTE = timedelta(minutes=1)
POWER = ReportedVariable(component="EVSE", variable="Power", evse=1)


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    return StationFactory.create(operator=operator, is_online=True, protocol="ocpp2.0.1")


def monitor(station: ChargingStation, number: int, **values: Any) -> VariableMonitor:
    defaults = {
        "name": "EVSE.Power",
        "evse": 1,
        "type": "Delta",
        "value": 5,
        "severity": 8,
        "reported_at": NOW,
    }
    row: VariableMonitor = VariableMonitor.objects.create(
        operator=station.operator,
        station=station,
        number=number,
        **{**defaults, **values},
    )
    return row


def numbers(station: ChargingStation) -> list[int]:
    rows = VariableMonitor.objects.filter(station=station).order_by("number")
    return list(rows.values_list("number", flat=True))


def report(station: ChargingStation, *monitors: ReportedMonitor, request_id: int = 6) -> None:
    message = NotifyMonitoringReport(
        request_id=request_id, seq_no=0, is_last=True, monitors=monitors
    )
    hear(station, message, NOW + MINUTE)


REPORTED = ReportedMonitor(variable=POWER, id=18, type="UpperThreshold", value=9000.5, severity=3)


def test_a_whole_report_replaces_what_was_known(station: ChargingStation) -> None:
    monitor(station, 3, reported_at=NOW - MINUTE)
    monitor(station, 18, reported_at=NOW - MINUTE, is_ours=True)
    commands.request_command(
        station=station, command=wire.GetMonitoringReport(request_id=6), now=NOW
    )
    report(station, REPORTED)
    assert numbers(station) == [18]
    row = VariableMonitor.objects.get()
    assert (row.name, row.evse, row.type, row.value, row.severity, row.is_ours) == (
        "EVSE.Power",
        1,
        "UpperThreshold",
        9000.5,
        3,
        True,
    )


def test_a_part_of_a_report_or_an_unknown_one_removes_nothing(station: ChargingStation) -> None:
    monitor(station, 3, reported_at=NOW - MINUTE)
    command = wire.GetMonitoringReport(request_id=6, names=("EVSE",))
    commands.request_command(station=station, command=command, now=NOW)
    report(station, REPORTED)
    report(station, request_id=7)
    assert numbers(station) == [3, 18]


def test_monitors_that_were_taken_are_kept_under_their_numbers(station: ChargingStation) -> None:
    wanted = [
        monitoring.NewMonitor(name=name, type=MonitorType.DELTA, value=5, severity=2)
        for name in ("EVSE@1.Power", "EVSE@2.Power")
    ]
    (row,) = monitoring.set_monitors(station=station, monitors=wanted, now=NOW, actor=ACTOR)
    results = [{"status": "accepted", "id": 40}, {"status": "rejected", "id": None}]
    outcome = Outcome(status=OutcomeStatus.REJECTED, detail={"results": results})
    commands.finish(command_id=row.pk, outcome=outcome, now=NOW)
    kept = VariableMonitor.objects.get()
    assert (kept.number, kept.name, kept.evse, kept.is_ours) == (40, "EVSE.Power", 1, True)
    assert AuditEntry.objects.get().action == "station.set_variable_monitoring"


def test_removed_monitors_are_forgotten_at_this_station_alone(
    station: ChargingStation, operator: Operator
) -> None:
    other = StationFactory.create(operator=operator)
    for each in (station, other):
        monitor(each, 3)
        monitor(each, 4)
    command = wire.ClearVariableMonitoring(ids=(3, 4))
    row = commands.request_command(station=station, command=command, now=NOW)
    results = [{"id": 3, "status": "accepted"}, {"id": 4, "status": "rejected"}]
    outcome = Outcome(status=OutcomeStatus.REJECTED, detail={"results": results})
    commands.finish(command_id=row.pk, outcome=outcome, now=NOW)
    assert (numbers(station), numbers(other)) == ([4], [3, 4])


@pytest.mark.parametrize(
    ("base", "status", "left"),
    [
        (wire.MonitoringBase.FACTORY_DEFAULT, OutcomeStatus.ACCEPTED, [3]),
        (wire.MonitoringBase.HARD_WIRED_ONLY, OutcomeStatus.ACCEPTED, [3]),
        (wire.MonitoringBase.ALL, OutcomeStatus.ACCEPTED, [3, 4]),
        (wire.MonitoringBase.FACTORY_DEFAULT, OutcomeStatus.REJECTED, [3, 4]),
    ],
)
def test_the_factory_s_set_removes_ours(
    station: ChargingStation, base: wire.MonitoringBase, status: OutcomeStatus, left: list[int]
) -> None:
    monitor(station, 3)
    monitor(station, 4, is_ours=True)
    row = commands.request_command(
        station=station, command=wire.SetMonitoringBase(base=base), now=NOW
    )
    commands.finish(command_id=row.pk, outcome=Outcome(status=status), now=NOW)
    assert numbers(station) == left


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"name": "Power"}, {"name": "Name it as Component.Variable."}),
        ({"name": "A.Blind"}, {"name": "The station says that this cannot be watched."}),
        ({"severity": 10}, {"severity": "From 0 to 9."}),
        ({"value": float("inf")}, {"value": "A number."}),
        ({"type": MonitorType.PERIODIC, "value": 0.5}, {"value": "At least 1 second."}),
    ],
)
def test_a_monitor_that_cannot_be_is_not_sent(
    station: ChargingStation, values: dict[str, Any], errors: dict[str, str]
) -> None:
    StationVariable.objects.create(
        operator=station.operator,
        station=station,
        name="A.Blind",
        attributes={"supportsMonitoring": False},
        reported_at=NOW,
    )
    good = {"name": "A.B", "type": MonitorType.DELTA, "value": 5, "severity": 2}
    with pytest.raises(UnableToCommand) as refused:
        monitoring.set_monitors(
            station=station, monitors=[monitoring.NewMonitor(**{**good, **values})], now=NOW
        )
    assert refused.value.errors == errors
    assert StationCommand.objects.count() == 0


# -- events ----------------------------------------------------------------------------------------


def say(
    station: ChargingStation, number: int, *, minutes: int = 0, seq_no: int = 0, **values: Any
) -> None:
    at = NOW + minutes * MINUTE
    event = NoticedEvent(
        event_id=number,
        device_at=at,
        **{
            "trigger": "Alerting",
            "notification_type": "CustomMonitor",
            "variable": POWER,
            "actual_value": "9200",
            **values,
        },
    )
    message = NotifyEvent(device_at=at, seq_no=seq_no, is_last=True, events=(event,))
    hear(station, message, at)


def seen() -> list[tuple[int, bool]]:
    return [(row.event_id, row.needs_attention) for row in DeviceEvent.objects.order_by("id")]


def test_an_event_of_a_grave_monitor_needs_attention(station: ChargingStation) -> None:
    monitor(station, 18, severity=3)
    monitor(station, 19, severity=4)
    say(station, 1, monitor_id=18)
    say(station, 2, monitor_id=19)
    say(station, 3, monitor_id=20)
    assert seen() == [(1, True), (2, False), (3, False)]
    row = DeviceEvent.objects.get(event_id=1)
    assert (row.name, row.evse, row.value, row.severity, row.occurred_at) == (
        "EVSE.Power",
        1,
        "9200",
        3,
        NOW,
    )
    told = OutboxEvent.objects.filter(kind="chargers.device_event_reported").order_by("id").first()
    assert told is not None
    assert told.payload == {
        "name": "EVSE.Power",
        "evse": 1,
        "value": "9200",
        "severity": 3,
        "tech_code": "",
        "cleared": False,
    }


def test_another_station_s_monitor_says_nothing_about_ours(
    station: ChargingStation, operator: Operator
) -> None:
    monitor(StationFactory.create(operator=operator), 18, severity=0)
    say(station, 1, monitor_id=18)
    assert seen() == [(1, False)]


def test_the_same_event_twice_is_one(station: ChargingStation) -> None:
    for _ in range(2):
        say(station, 1, severity=2)
    say(station, 1, severity=2, minutes=1)
    assert seen() == [(1, False), (1, True)]
    assert OutboxEvent.objects.filter(kind="chargers.device_event_reported").count() == 2


def test_a_cleared_event_settles_it(station: ChargingStation) -> None:
    say(station, 1, severity=2, monitor_id=18)
    say(station, 2, severity=2, monitor_id=19)
    say(station, 3, severity=2, monitor_id=18, cleared=True, minutes=1)
    assert seen() == [(1, False), (2, True), (3, False)]
    assert DeviceEvent.objects.get(event_id=1).settled_at == NOW + MINUTE
    say(station, 4, cleared=True, minutes=2)
    assert seen()[1] == (2, False)


def test_the_end_may_be_told_before_the_beginning(station: ChargingStation) -> None:
    say(station, 2, severity=2, cleared=True, minutes=5)
    say(station, 1, severity=2, minutes=1)
    assert seen() == [(2, False), (1, False)]


def test_a_component_s_own_problem_needs_attention_until_it_is_gone(
    station: ChargingStation,
) -> None:
    problem = ReportedVariable(component="Connector", variable="Problem", evse=1, connector=1)
    say(station, 1, variable=problem, actual_value="true", trigger="Delta")
    assert seen() == [(1, True)]
    say(station, 2, variable=problem, actual_value="false", trigger="Delta", minutes=1)
    assert seen() == [(1, False), (2, False)]


def test_an_event_carries_the_present_value(station: ChargingStation) -> None:
    StationVariable.objects.create(
        operator=station.operator,
        station=station,
        name="EVSE.Power",
        evse=1,
        value="100",
        reported_at=NOW,
    )
    say(station, 1, trigger="Periodic", minutes=1)
    row = StationVariable.objects.get()
    assert (row.value, row.reported_at) == ("9200", NOW + MINUTE)
    assert not OutboxEvent.objects.filter(kind="chargers.device_event_reported").exists()


def test_a_station_without_a_clock_is_stored_all_the_same(station: ChargingStation) -> None:
    event = NoticedEvent(
        event_id=1,
        device_at=None,
        trigger="",
        notification_type="",
        variable=POWER,
        actual_value="",
    )
    message = NotifyEvent(device_at=None, seq_no=0, is_last=True, events=(event,))
    hear(station, message, NOW)
    row = DeviceEvent.objects.get()
    assert (row.generated_at, row.occurred_at, row.needs_attention) == (NOW, NOW, False)


def told(number: int, value: str, minute: int, **more: Any) -> NoticedEvent:
    return NoticedEvent(
        event_id=number,
        device_at=NOW + minute * MINUTE,
        trigger="Alerting",
        notification_type="HardWiredNotification",
        variable=ReportedVariable(component="EVSE", variable="Problem", evse=1),
        actual_value=value,
        **more,
    )


def test_one_message_may_tell_a_whole_story(station: ChargingStation) -> None:
    """In one message as in several: what is over needs nobody, a late beginning neither."""
    events = (
        told(1, "true", 1),
        told(2, "false", 3),
        told(3, "true", 2),  # told late
        told(2, "true", 5),  # the same id twice
        told(4, "true", 4, tech_code="E42"),
    )
    variable = StationVariable.objects.create(
        operator=station.operator, station=station, name="EVSE.Problem", evse=1, reported_at=NOW
    )
    message = NotifyEvent(device_at=NOW, seq_no=0, is_last=True, events=events)
    hear(station, message, NOW + 6 * MINUTE)
    hear(station, message, NOW + 7 * MINUTE)
    rows = DeviceEvent.objects.order_by("id")
    assert [(row.event_id, row.value, row.needs_attention) for row in rows] == [
        (1, "true", False),
        (2, "false", False),
        (3, "true", False),
        (4, "true", True),
    ]
    assert [row.settled_at for row in rows] == [NOW + 6 * MINUTE, None, None, None]
    variable.refresh_from_db()
    assert (variable.value, variable.reported_at) == ("true", NOW + 6 * MINUTE)
    assert OutboxEvent.objects.filter(kind="chargers.device_event_reported").count() == 4


def test_thousands_of_events_are_a_few_queries(
    station: ChargingStation, django_assert_max_num_queries: Any
) -> None:
    events = tuple(
        NoticedEvent(
            event_id=number,
            device_at=NOW,
            trigger="Delta",
            notification_type="PreconfiguredMonitor",
            variable=ReportedVariable(component="EVSE", variable=f"V{number % 50}", evse=1),
            actual_value=str(number),
        )
        for number in range(300)
    )
    with django_assert_max_num_queries(20):
        hear(station, NotifyEvent(device_at=NOW, seq_no=0, is_last=True, events=events), NOW)
    assert DeviceEvent.objects.count() == 300


def test_a_person_may_dismiss_it(station: ChargingStation) -> None:
    say(station, 1, severity=0)
    row = DeviceEvent.objects.get()
    assert dismiss_event(event=row, actor=ACTOR, now=NOW + MINUTE) is True
    assert dismiss_event(event=row, actor=ACTOR, now=NOW + MINUTE) is False
    assert seen() == [(1, False)]
    assert AuditEntry.objects.get().action == "device_event.dismissed"


def test_no_message_holds_more_monitors_than_the_station_takes(station: ChargingStation) -> None:
    for action in ("SetVariableMonitoring", "ClearVariableMonitoring"):
        StationVariable.objects.create(
            operator=station.operator,
            station=station,
            name=f"MonitoringCtrlr.ItemsPerMessage[{action}]",
            value="2",
            reported_at=NOW,
        )
    wanted = [
        monitoring.NewMonitor(name=f"A.B{n}", type=MonitorType.DELTA, value=1, severity=5)
        for n in range(3)
    ]
    sent = monitoring.set_monitors(station=station, monitors=wanted, now=NOW)
    assert [len(row.arguments["monitors"]) for row in sent] == [2, 1]
    cleared = monitoring.clear_monitors(station=station, numbers=[7, 3, 7, 5], now=NOW)
    assert [tuple(row.arguments["ids"]) for row in cleared] == [(7, 3), (5,)]


@pytest.mark.parametrize("numbers", [[], list(range(101))])
def test_none_or_too_many_to_remove(station: ChargingStation, numbers: list[int]) -> None:
    with pytest.raises(UnableToCommand) as refusal:
        monitoring.clear_monitors(station=station, numbers=numbers, now=NOW)
    assert refusal.value.errors == {"ids": "Between 1 and 100 monitors."}
    assert not StationCommand.objects.exists()
