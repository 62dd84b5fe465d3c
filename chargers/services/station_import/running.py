"""The worker's part: what was confirmed is written, in the rows' order."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.db.transaction import atomic

from accounts.models import Operator
from accounts.services import audit
from accounts.services.audit import Actor
from chargers.domain.station_csv import EvseLine, RowFault, line_of
from chargers.exceptions import UnableTo, UnableToImport
from chargers.models import (
    ChargingStation,
    ConnectorType,
    CurrentType,
    ImportMode,
    ImportStatus,
    Location,
    StationImport,
)
from chargers.services.commissioning import begin_commissioning
from chargers.services.locations import add_location, update_location
from chargers.services.station_import.checking import counted, plan_lines
from chargers.services.station_import.planning import (
    ADDED,
    DEFAULT_EVSES,
    ERROR,
    SKIPPED,
    UPDATED,
    Planned,
    location_changes,
    location_values,
    place_of,
    station_id_of,
)
from chargers.services.stations import NewEvse, add_station, update_station
from common.clock import Clock, utc_now

logger = logging.getLogger(__name__)

# A worker that died leaves its claim; another takes over after this long.
CLAIM_FOR = timedelta(minutes=15)
_CHUNK = 25
_PER_QUERY = 500


class _UndoneError(Exception):
    """All or none, and one row failed."""


class _OvertakenError(Exception):
    """Another worker took this one for dead and goes on in its place."""


def run_waiting(*, now: datetime, clock: Clock = utc_now) -> int:
    """Write the files that wait, oldest first; returns how many. Each is claimed once.

    A worker that dies in the middle is followed by another, which goes on where it was. A file
    that cannot be written keeps no other from being written.

    Args:
        clock: a claim is renewed while a long file is written.
    """
    stale = Q(status=ImportStatus.RUNNING, claimed_at__lt=now - CLAIM_FOR)
    waiting = StationImport.objects.filter(Q(status=ImportStatus.QUEUED) | stale)
    done = 0
    for key, status, claimed_at in waiting.order_by("id").values_list("pk", "status", "claimed_at"):
        own = StationImport.objects.filter(pk=key, status=status, claimed_at=claimed_at)
        if own.update(status=ImportStatus.RUNNING, claimed_at=now, rows_done=0):
            done += _try(StationImport.objects.select_related("operator").get(pk=key), now, clock)
    return done


def _try(row: StationImport, now: datetime, clock: Clock) -> bool:
    try:
        _run(row, now=now, clock=clock)
    except _OvertakenError:
        logger.warning("import %s is written by another worker", row.pk)
        return False
    except Exception:
        logger.exception("import %s could not be written; it is tried again later", row.pk)
        return False
    return True


def _run(row: StationImport, *, now: datetime, clock: Clock) -> None:
    planned = plan_lines(row.operator, [line_of(stored) for stored in row.lines])
    _recognise(row, planned)
    work = _Work(row=row, now=now)
    if row.mode == ImportMode.ALL_OR_NOTHING:
        written = _all_or_nothing(work, planned, row, now)
    else:
        _good_rows(work, planned, row, clock)
        written = True
    if row.finished_at is None:
        _finish(row, planned, written=written, now=now)


def _recognise(row: StationImport, planned: Sequence[Planned]) -> None:
    """What an earlier worker has added for this file is added, not there already."""
    own = {station_id_of(row, one.line): one for one in planned}
    ids = list(own)
    for start in range(0, len(ids), _PER_QUERY):
        stations = ChargingStation.objects.filter(
            operator=row.operator, pk__in=ids[start : start + _PER_QUERY]
        )
        for station in stations:
            one = own[station.pk]
            one.station, one.outcome, one.is_written = station, ADDED, True
            one.changes, one.faults = sorted(one.line.station), []


def _finish(
    row: StationImport, planned: Sequence[Planned], *, written: bool, now: datetime
) -> None:
    row.status = ImportStatus.DONE if written else ImportStatus.REFUSED
    row.report = [one.as_report() for one in planned]
    row.counts = counted(planned)
    row.rows_done, row.finished_at, row.lines = row.rows_total, now, []
    row.save(update_fields=["status", "report", "counts", "rows_done", "finished_at", "lines"])


def _all_or_nothing(
    work: _Work, planned: Sequence[Planned], row: StationImport, now: datetime
) -> bool:
    """Rows and result in one transaction: nobody finds the one without the other."""
    try:
        with atomic():
            _write_every(work, planned)
            _finish(row, planned, written=True, now=now)
    except _UndoneError:
        for one in planned:
            if one.outcome == ADDED:
                one.station = None
            if one.outcome != ERROR:
                one.outcome = SKIPPED
        return False
    return True


def _write_every(work: _Work, planned: Sequence[Planned]) -> None:
    for one in planned:
        work.write(one)
        if one.outcome == ERROR:
            raise _UndoneError


def _good_rows(work: _Work, planned: Sequence[Planned], row: StationImport, clock: Clock) -> None:
    for start in range(0, len(planned), _CHUNK):
        with atomic():
            for one in planned[start : start + _CHUNK]:
                work.write(one)
            _renew_claim(row, min(start + _CHUNK, len(planned)), clock())


def _renew_claim(row: StationImport, rows_done: int, at: datetime) -> None:
    own = StationImport.objects.filter(
        pk=row.pk, status=ImportStatus.RUNNING, claimed_at=row.claimed_at
    )
    if not own.update(rows_done=rows_done, claimed_at=at):
        raise _OvertakenError
    row.claimed_at = at


class _Work:
    """Writes rows one by one; remembers the locations that it has made."""

    def __init__(self, *, row: StationImport, now: datetime) -> None:
        self._row = row
        self._operator: Operator = row.operator
        self._actor = Actor(
            user=row.requested_by,
            api_key=row.requested_by_key,
            label=str(row.requested_by_key or row.requested_by or "import"),
        )
        self._now = now
        self._places: dict[str, Location] = {}

    def write(self, one: Planned) -> None:
        """One row in its own savepoint; what a service refuses becomes the row's fault."""
        if one.outcome not in (ADDED, UPDATED) or one.is_written:
            return
        made: dict[str, Location] = {}
        try:
            with atomic():
                location = self._location(one, made)
                if one.station is None:
                    self._add(one, location)
                else:
                    self._update(one, one.station, location)
        except UnableTo as error:
            one.outcome = ERROR
            told = error.errors or {"row": error.message}
            one.faults = [RowFault(column=n, value="", reason=text) for n, text in told.items()]
        else:
            self._places |= made

    def _location(self, one: Planned, made: dict[str, Location]) -> Location | None:
        line = one.line
        if one.location is not None:
            changes: Any = location_changes(line, one.location)
            if changes:
                update_location(
                    location=one.location, changes=changes, actor=self._actor, now=self._now
                )
            return one.location
        if not line.location:
            return None
        key = place_of(line)
        if key not in self._places:
            values: Any = location_values(one.place or line)
            made[key] = add_location(
                operator=self._operator, actor=self._actor, now=self._now, **values
            )
        return made.get(key) or self._places[key]

    def _add(self, one: Planned, location: Location | None) -> None:
        if location is None:
            raise UnableToImport("A location is needed.", errors={"location_name": "Needed."})
        told = dict(one.line.station)
        extra: Any = {n: told.pop(n) for n in ("vendor", "model", "serial_number") if n in told}
        added = add_station(
            operator=self._operator,
            location=location,
            evses=[_evse(evse) for evse in one.line.evses or DEFAULT_EVSES],
            actor=self._actor,
            now=self._now,
            station_id=station_id_of(self._row, one.line),
            **told,  # type: ignore[arg-type]  # texts by their names
        )
        if extra:
            update_station(station=added.station, changes=extra, actor=self._actor, now=self._now)
        self._set_key(one, added.station)
        begin_commissioning(
            station=added.station,
            vendor=extra.get("vendor", ""),
            model=extra.get("model", ""),
            evses=len(one.line.evses),
            now=self._now,
        )
        one.station = added.station

    def _update(self, one: Planned, station: ChargingStation, location: Location | None) -> None:
        changes: Any = {n: v for n, v in one.line.station.items() if n != "identity"}
        if location is not None:
            changes["location"] = location
        update_station(station=station, changes=changes, actor=self._actor, now=self._now)
        self._set_key(one, station)

    def _set_key(self, one: Planned, station: ChargingStation) -> None:
        """A typed key came as its fingerprint: that is all that is stored of any key."""
        fingerprint = one.line.key_hash
        if not fingerprint or fingerprint == station.key_hash:
            return
        station.key_hash, station.key_set_at = fingerprint, self._now
        station.pending_key_hash, station.pending_key_set_at = "", None
        station.save(
            update_fields=["key_hash", "key_set_at", "pending_key_hash", "pending_key_set_at"]
        )
        audit.record(
            operator=self._operator,
            actor=self._actor,
            action="station.key_typed",
            obj=station,
            changes={"key": "typed key"},
            now=self._now,
        )


def _evse(told: EvseLine) -> NewEvse:
    return NewEvse(
        current_type=CurrentType(told["current_type"]),
        max_power_w=told["max_power_w"],
        connectors=tuple(ConnectorType(plug) for plug in told["connectors"]),
    )
