"""What assigning a tariff does to the cells that are there: what is new, cut, split or deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from tariffs.models import Tariff, TariffAssignment, TariffGroup
from tariffs.resolution import Place
from tariffs.selectors.resolution import place_of
from tariffs.services.places import Named, chunks
from tariffs.validity import Span

CellKey = tuple[UUID, Place, Any]
_NAMED_PLACES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be in each of the cells.

    Attributes:
        tariff: None: no charging.
        span: as asked for; without a start it begins now where something was before.
    """

    groups: Sequence[TariffGroup]
    places: Sequence[Named]
    tariff: Tariff | None
    current_type: str
    span: Span
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """An assignment that is in the way, and what of it is left."""

    row: TariffAssignment
    rest: Sequence[Span]

    def cut(self) -> tuple[str, datetime | None]:
        """Which end of the row moves, and where to, when something is left."""
        first = self.rest[0]
        if first.start == self.row.valid_from:
            return "valid_until", first.end
        return "valid_from", first.start


@dataclass(slots=True)
class Plan:
    """What is to be written.

    Attributes:
        rows: for each cell the assignment that holds there: new (also in `created`) or as it is.
        tails: copies of assignments that go on after a stretch in their midst was taken.
    """

    rows: list[TariffAssignment] = field(default_factory=list)
    created: list[TariffAssignment] = field(default_factory=list)
    replaced: list[Replaced] = field(default_factory=list)
    tails: list[TariffAssignment] = field(default_factory=list)

    def write(self) -> None:
        """A few queries, however many cells: whole lists are created, deleted and cut."""
        gone = [one.row.pk for one in self.replaced if not one.rest]
        cuts: dict[tuple[str, datetime | None], list[UUID]] = defaultdict(list)
        for one in self.replaced:
            if one.rest:
                cuts[one.cut()].append(one.row.pk)
        rows = TariffAssignment.objects.all()
        for keys in chunks(gone):
            rows.filter(pk__in=keys).delete()
        for (name, value), cut in cuts.items():
            for keys in chunks(cut):
                rows.filter(pk__in=keys).update(**{name: value})
        TariffAssignment.objects.bulk_create([*self.created, *self.tails], batch_size=1_000)


def span_of(row: TariffAssignment) -> Span:
    """When an assignment holds."""
    return Span(row.valid_from, row.valid_until)


def make_plan(wanted: Wanted) -> Plan:
    """What assigning would do. One query, however many cells."""
    existing = _existing(wanted)
    plan = Plan()
    for group in wanted.groups:
        for place in wanted.places:
            _plan_cell(plan, wanted, group, place, existing.get((group.pk, *place.key), ()))
    return plan


def _plan_cell(
    plan: Plan,
    wanted: Wanted,
    group: TariffGroup,
    place: Named,
    existing: Iterable[TariffAssignment],
) -> None:
    span = _from_now(wanted, existing)
    same = [row for row in existing if _says_it(row, wanted.tariff, span)]
    if same:
        plan.rows.append(same[0])
        return
    made = _new(wanted, group, place, span)
    plan.rows.append(made)
    plan.created.append(made)
    for row in existing:
        if span_of(row).overlaps(span):
            replaced = Replaced(row=row, rest=span_of(row).without(span))
            plan.replaced.append(replaced)
            plan.tails.extend(_tail(row, rest, wanted.now) for rest in replaced.rest[1:])


def _from_now(wanted: Wanted, existing: Iterable[TariffAssignment]) -> Span:
    """Without a start it holds since ever, unless that would rewrite what has held already."""
    begun = any(row.valid_from is None or row.valid_from <= wanted.now for row in existing)
    if wanted.span.start is None and begun:
        return Span(wanted.now, wanted.span.end)
    return wanted.span


def _says_it(row: TariffAssignment, tariff: Tariff | None, span: Span) -> bool:
    return row.tariff_id == (tariff.pk if tariff else None) and span_of(row).covers(span)


def _new(wanted: Wanted, group: TariffGroup, place: Named, span: Span) -> TariffAssignment:
    return TariffAssignment(
        operator_id=group.operator_id,
        group=group,
        tariff=wanted.tariff,
        current_type=wanted.current_type,
        valid_from=span.start,
        valid_until=span.end,
        created_at=wanted.now,
        **place.fields(),
    )


def _tail(row: TariffAssignment, span: Span, now: datetime) -> TariffAssignment:
    return TariffAssignment(
        operator_id=row.operator_id,
        group=row.group,
        tariff=row.tariff,
        location_id=row.location_id,
        station_id=row.station_id,
        evse_id=row.evse_id,
        current_type=row.current_type,
        valid_from=span.start,
        valid_until=span.end,
        external_id=row.external_id,
        metadata=row.metadata,
        created_at=now,
    )


def _existing(wanted: Wanted) -> Mapping[CellKey, list[TariffAssignment]]:
    """What is in these cells at any time."""
    rows = TariffAssignment.objects.filter(
        group__in=wanted.groups, current_type=wanted.current_type
    ).select_related("group", "tariff")
    if len(wanted.places) <= _NAMED_PLACES:
        rows = rows.filter(_at(wanted.places))
    found: dict[CellKey, list[TariffAssignment]] = defaultdict(list)
    for row in rows.order_by("valid_from", "pk"):
        found[(row.group_id, *place_of(row))].append(row)
    return found


def _at(places: Sequence[Named]) -> Q:
    keys: dict[Place, set[Any]] = defaultdict(set)
    for place in places:
        keys[place.key[0]].add(place.key[1])
    condition = Q(pk__in=[])
    if Place.NETWORK in keys:
        condition |= Q(location=None, station=None, evse=None)
    for kind in (Place.LOCATION, Place.STATION, Place.EVSE):
        if kind in keys:
            condition |= Q(**{f"{kind.name.lower()}__in": keys[kind]})
    return condition
