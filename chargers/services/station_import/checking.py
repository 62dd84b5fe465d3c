"""A file comes in: read, compared with what is stored, its report kept. Nothing else is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.transaction import atomic

from accounts.models import Operator
from accounts.services import audit
from accounts.services.audit import Actor
from chargers.domain.station_csv import (
    RowFault,
    StationLine,
    UnreadableFileError,
    as_json,
    read_lines,
)
from chargers.exceptions import UnableToImport
from chargers.models import ImportMode, ImportStatus, StationImport
from chargers.services.station_import.planning import ERROR, LOCATION_DETAILS, Planned, Planner
from chargers.services.station_keys import hashed


@atomic
def check_file(
    *,
    operator: Operator,
    data: bytes,
    file_name: str,
    actor: Actor,
    now: datetime,
    may_change_locations: bool = True,
) -> StationImport:
    """Read a CSV file of stations and report what it would do (dry run).

    Args:
        may_change_locations: False for callers who may add a location with its first station, as
            everywhere, but not change one: rows that would are at fault.

    Raises:
        UnableToImport: the file as a whole cannot be used; nothing was saved.
    """
    try:
        lines = read_lines(data, hash_key=hashed)
    except UnreadableFileError as error:
        raise UnableToImport(str(error), errors={"file": str(error)}) from None
    planned = plan_lines(operator, lines)
    if not may_change_locations:
        _forbid_changes_of_locations(planned)
    return StationImport.objects.create(
        operator=operator,
        file_name=file_name.replace("\x00", "")[:120],
        lines=[as_json(line) for line in lines],
        report=[one.as_report() for one in planned],
        counts=counted(planned),
        rows_total=len(lines),
        requested_by=actor.user,
        requested_by_key=actor.api_key,
        created_at=now,
    )


def _forbid_changes_of_locations(planned: Sequence[Planned]) -> None:
    """The fault stands in the line itself, so that the worker finds it, too."""
    for one in planned:
        if LOCATION_DETAILS in one.changes:
            reason = "You may not change locations; leave their cells empty, or as they are."
            fault = RowFault(column="location_name", value="", reason=reason)
            one.line.faults.append(fault)
            one.faults.append(fault)
            one.outcome = ERROR


def plan_lines(operator: Operator, lines: Sequence[StationLine]) -> list[Planned]:
    planner = Planner(operator, lines)
    return [planner.plan(line) for line in lines]


def counted(planned: Sequence[Planned]) -> dict[str, int]:
    """Outcome → number of rows."""
    return dict(Counter(one.outcome for one in planned))


@atomic
def confirm_import(
    *, station_import: StationImport, mode: ImportMode, actor: Actor, now: datetime
) -> StationImport:
    """Have a checked file written by the worker.

    Raises:
        UnableToImport: it was written or started before, or "all or none" with faults in it.
    """
    row = StationImport.objects.select_for_update().get(pk=station_import.pk)
    if row.status != ImportStatus.CHECKED:
        raise UnableToImport("This file was started before. Upload it again for another run.")
    if mode == ImportMode.ALL_OR_NOTHING and row.counts.get("error"):
        message = f"{row.counts['error']} rows have faults. Correct the file, or import the others."
        raise UnableToImport(message, errors={"mode": message})
    row.status, row.mode = ImportStatus.QUEUED, mode
    row.save(update_fields=["status", "mode"])
    audit.record(
        operator=row.operator,
        actor=actor,
        action="station_import.started",
        obj=row,
        changes={"mode": mode, "rows": row.rows_total, "file": row.file_name},
        now=now,
    )
    return row


def forget_unconfirmed(*, now: datetime, keep: timedelta) -> int:
    """Delete files that were looked at and never written: nobody comes back to them."""
    old = StationImport.objects.filter(status=ImportStatus.CHECKED, created_at__lt=now - keep)
    return old.delete()[0]
