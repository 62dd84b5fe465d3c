"""Reports put together from pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Operator
from chargers.domain import commands as wire
from chargers.domain.commands import Outcome, OutcomeStatus
from chargers.domain.messages import NotifyReport, ReportedVariable
from chargers.models import ChargingStation, StationReport, StationVariable
from chargers.services import commands
from chargers.services.device_model import variables
from chargers.services.device_model.reports import close_silent_reports
from events.models import OutboxEvent
from tests.chargers.services.device_model.hearing import hear
from tests.factories import NOW, StationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    return StationFactory.create(operator=operator, is_online=True)


def ask(station: ChargingStation, command: wire.Command | None = None) -> Any:
    asked = command or wire.GetBaseReport(request_id=5)
    return commands.request_command(station=station, command=asked, now=NOW)


def page(station: ChargingStation, seq_no: int, *, last: bool = False, request_id: int = 5) -> None:
    variable = ReportedVariable(component="A", variable=f"V{seq_no}", attributes={"Actual": "1"})
    message = NotifyReport(
        request_id=request_id, seq_no=seq_no, is_last=last, variables=(variable,)
    )
    hear(station, message, NOW + seq_no * MINUTE)


def report() -> tuple[str, list[int], int]:
    row = StationReport.objects.get()
    return row.state, row.pages, row.item_count


def test_a_report_is_complete_with_its_last_page(station: ChargingStation) -> None:
    ask(station)
    assert report() == ("requested", [], 0)
    page(station, 0)
    assert report() == ("receiving", [0], 1)
    page(station, 1, last=True)
    assert report() == ("complete", [0, 1], 2)
    row = StationReport.objects.get()
    assert (row.kind, row.last_page, row.finished_at) == ("FullInventory", 1, NOW + MINUTE)
    event = OutboxEvent.objects.get(kind="chargers.report_finished")
    assert event.payload == {"report": "FullInventory", "state": "complete", "items": 2}


def test_a_page_twice_counts_once(station: ChargingStation) -> None:
    ask(station)
    for _ in range(2):
        page(station, 0)
        page(station, 1, last=True)
    assert report() == ("complete", [0, 1], 2)
    assert OutboxEvent.objects.filter(kind="chargers.report_finished").count() == 1


def test_lost_pages_make_it_incomplete_until_they_come(station: ChargingStation) -> None:
    ask(station)
    page(station, 0)
    page(station, 3, last=True)
    assert report() == ("incomplete", [0, 3], 2)
    page(station, 2)
    assert report() == ("incomplete", [0, 2, 3], 3)
    page(station, 1)
    assert report() == ("complete", [0, 1, 2, 3], 4)


def test_a_station_that_counts_from_one(station: ChargingStation) -> None:
    ask(station)
    page(station, 1)
    page(station, 2, last=True)
    assert report() == ("complete", [1, 2], 2)


def test_the_first_page_is_missed_where_earlier_reports_had_one(station: ChargingStation) -> None:
    ask(station)
    page(station, 0, last=True)
    ask(station, wire.GetBaseReport(request_id=6))
    page(station, 1, request_id=6)
    page(station, 2, last=True, request_id=6)
    later = StationReport.objects.get(request_id=6)
    assert (later.state, later.pages) == ("incomplete", [1, 2])
    page(station, 0, request_id=6)
    later.refresh_from_db()
    assert (later.state, later.pages) == ("complete", [0, 1, 2])


def test_a_report_nobody_asked_for_keeps_its_variables(
    station: ChargingStation, operator: Operator
) -> None:
    ask(StationFactory.create(operator=operator, is_online=True))
    page(station, 0, last=True)
    assert report() == ("requested", [], 0)
    assert StationVariable.objects.get().station == station


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome(status=OutcomeStatus.REJECTED), ("refused", [], 0)),
        (Outcome(status=OutcomeStatus.NOT_SUPPORTED), ("refused", [], 0)),
        (
            Outcome(status=OutcomeStatus.ACCEPTED, raw_status="EmptyResultSet"),
            ("complete", [], 0),
        ),
        (Outcome(status=OutcomeStatus.ACCEPTED, raw_status="Accepted"), ("requested", [], 0)),
        (
            Outcome(
                status=OutcomeStatus.ACCEPTED,
                detail={"variables": [{"name": "K", "value": "1", "read_only": False}]},
            ),
            ("complete", [0], 1),
        ),
    ],
)
def test_the_answer_may_end_it(
    station: ChargingStation, outcome: Outcome, expected: tuple[str, list[int], int]
) -> None:
    row = ask(station)
    commands.finish(command_id=row.pk, outcome=outcome, now=NOW)
    assert report() == expected


def test_a_command_that_timed_out_ends_it_until_a_page_comes(station: ChargingStation) -> None:
    ask(station)
    commands.time_out_commands(now=NOW + 5 * MINUTE)
    assert report() == ("refused", [], 0)
    page(station, 0, last=True)
    assert report() == ("complete", [0], 1)


def test_a_report_that_falls_silent_is_incomplete(station: ChargingStation) -> None:
    ask(station)
    page(station, 3)
    assert close_silent_reports(now=NOW + 12 * MINUTE) == 0
    assert close_silent_reports(now=NOW + 13 * MINUTE) == 1
    assert close_silent_reports(now=NOW + 13 * MINUTE) == 0
    assert report() == ("incomplete", [3], 1)


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        (wire.GetReport(request_id=5, criteria=("Problem",)), "Custom"),
        (wire.GetMonitoringReport(request_id=5), "Monitoring"),
        (wire.GetMonitoringReport(request_id=5, names=("EVSE",)), "MonitoringPart"),
        (
            wire.GetBaseReport(request_id=5, report_base=wire.ReportBase.CONFIGURATION),
            "ConfigurationInventory",
        ),
    ],
)
def test_kinds(station: ChargingStation, command: wire.Command, kind: str) -> None:
    ask(station, command)
    assert StationReport.objects.get().kind == kind


def test_a_page_of_an_absurd_number_costs_nothing(station: ChargingStation) -> None:
    ask(station)
    variable = ReportedVariable(component="A", variable="V", attributes={"Actual": "1"})
    message = NotifyReport(request_id=5, seq_no=2**31 - 1, is_last=True, variables=(variable,))
    hear(station, message, NOW)
    assert report() == ("incomplete", [2**31 - 1], 1)


def test_a_station_does_not_fill_the_database(
    station: ChargingStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variables, "MOST_KEPT", 3)
    for number in range(5):
        page(station, number)
    assert [row.name for row in StationVariable.objects.all()] == ["A.V0", "A.V1", "A.V2"]
    page(station, 1)
    assert StationVariable.objects.get(name="A.V1").reported_at == NOW + MINUTE
    assert StationVariable.objects.count() == 3
