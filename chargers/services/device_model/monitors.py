"""Monitors that stations have: reported by them (N02), set and removed by our commands (N03 to N06)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.transaction import atomic

from chargers.domain import commands
from chargers.domain.commands import Outcome, OutcomeStatus
from chargers.domain.context import StationContext
from chargers.domain.messages import NotifyMonitoringReport, ReportedMonitor
from chargers.domain.results import Acknowledged
from chargers.domain.variables import split_place, variable_name
from chargers.models import ReportState, StationCommand, VariableMonitor
from chargers.services.device_model.reports import MONITORING, take_page

_LARGEST = 2**63 - 1


@atomic
def record_monitoring_report(
    message: NotifyMonitoringReport, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """NotifyMonitoringReport (N02). After the last page of a whole report, what it left out is gone."""
    count = _store(
        station=station,
        rows=[_reported(monitor) for monitor in message.monitors],
        fields=["name", "evse", "connector", "type", "value", "severity", "only_in_transactions"],
        now=received_at,
    )
    report = take_page(
        station=station,
        request_id=message.request_id,
        seq_no=message.seq_no,
        is_last=message.is_last,
        count=count,
        now=received_at,
    )
    if report and report.kind == MONITORING and report.state == ReportState.COMPLETE:
        VariableMonitor.objects.filter(
            station_id=station.station_id, reported_at__lt=report.requested_at
        ).delete()
    return Acknowledged()


def _reported(monitor: ReportedMonitor) -> VariableMonitor:
    return VariableMonitor(
        number=monitor.id,
        name=variable_name(monitor.variable),
        evse=monitor.variable.evse or 0,
        connector=monitor.variable.connector or 0,
        type=monitor.type,
        value=monitor.value,
        severity=monitor.severity,
        only_in_transactions=monitor.only_in_transactions,
    )


def _store(
    *, station: StationContext, rows: Iterable[VariableMonitor], fields: list[str], now: datetime
) -> int:
    unique: dict[int, VariableMonitor] = {}
    for row in rows:
        row.operator_id, row.station_id = station.operator_id, station.station_id
        row.name = row.name[:255]
        row.reported_at = now
        unique[row.number] = row
    VariableMonitor.objects.bulk_create(
        unique.values(),
        update_conflicts=True,
        unique_fields=["station", "number"],
        update_fields=[*fields, "reported_at"],
    )
    return len(unique)


def keep_set_monitors(row: StationCommand, outcome: Outcome, now: datetime) -> None:
    """Those that the station took, under the ids that it gave."""
    asked = commands.SetVariableMonitoring.from_json(row.arguments)
    results: list[dict[str, Any]] = outcome.detail.get("results", [])
    taken = [
        _set_by_us(monitor, int(result["id"]))
        for monitor, result in zip(asked.monitors, results, strict=False)
        if result["status"] == OutcomeStatus.ACCEPTED and _is_number(result.get("id"))
    ]
    fields = ["name", "evse", "connector", "type", "value", "severity", "only_in_transactions"]
    _store(station=_context(row), rows=taken, fields=[*fields, "is_ours"], now=now)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _set_by_us(monitor: dict[str, Any], number: int) -> VariableMonitor:
    name, evse, connector = split_place(str(monitor["name"]))
    return VariableMonitor(
        number=number,
        name=name,
        evse=evse,
        connector=connector,
        type=str(monitor["type"]),
        value=float(monitor["value"]),
        severity=int(monitor["severity"]),
        only_in_transactions=bool(monitor.get("transaction")),
        is_ours=True,
    )


def forget_cleared_monitors(row: StationCommand, outcome: Outcome, _now: datetime) -> None:
    results: list[dict[str, Any]] = outcome.detail.get("results", [])
    gone = [each["id"] for each in results if each["status"] == OutcomeStatus.ACCEPTED]
    VariableMonitor.objects.filter(station_id=row.station_id, number__in=gone).delete()


def forget_own_monitors(row: StationCommand, _outcome: Outcome, _now: datetime) -> None:
    """Going back to a factory's set removes what was set by commands; the rest a report tells (N03)."""
    asked = commands.SetMonitoringBase.from_json(row.arguments)
    if asked.base is not commands.MonitoringBase.ALL:
        VariableMonitor.objects.filter(station_id=row.station_id, is_ours=True).delete()


def _context(row: StationCommand) -> StationContext:
    return StationContext(
        station_id=row.station_id, operator_id=row.operator_id, epoch=0, protocol=""
    )
