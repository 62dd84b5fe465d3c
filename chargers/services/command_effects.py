"""What follows from a station's answer to a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chargers.domain import commands
from chargers.domain.commands import Outcome, OutcomeStatus
from chargers.domain.context import StationContext
from chargers.domain.vocabulary import ConnectorStatus
from chargers.models import ChargingStation, Evse, StationCommand
from chargers.services.certificates import answers
from chargers.services.charging import effects as charging
from chargers.services.command_secrets import blanked
from chargers.services.device_model.monitors import (
    forget_cleared_monitors,
    forget_own_monitors,
    keep_set_monitors,
)
from chargers.services.device_model.variables import keep_read
from chargers.services.display import board
from chargers.services.maintenance import jobs
from chargers.services.reservations.answers import cancel_answered, reserve_answered
from chargers.services.templates.due import note_unknown

_AGREED = (OutcomeStatus.ACCEPTED, OutcomeStatus.SCHEDULED)


def begin(row: StationCommand, command: commands.Command, *, now: datetime) -> None:
    """Keep what the command sets going and its station will report on."""
    effect = _BEGINNINGS.get(row.kind)
    if effect is not None:
        effect(row, command, now)


def apply_outcome(row: StationCommand, outcome: Outcome, *, now: datetime) -> None:
    """Carry the station's new state into our rows, where the command changed or read it."""
    table = _EFFECTS if outcome.status in _AGREED else _REFUSALS
    effect = table.get(row.kind)
    if effect is not None:
        effect(row, outcome, now)


def apply_ending(row: StationCommand, *, now: datetime) -> None:
    """What follows from any end of a command: refused, failed and timed out ones, too."""
    ending = _ENDINGS.get(row.kind)
    if ending is not None:
        ending(row, now)


def apply_silence(row: StationCommand) -> None:
    """The station never answered: what it was asked may or may not have been done."""
    effect = _SILENCES.get(row.kind)
    if effect is not None:
        effect(row)


def without_secrets(row: StationCommand) -> None:
    """A finished command needs its secrets no longer: blank them in the stored arguments."""
    without = blanked(row.kind, row.arguments)
    if without != row.arguments:
        row.arguments = without
        row.save(update_fields=["arguments"])


def _context(row: StationCommand) -> StationContext:
    return StationContext(
        station_id=row.station_id, operator_id=row.operator_id, epoch=0, protocol=""
    )


def _change_availability(row: StationCommand, _outcome: Outcome, _now: datetime) -> None:
    asked = commands.ChangeAvailability.from_json(row.arguments)
    evses = Evse.objects.filter(station_id=row.station_id)
    if asked.evse:
        evses = evses.filter(number=asked.evse)
    evses.update(is_operative=asked.operative)
    if asked.operative and not asked.evse:
        _withdraw_unavailable(row.station_id)


def _withdraw_unavailable(station_id: UUID) -> None:
    """Not every station says Available for connector 0 once it is back in service."""
    stations = ChargingStation.objects.filter(pk=station_id, status=ConnectorStatus.UNAVAILABLE)
    stations.update(status="", error_code="")


def _keep_read_variables(row: StationCommand, outcome: Outcome, now: datetime) -> None:
    keep_read(station=_context(row), told=outcome.detail.get("variables", []), reported_at=now)
    note_unknown(station_id=row.station_id, names=outcome.detail.get("unknown", []), now=now)


def _note_unknown_variables(row: StationCommand, outcome: Outcome, now: datetime) -> None:
    """An answer that knows none of what was asked for is a refusal of the whole."""
    note_unknown(station_id=row.station_id, names=outcome.detail.get("unknown", []), now=now)


def _keep_set_variable(row: StationCommand, _outcome: Outcome, now: datetime) -> None:
    asked = commands.SetVariable.from_json(row.arguments)
    told = {"name": asked.name, "value": asked.value}
    keep_read(station=_context(row), told=[told], reported_at=now)


def _keep_set_variables(row: StationCommand, outcome: Outcome, now: datetime) -> None:
    """Those that were taken, whatever became of the others."""
    results: list[dict[str, Any]] = outcome.detail.get("results", [])
    taken = {
        (each["name"], each["attribute"])
        for each in results
        if OutcomeStatus(each["status"]) in _AGREED
    }
    told = [
        each
        for each in row.arguments.get("values", [])
        if (each["name"], each.get("attribute") or "Actual") in taken
    ]
    keep_read(station=_context(row), told=told, reported_at=now)


_ENDINGS: dict[str, Callable[[StationCommand, datetime], None]] = {
    commands.ReserveNow.kind: reserve_answered,
    commands.CancelReservation.kind: cancel_answered,
    **jobs.ENDINGS,
    **board.ENDINGS,
}

# Answers that tell of each part: some may have been taken though the whole was not.
_PART_BY_PART: dict[str, Callable[[StationCommand, Outcome, datetime], None]] = {
    commands.SetVariables.kind: _keep_set_variables,
    commands.SetVariableMonitoring.kind: keep_set_monitors,
    commands.ClearVariableMonitoring.kind: forget_cleared_monitors,
}
_EFFECTS: dict[str, Callable[[StationCommand, Outcome, datetime], None]] = {
    commands.ChangeAvailability.kind: _change_availability,
    commands.GetVariables.kind: _keep_read_variables,
    commands.GetBaseReport.kind: _keep_read_variables,
    commands.GetReport.kind: _keep_read_variables,
    commands.SetVariable.kind: _keep_set_variable,
    commands.SetMonitoringBase.kind: forget_own_monitors,
    **jobs.EFFECTS,
    **board.EFFECTS,
    commands.CertificateSigned.kind: answers.take_answer,
    commands.InstallCertificate.kind: answers.keep_new_root,
    commands.DeleteCertificate.kind: answers.forget_deleted,
    commands.GetInstalledCertificateIds.kind: answers.keep_installed,
    **charging.EFFECTS,
    **_PART_BY_PART,
}
_BEGINNINGS: Mapping[str, Callable[[StationCommand, Any, datetime], None]] = {
    **jobs.BEGINNINGS,
    **board.BEGINNINGS,
}
_REFUSALS: Mapping[str, Callable[[StationCommand, Outcome, datetime], None]] = {
    commands.CertificateSigned.kind: answers.take_answer,
    commands.GetVariables.kind: _note_unknown_variables,
    **charging.REFUSALS,
    **_PART_BY_PART,
}
_SILENCES: Mapping[str, Callable[[StationCommand], None]] = charging.SILENCES
