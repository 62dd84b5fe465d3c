"""Stations with values, templates, and answers of stations to what was asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from chargers.domain.commands import Outcome, OutcomeStatus
from chargers.models import (
    ChargingStation,
    ConfigurationRollout,
    ConfigurationTemplate,
    StationCommand,
    StationVariable,
    TemplateDrift,
)
from chargers.services import commands
from chargers.services.device_model.variables import keep_read
from chargers.services.templates.drift import check_due
from chargers.services.templates.running import advance_rollouts
from chargers.services.templates.saving import save_template
from common.tenancy import system_scope
from tests.factories import ACTOR, NOW, context_of

SECOND = timedelta(seconds=1)
INTERVAL = {"name": "sample_interval", "value": "30"}
CACHE = {"name": "cache_enabled", "value": "true"}
ACCEPTED, REJECTED, SCHEDULED = (
    OutcomeStatus.ACCEPTED,
    OutcomeStatus.REJECTED,
    OutcomeStatus.SCHEDULED,
)


def variable(station: ChargingStation, name: str, value: str, **values: Any) -> StationVariable:
    row: StationVariable = StationVariable.objects.create(
        operator=station.operator,
        station=station,
        name=name,
        value=value,
        reported_at=NOW,
        **values,
    )
    return row


def template(
    operator: Any, *items: dict[str, str], name: str = "Basics", **values: Any
) -> ConfigurationTemplate:
    return save_template(
        operator=operator,
        template=None,
        name=name,
        items=items or (INTERVAL, CACHE),
        actor=ACTOR,
        now=values.pop("now", NOW),
        **values,
    )


def told(station: ChargingStation, name: str, value: str, now: datetime) -> None:
    """The station says so in an answer; the worker looks some seconds later."""
    with system_scope("tests: the ingest"):
        keep_read(
            station=context_of(station), told=[{"name": name, "value": value}], reported_at=now
        )
    check_due(now=now + 5 * SECOND)


def steps() -> dict[str, tuple[str, int, int]]:
    """Station → summary, values that differ, values not read."""
    rows = TemplateDrift.objects.select_related("station")
    return {row.station.name: (row.step, row.differing, row.unread) for row in rows}


def open_commands() -> list[StationCommand]:
    rows = StationCommand.objects.filter(status__in=["queued", "sent"])
    return list(rows.order_by("requested_at", "id"))


def answer(
    row: StationCommand, status: OutcomeStatus, now: datetime, word: str = "", **detail: Any
) -> None:
    outcome = Outcome(status=status, raw_status=word, detail=detail)
    assert commands.finish(command_id=row.pk, outcome=outcome, now=now)


def work(now: datetime) -> list[tuple[str, dict[str, Any]]]:
    """A round of the worker; what it asked of stations."""
    known = set(StationCommand.objects.values_list("pk", flat=True))
    advance_rollouts(now=now)
    rows = StationCommand.objects.exclude(pk__in=known).order_by("requested_at", "id")
    return [(row.kind, row.arguments) for row in rows]


def states(rollout: ConfigurationRollout) -> dict[str, str]:
    rows = rollout.stations.select_related("station")
    return {row.station.name: row.state for row in rows}


def results(rollout: ConfigurationRollout) -> list[tuple[str, str, str]]:
    """Of the only station: name, result and word of each value."""
    row = rollout.stations.get()
    return [(each["name"], each["result"], each["word"]) for each in row.results]
