"""Reports put together from pages: NotifyReport and NotifyMonitoringReport (B07, B08, N02)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.transaction import atomic

from chargers.domain import commands
from chargers.domain.context import StationContext
from chargers.domain.messages import NotifyReport
from chargers.domain.results import Acknowledged
from chargers.events import ReportFinished
from chargers.models import CommandStatus, ReportState, StationCommand, StationReport
from chargers.services.device_model.variables import row_of, store_variables
from common.tenancy import system_scope
from events.outbox import publish

SILENT_AFTER = timedelta(minutes=10)
_PER_SWEEP = 500
_EARLIER_REPORTS = 10

CUSTOM = "Custom"
MONITORING = "Monitoring"
MONITORING_PART = "MonitoringPart"


def _base_kind(arguments: dict[str, Any]) -> str:
    return str(arguments.get("report_base") or commands.ReportBase.FULL.value)


def _monitoring_kind(arguments: dict[str, Any]) -> str:
    part = arguments.get("names") or arguments.get("criteria")
    return MONITORING_PART if part else MONITORING


_KINDS: dict[str, Callable[[dict[str, Any]], str]] = {
    commands.GetBaseReport.kind: _base_kind,
    commands.GetReport.kind: lambda _arguments: CUSTOM,
    commands.GetMonitoringReport.kind: _monitoring_kind,
}


def expect_report(row: StationCommand) -> None:
    """Remember what a command asks for, before its first page can come. Others: nothing."""
    kind = _KINDS.get(row.kind)
    if kind is None:
        return
    StationReport.objects.get_or_create(
        station_id=row.station_id,
        request_id=int(row.arguments["request_id"]),
        defaults={
            "operator_id": row.operator_id,
            "command": row,
            "kind": kind(row.arguments),
            "requested_at": row.requested_at,
        },
    )


def command_ended(row: StationCommand, *, now: datetime) -> None:
    """A refusal ends the report; so does an answer that holds everything, or says there is nothing.

    A page may have come before: what is there is not thrown away.
    """
    if row.kind not in _KINDS:
        return
    report = StationReport.objects.filter(command=row, state=ReportState.REQUESTED).first()
    if report is None:
        return
    if row.status not in {CommandStatus.ACCEPTED, CommandStatus.SCHEDULED}:
        _finish(report, ReportState.REFUSED, now)
    elif "variables" in row.result:
        report.pages, report.last_page, report.last_page_at = [0], 0, now
        report.item_count = len(row.result["variables"])
        _finish(report, ReportState.COMPLETE, now)
    elif row.raw_status == "EmptyResultSet":
        _finish(report, ReportState.COMPLETE, now)


@atomic
def record_report(
    message: NotifyReport, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """NotifyReport (B07): the station's variables, written over what was known.

    A request id that we never gave names no report: the variables are kept all the same.
    """
    count = store_variables(
        station=station, rows=(row_of(v) for v in message.variables), reported_at=received_at
    )
    take_page(
        station=station,
        request_id=message.request_id,
        seq_no=message.seq_no,
        is_last=message.is_last,
        count=count,
        now=received_at,
    )
    return Acknowledged()


def take_page(
    *,
    station: StationContext,
    request_id: int,
    seq_no: int,
    is_last: bool,
    count: int,
    now: datetime,
) -> StationReport | None:
    """Count a page in; the report is complete when every page up to the last is there.

    Returns:
        The report, None when we asked for none of this id.
    """
    report = StationReport.objects.filter(
        station_id=station.station_id, request_id=request_id
    ).first()
    if report is None:
        return None
    was_complete = report.state == ReportState.COMPLETE
    if seq_no not in report.pages:
        report.pages = sorted([*report.pages, seq_no])
        report.item_count += count
    if is_last:
        report.last_page = max(seq_no, report.last_page or 0)
    report.last_page_at = now
    counts_from_one = min(report.pages) == 1 and not _counts_from_zero(report)
    state = report_state(report.pages, report.last_page, counts_from_one=counts_from_one)
    if state is ReportState.RECEIVING:
        report.state = state
        report.save()
    elif not was_complete or state is not ReportState.COMPLETE:
        _finish(report, state, now)
    return report


def _counts_from_zero(report: StationReport) -> bool:
    """As its earlier reports show; only then is a missing page 0 a lost one."""
    others = StationReport.objects.filter(station_id=report.station_id).exclude(pk=report.pk)
    latest = others.order_by("-id").values_list("pages", flat=True)[:_EARLIER_REPORTS]
    return any(0 in pages for pages in latest)


def report_state(
    pages: list[int], last_page: int | None, *, counts_from_one: bool = False
) -> ReportState:
    """Pages are numbered from 0 (2.0.1 part 2, NotifyReport); some stations count from 1."""
    if last_page is None:
        return ReportState.RECEIVING
    # counted, not listed: a station may claim to be at page two thousand million
    first = int(counts_from_one)
    there = {page for page in pages if first <= page <= last_page}
    complete = len(there) == last_page + 1 - first
    return ReportState.COMPLETE if complete else ReportState.INCOMPLETE


def _finish(report: StationReport, state: ReportState, now: datetime) -> None:
    report.state, report.finished_at = state, now
    report.save()
    publish(
        ReportFinished(
            operator_id=report.operator_id,
            subject_id=report.station_id,
            report=report.kind,
            state=state.value,
            items=report.item_count,
        ),
        now=now,
    )


@atomic
def close_silent_reports(*, now: datetime) -> int:
    """Mark reports whose pages stopped coming as incomplete. Returns how many."""
    with system_scope("sweep: reports of every operator"):
        open_reports = StationReport.objects.filter(
            state__in=ReportState.open(), requested_at__lte=now - SILENT_AFTER
        ).order_by("requested_at")
        silent = [
            report
            for report in open_reports[:_PER_SWEEP]
            if (report.last_page_at or report.requested_at) <= now - SILENT_AFTER
        ]
        for report in silent:
            _finish(report, ReportState.INCOMPLETE, now)
        return len(silent)
