"""How far stations are from their templates: found on every report, and once a night for all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import atomic

from chargers import live
from chargers.domain.templates import Comparison, ItemState, Step
from chargers.events import ConfigurationDrifted, StationBooted
from chargers.exceptions import UnableToCommand
from chargers.models import (
    ChargingStation,
    ConfigurationCheck,
    ConfigurationTemplate,
    TemplateDrift,
)
from chargers.services.device_model.settings import read_values
from chargers.services.templates.looking import Against, look_at
from chargers.services.templates.matching import (
    FIELDS,
    decided_at,
    matching_stations,
    templates_of,
)
from chargers.services.templates.rollouts import start_automatically
from common.tenancy import system_scope
from events.outbox import publish

_PER_SWEEP = 500
_READ_PER_SWEEP = 25
_SPREAD_PER_SWEEP = 5
_BATCH = 500
_NAMED = 5
# A look that never ended is repeated after this long.
_LEASE = timedelta(minutes=2)


def check_due(*, now: datetime) -> int:
    """Find the stations of changed templates, and look at those that are due. Returns how many.

    Bounded: a few hundred stations and a few questions to stations a call.
    """
    with system_scope("sweep: configuration of every operator"):
        changed = ConfigurationTemplate.objects.filter(spread_at__lte=now).order_by("spread_at")
        for template in changed[:_SPREAD_PER_SWEEP]:
            spread(template=template, now=now)
        looked = check_some(ConfigurationCheck.objects.all(), now=now)
        _read_some(now)
        return looked


@atomic
def spread(*, template: ConfigurationTemplate, now: datetime) -> int:
    """Every station that a template is for is due to be looked at. Returns how many."""
    stations = list(matching_stations(template).order_by().values_list("pk", flat=True))
    for start in range(0, len(stations), _BATCH):
        _make_due(template.operator_id, stations[start : start + _BATCH], now)
    mine = ConfigurationTemplate.objects.filter(pk=template.pk, spread_at=template.spread_at)
    mine.update(spread_at=None)
    return len(stations)


def _make_due(operator_id: UUID, station_ids: Sequence[UUID], now: datetime) -> None:
    ConfigurationCheck.objects.bulk_create(
        [
            ConfigurationCheck(operator_id=operator_id, station_id=key, due_at=now)
            for key in station_ids
        ],
        ignore_conflicts=True,
    )
    ConfigurationCheck.objects.filter(station_id__in=station_ids).update(due_at=now)


def check_some(
    rows: QuerySet[ConfigurationCheck], *, now: datetime, limit: int = _PER_SWEEP
) -> int:
    """Look at those of the stations that are due. Returns how many.

    What a station tells meanwhile makes it due again: only our own lease is taken away.
    """
    lease = now + _LEASE
    claimed = _claim(rows, now, lease, limit)
    if not claimed:
        return 0
    stations = ChargingStation.objects.filter(pk__in=claimed).only(*FIELDS)
    _keep(list(stations), now)
    done = ConfigurationCheck.objects.filter(station_id__in=claimed)
    done.update(checked_at=now)
    done.filter(due_at=lease).update(due_at=None)
    return len(claimed)


@atomic
def _claim(
    rows: QuerySet[ConfigurationCheck], now: datetime, lease: datetime, limit: int
) -> list[UUID]:
    due = rows.filter(due_at__lte=now).order_by("due_at", "id")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    keys = list(due.values_list("station_id", flat=True)[:limit])
    ConfigurationCheck.objects.filter(station_id__in=keys).update(due_at=lease)
    return keys


@atomic
def _keep(stations: list[ChargingStation], now: datetime) -> None:
    """Write what was found: new rows, changed rows; rows of templates that match no more go."""
    found = look_at(stations)
    held = TemplateDrift.objects.filter(station_id__in=found)
    before = {(row.station_id, str(row.template_id)): row for row in held}
    fresh: list[TemplateDrift] = []
    changed: list[TemplateDrift] = []
    for station in stations:
        for against in found[station.pk]:
            row = before.pop((station.pk, against.template.key), None)
            if row is None:
                fresh.append(_written(_new(station, against, now), against, now))
            elif _differs(row, against):
                changed.append(_written(row, against, now))
    TemplateDrift.objects.bulk_create(fresh, ignore_conflicts=True)
    TemplateDrift.objects.bulk_update(changed, _FIELDS, batch_size=_BATCH)
    TemplateDrift.objects.filter(pk__in=[row.pk for row in before.values()]).delete()
    untold = [row.station_id for row in (*fresh, *changed) if row.step == Step.NOT_READ]
    ConfigurationCheck.objects.filter(station_id__in=untold).update(read_due_at=now)
    _begin_with_new(fresh, now)
    for operator_id, keys in _by_operator([*fresh, *changed, *before.values()]).items():
        live.touch(operator_id=operator_id, station_ids=keys)


def _begin_with_new(fresh: Iterable[TemplateDrift], now: datetime) -> None:
    """Stations seen for the first time get the templates that are for new ones."""
    behind: dict[UUID, list[ChargingStation]] = {}
    for row in fresh:
        if row.step in {Step.DIFFERS, Step.NOT_READ}:
            behind.setdefault(row.template_id, []).append(row.station)
    willing = ConfigurationTemplate.objects.filter(pk__in=behind, applies_to_new=True)
    for template in willing.select_related("operator"):
        since = template.new_since
        new = [each for each in behind[template.pk] if since and each.created_at >= since]
        if new:
            start_automatically(template=template, stations=new, now=now)


_FIELDS = [
    "step",
    "total",
    "differing",
    "unread",
    "items",
    "in_step_at",
    "drifted_at",
    "changed_at",
]


def _new(station: ChargingStation, against: Against, now: datetime) -> TemplateDrift:
    return TemplateDrift(
        operator_id=station.operator_id,
        station=station,
        template_id=UUID(against.template.key),
        changed_at=now,
    )


def _differs(row: TemplateDrift, against: Against) -> bool:
    return (row.step, row.total, row.items) != (
        against.step,
        len(against.values),
        against.told(),
    )


def _written(row: TemplateDrift, against: Against, now: datetime) -> TemplateDrift:
    """The row as it is now; a station that was in step and is no more is told once."""
    was_in_step = row.in_step_at is not None and row.drifted_at is None
    row.step, row.total, row.items = against.step, len(against.values), against.told()
    row.differing, row.unread = (
        against.count(ItemState.DIFFERS),
        against.count(ItemState.NOT_REPORTED),
    )
    row.changed_at = now
    if row.step == Step.DIFFERS:
        row.drifted_at = row.drifted_at or now
        if was_in_step:
            _tell(row, now)
    else:
        row.drifted_at = None
        if row.step in {Step.IN_STEP, Step.IMPOSSIBLE}:
            row.in_step_at = now
    return row


def _tell(row: TemplateDrift, now: datetime) -> None:
    name = ConfigurationTemplate.objects.filter(pk=row.template_id).values_list("name", flat=True)
    names = [each["own"] for each in row.items if each["state"] == ItemState.DIFFERS]
    event = ConfigurationDrifted(
        operator_id=row.operator_id,
        subject_id=row.station_id,
        template_id=row.template_id,
        template=name.first() or "",
        values=row.differing,
        names=", ".join(names[:_NAMED])[:200],
    )
    publish(event, now=now)


def _by_operator(rows: Iterable[TemplateDrift]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    for row in rows:
        found.setdefault(row.operator_id, []).append(row.station_id)
    return found


def _read_some(now: datetime) -> None:
    """Ask a few online stations for the values that their templates want to know."""
    rows = ConfigurationCheck.objects.filter(
        read_due_at__lte=now, station__is_online=True, station__is_enabled=True
    )
    due = list(rows.select_related("station").order_by("read_due_at", "id")[:_READ_PER_SWEEP])
    templates = templates_of(row.operator_id for row in due)
    for row in due:
        mine = ConfigurationCheck.objects.filter(pk=row.pk, read_due_at=row.read_due_at)
        if mine.update(read_due_at=None):
            decided = [
                each
                for each in decided_at(row.station, templates.get(row.operator_id, ()))
                if each.item.comparison is not Comparison.NEVER
            ]
            read_wanted(
                station=row.station,
                names=[each.own for each in decided],
                attributes=[each.item.attribute for each in decided],
                now=now,
            )


def read_wanted(
    *, station: ChargingStation, names: Sequence[str], attributes: Sequence[str], now: datetime
) -> list[UUID]:
    """Ask a station for values by its own names. Returns the commands' keys; none when it is gone."""
    kinds = tuple(dict.fromkeys(attributes))
    known = [name for name in dict.fromkeys(names) if name]
    if not known:
        return []
    try:
        sent = read_values(
            station=station,
            names=known,
            attributes=kinds if kinds != ("Actual",) else (),
            now=now,
        )
    except UnableToCommand:
        return []
    return [command.pk for command in sent]


def make_all_due(*, now: datetime) -> int:
    """Nightly: every station that a template is for is read again and looked at. Returns how many."""
    with system_scope("sweep: configuration of every operator"):
        ConfigurationTemplate.objects.filter(spread_at=None).update(spread_at=now)
        return ConfigurationCheck.objects.update(read_due_at=now)


def station_booted(event: StationBooted, now: datetime) -> None:
    """A station has said what it is: other templates may be for it. May run twice."""
    if not ConfigurationTemplate.objects.filter(operator_id=event.operator_id).exists():
        return
    if ChargingStation.objects.filter(pk=event.subject_id).exists():
        _make_due(event.operator_id, [event.subject_id], now)
