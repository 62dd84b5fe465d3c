"""The assignment matrix: what each group pays at each place, and where that comes from.

Rows are places, columns the groups in order. Which assignment counts is decided by
`tariffs.resolution`; here it is asked for many places at once. However many places and groups
there are, a page of rows costs the same queries.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from tariffs.models import TariffAssignment, TariffGroup, TariffVersion
from tariffs.resolution import Audience, Candidate, Customer, Group, Place, decide
from tariffs.selectors.chain import valid_now_or_later
from tariffs.selectors.places import PlaceKey, Row
from tariffs.selectors.resolution import place_of
from tariffs.selectors.tariffs import versions_at

_FIELDS = {Place.LOCATION: "location", Place.STATION: "station", Place.EVSE: "evse"}
# How parts of a place name it.
_BELOW = {
    Place.LOCATION: ("station__location", "evse__station__location"),
    Place.STATION: ("evse__station",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What counts at a place for plugs of one kind.

    Attributes:
        current_type: "" when AC and DC have the same.
        assignment: None: nothing is assigned here or above, so the next group is asked.
        source: the place of the assignment.
        version: of its tariff, now; None: no charging, or nothing assigned.
    """

    current_type: str
    assignment: TariffAssignment | None
    source: PlaceKey | None
    is_own: bool
    version: TariffVersion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One group at one place.

    Attributes:
        scheduled: assignments of the place itself that begin later, soonest first.
        priceless: assignments of the place itself whose tariff has no price now, or is archived.
        exceptions: how many assignments parts of the place have of their own.
    """

    group: TariffGroup
    row: Row
    entries: Sequence[Entry]
    scheduled: Sequence[TariffAssignment]
    priceless: Sequence[TariffAssignment]
    exceptions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the cells are made from."""

    at: datetime
    by_cell: Mapping[tuple[UUID, PlaceKey], Sequence[TariffAssignment]]
    versions: Mapping[UUID, TariffVersion]
    exceptions: Mapping[tuple[UUID, PlaceKey], int]


def cells_of(
    rows: Sequence[Row], *, groups: Sequence[TariffGroup], now: datetime
) -> dict[PlaceKey, list[Cell]]:
    """The cells of each row, in the order of the groups. Four queries at most."""
    assignments = list(_assignments(rows, now))
    known = _Known(
        at=now,
        by_cell=_by_cell(assignments),
        versions=versions_at({row.tariff_id for row in assignments if row.tariff_id}, now),
        exceptions=_exceptions(rows, now),
    )
    return {row.key: [_cell(row, group, known) for group in groups] for row in rows}


def _assignments(rows: Sequence[Row], now: datetime) -> Sequence[TariffAssignment]:
    keys: dict[Place, set[object]] = defaultdict(set)
    for row in rows:
        for key in (row.key, *row.above):
            keys[key.level].add(key.id)
    covering = Q(location=None, station=None, evse=None)
    for level, field in _FIELDS.items():
        if keys[level]:
            covering |= Q(**{f"{field}__in": keys[level]})
    return list(valid_now_or_later(now).filter(covering).select_related("tariff"))


def _by_cell(
    rows: Sequence[TariffAssignment],
) -> dict[tuple[UUID, PlaceKey], list[TariffAssignment]]:
    found: dict[tuple[UUID, PlaceKey], list[TariffAssignment]] = defaultdict(list)
    for row in rows:
        found[row.group_id, PlaceKey(*place_of(row))].append(row)
    return found


def _exceptions(rows: Sequence[Row], now: datetime) -> Counter[tuple[UUID, PlaceKey]]:
    """How many assignments the parts of each place have, by group: one query a level."""
    found: Counter[tuple[UUID, PlaceKey]] = Counter()
    for level, ways in _BELOW.items():
        keys = [row.key.id for row in rows if row.key.level == level]
        if not keys:
            continue
        for way in ways:
            below = valid_now_or_later(now).filter(**{f"{way}__in": keys}).order_by()
            for counted in below.values("group", way).annotate(n=Count("pk")):
                found[counted["group"], PlaceKey(level, counted[way])] += counted["n"]
    return found


def _cell(row: Row, group: TariffGroup, known: _Known) -> Cell:
    own = known.by_cell.get((group.pk, row.key), ())
    begun = [each for each in own if each.valid_from is None or each.valid_from <= known.at]
    later = [each for each in own if each.valid_from is not None and each.valid_from > known.at]
    return Cell(
        group=group,
        row=row,
        entries=_entries(row, group, known),
        scheduled=sorted(later, key=lambda each: each.valid_from),  # type: ignore[arg-type, return-value]
        priceless=[each for each in begun if each.tariff and not _has_price(each, known)],
        exceptions=known.exceptions.get((group.pk, row.key), 0),
    )


def _has_price(assignment: TariffAssignment, known: _Known) -> bool:
    tariff = assignment.tariff
    return tariff is None or (tariff.archived_at is None and tariff.pk in known.versions)


def _entries(row: Row, group: TariffGroup, known: _Known) -> list[Entry]:
    """One entry, or one for each kind of current where they differ."""
    covering = {
        each.pk: (each, key)
        for key in (row.key, *row.above)
        for each in known.by_cell.get((group.pk, key), ())
    }
    asked = [_candidate(each, key, group, known) for each, key in covering.values()]
    found = []
    for current_type in row.current_types or ("",):
        decision = decide(asked, customer=Customer.nobody(), current_type=current_type, at=known.at)
        won = covering[decision.winner.key] if decision.winner else (None, None)
        found.append(_entry(row, won[0], won[1], current_type, known))
    is_same = len({entry.assignment and entry.assignment.pk for entry in found}) == 1
    return [replace(found[0], current_type="")] if is_same else found


def _candidate(
    assignment: TariffAssignment, key: PlaceKey, group: TariffGroup, known: _Known
) -> Candidate:
    tariff = assignment.tariff
    version = known.versions.get(tariff.pk) if tariff else None
    # Whom the group is for does not matter in its own column.
    column = Group(
        key=group.pk, name=group.name, position=group.position, audience=Audience.EVERYONE
    )
    return Candidate(
        key=assignment.pk,
        group=column,
        place=key.level,
        current_type=assignment.current_type,
        valid_from=assignment.valid_from,
        valid_until=assignment.valid_until,
        tariff=tariff.pk if tariff else None,
        archived_at=tariff.archived_at if tariff else None,
        version=version.pk if version else None,
    )


def _entry(
    row: Row,
    assignment: TariffAssignment | None,
    source: PlaceKey | None,
    current_type: str,
    known: _Known,
) -> Entry:
    tariff_id = assignment.tariff_id if assignment else None
    return Entry(
        current_type=current_type,
        assignment=assignment,
        source=source,
        is_own=source == row.key,
        version=known.versions.get(tariff_id) if tariff_id else None,
    )
