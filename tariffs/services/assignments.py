"""Assignments, the cells of the price list: which group pays which tariff where and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.transaction import atomic

from accounts.models import Operator
from accounts.services import audit
from accounts.services.audit import Actor
from chargers.models import ChargingStation, CurrentType, Evse, Location
from tariffs.exceptions import UnableToAssignTariff
from tariffs.models import Tariff, TariffAssignment, TariffGroup
from tariffs.resolution import Place
from tariffs.selectors.currencies import MixedCurrencies, mixed_currencies
from tariffs.services.cells import Plan, Replaced, Wanted, make_plan, span_of
from tariffs.services.places import Named, Places, find_places
from tariffs.validity import Span

# More cells than these in one call are refused.
MAX_CELLS = 50_000
_NAMED_IN_AUDIT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """What was assigned, or would be.

    Attributes:
        dry_run: nothing was written.
        rows: for each cell the assignment that holds there now.
        created: those of them that are new.
        replaced: what was in the way, and what of it is left.
        warnings: what is odd now, and allowed.
    """

    dry_run: bool
    rows: Sequence[TariffAssignment]
    created: Sequence[TariffAssignment]
    replaced: Sequence[Replaced]
    warnings: Sequence[MixedCurrencies] = field(default=())

    @property
    def unchanged(self) -> int:
        """Cells that said the same before."""
        return len(self.rows) - len(self.created)


def assign(
    *,
    operator: Operator,
    group: TariffGroup,
    tariff: Tariff | None,
    location: Location | None = None,
    station: ChargingStation | None = None,
    evse: Evse | None = None,
    current_type: str = "",
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    replace: bool = False,
    actor: Actor,
    now: datetime,
) -> Assigned:
    """Let a group pay a tariff at one place; without a place in the whole network.

    Args:
        tariff: None: the group may not charge there.
        current_type: "AC" or "DC" plugs only, "" for both.
        valid_from: None: since ever, and where something was assigned before, from now on.
        valid_until: excluded; None: for ever.
        replace: what is in the way gives way; otherwise it is refused.

    Raises:
        UnableToAssignTariff: `errors` by field name; nothing was saved.
    """
    given = {"location": location, "station": station, "evse": evse}
    named = [name for name, place in given.items() if place is not None]
    if len(named) > 1:
        raise UnableToAssignTariff(errors=dict.fromkeys(named[1:], "Name one place only."))
    return assign_many(
        operator=operator,
        groups=[group],
        places=Places(
            network=not named,
            locations=[location.pk] if location else [],
            stations=[station.pk] if station else [],
            evses=[evse.pk] if evse else [],
        ),
        tariff=tariff,
        current_type=current_type,
        valid_from=valid_from,
        valid_until=valid_until,
        replace=replace,
        actor=actor,
        now=now,
    )


@atomic
def assign_many(
    *,
    operator: Operator,
    groups: Sequence[TariffGroup],
    places: Places,
    tariff: Tariff | None,
    current_type: str = "",
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    replace: bool = False,
    dry_run: bool = False,
    actor: Actor,
    now: datetime,
) -> Assigned:
    """Let many groups pay a tariff at many places, all or none; the rest as `assign`.

    Args:
        dry_run: write nothing and say what would be replaced.

    Raises:
        UnableToAssignTariff: `errors` by field name; nothing was saved.
    """
    locked = _locked(groups)
    found = find_places(operator, places)
    span = Span(valid_from, valid_until)
    errors = {
        **found.errors,
        **_group_errors(operator, locked, groups),
        **_tariff_errors(operator, tariff),
        **_current_errors(found.places, current_type),
        **_span_errors(span, now),
    }
    if not errors and len(locked) * len(found.places) > MAX_CELLS:
        errors["places"] = f"At most {MAX_CELLS:,} cells at once."
    _refuse(errors)
    wanted = Wanted(
        groups=locked,
        places=found.places,
        tariff=tariff,
        current_type=current_type,
        span=span,
        now=now,
    )
    plan = make_plan(wanted)
    if not dry_run:
        if plan.replaced and not replace:
            _refuse(_conflict(plan.replaced, plan.created, places=len(found.places)))
        plan.write()
        _audit_groups(wanted, plan, actor)
    return Assigned(
        dry_run=dry_run,
        rows=plan.rows,
        created=plan.created,
        replaced=plan.replaced,
        warnings=mixed_currencies(
            operator_id=operator.pk,
            locations=_locations(found.places),
            at=now,
            also=tariff if dry_run else None,
        ),
    )


@atomic
def change_validity(
    *,
    assignment: TariffAssignment,
    valid_from: datetime | None,
    valid_until: datetime | None,
    actor: Actor,
    now: datetime,
) -> TariffAssignment:
    """Move the beginning or the end of an assignment; unchanged input writes nothing.

    Raises:
        UnableToAssignTariff: `errors` by field name; nothing was saved.
    """
    TariffGroup.objects.select_for_update().get(pk=assignment.group_id)
    row = TariffAssignment.objects.select_related("group", "tariff").get(pk=assignment.pk)
    span = Span(valid_from, valid_until)
    _refuse(_order_errors(span))
    in_the_way = [
        Replaced(row=other, rest=()) for other in _same_cell(row) if span_of(other).overlaps(span)
    ]
    if in_the_way:
        row.valid_from, row.valid_until = valid_from, valid_until
        _refuse(_conflict(in_the_way, [row], places=1))
    values = {"valid_from": valid_from, "valid_until": valid_until}
    changes = audit.differences(row, values)
    if changes:
        row.valid_from, row.valid_until = valid_from, valid_until
        row.save(update_fields=["valid_from", "valid_until"])
        _audit(row, actor, "tariff_assignment.changed", changes, now)
    return row


@atomic
def remove(*, assignment: TariffAssignment, actor: Actor, now: datetime) -> None:
    """End an assignment now; one that has not begun is deleted.

    What has held stays known, so that a session that is reported late finds the price of its start.
    An assignment that is over already is deleted.
    """
    TariffGroup.objects.select_for_update().get(pk=assignment.group_id)
    row = TariffAssignment.objects.select_related("group", "tariff").get(pk=assignment.pk)
    span = span_of(row)
    holds = (span.start is None or span.start < now) and (span.end is None or span.end > now)
    changes = {"tariff": row.tariff and row.tariff.name, "valid_until": [row.valid_until, now]}
    _audit(row, actor, "tariff_assignment.removed", changes, now)
    if holds:
        row.valid_until = now
        row.save(update_fields=["valid_until"])
    else:
        row.delete()


def _same_cell(row: TariffAssignment) -> Iterable[TariffAssignment]:
    columns = ("group_id", "location_id", "station_id", "evse_id", "current_type")
    cell: dict[str, Any] = {name: getattr(row, name) for name in columns}
    others = TariffAssignment.objects.filter(**cell).exclude(pk=row.pk)
    return others.select_related("group", "tariff")


def _locked(groups: Sequence[TariffGroup]) -> list[TariffGroup]:
    """The groups, so that nobody else assigns to them meanwhile."""
    keys = {group.pk for group in groups}
    return list(TariffGroup.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


def _group_errors(
    operator: Operator, locked: Sequence[TariffGroup], groups: Sequence[TariffGroup]
) -> dict[str, str]:
    if not groups:
        return {"groups": "Choose at least one tariff group."}
    own = [group for group in locked if group.operator_id == operator.pk]
    if len(own) != len({group.pk for group in groups}):
        return {"groups": "One of these tariff groups does not exist."}
    return {}


def _tariff_errors(operator: Operator, tariff: Tariff | None) -> dict[str, str]:
    if tariff is None:
        return {}
    if tariff.operator_id != operator.pk:
        return {"tariff": "There is no such tariff."}
    if tariff.archived_at is not None:
        return {"tariff": f"{tariff.name} is archived."}
    return {}


def _current_errors(places: Sequence[Named], current_type: str) -> dict[str, str]:
    if current_type and current_type not in CurrentType.values:
        return {"current_type": "AC, DC, or nothing for both."}
    other = [
        one.name for one in places if current_type and one.current_type not in ("", current_type)
    ]
    return {"current_type": f"{other[0]} is no {current_type} plug."} if other else {}


def _span_errors(span: Span, now: datetime) -> dict[str, str]:
    if span.end is not None and span.end <= now:
        return {"valid_until": "The end must lie in the future."}
    return _order_errors(span)


def _order_errors(span: Span) -> dict[str, str]:
    if span.start is not None and span.end is not None and span.end <= span.start:
        return {"valid_until": "The end must come after the beginning."}
    return {}


def _conflict(
    in_the_way: Sequence[Replaced], wanted: Sequence[TariffAssignment], *, places: int
) -> dict[str, str]:
    """Two prices at the same time, by the end that would have to move."""
    first = in_the_way[0].row
    starts = [row.valid_from for row in wanted]
    begins_later = first.valid_from is not None and all(
        start is None or start < first.valid_from for start in starts
    )
    what = first.tariff.name if first.tariff else "No charging"
    text = f"{what} is assigned to {first.group.name} here already, {_when(span_of(first))}."
    if len(in_the_way) > 1 and places > 1:
        text = f"{len(in_the_way)} assignments are in the way. {text}"
    return {"valid_until" if begins_later else "valid_from": text}


def _when(span: Span) -> str:
    start = f"from {span.start:%Y-%m-%d %H:%M} UTC" if span.start else "since ever"
    return f"{start} until {span.end:%Y-%m-%d %H:%M} UTC" if span.end else start


def _locations(places: Sequence[Named]) -> set[Any] | None:
    """Locations whose prices may have changed; None: every one."""
    if any(place.key[0] is Place.NETWORK for place in places):
        return None
    return {place.location for place in places}


def _audit_groups(wanted: Wanted, plan: Plan, actor: Actor) -> None:
    """One entry for each group, however many places."""
    new = {row.group_id for row in plan.created}
    names = [place.name for place in wanted.places]
    for group in wanted.groups:
        if group.pk not in new:
            continue
        changes = {
            "tariff": wanted.tariff.name if wanted.tariff else "no charging",
            "places": names[:_NAMED_IN_AUDIT],
            "place_count": len(names),
            "current_type": wanted.current_type,
            "valid_from": wanted.span.start,
            "valid_until": wanted.span.end,
            "replaced": sum(one.row.group_id == group.pk for one in plan.replaced),
        }
        audit.record(
            operator=group.operator,
            actor=actor,
            action="tariff_group.assigned",
            obj=group,
            changes=changes,
            now=wanted.now,
        )


def _audit(
    row: TariffAssignment, actor: Actor, action: str, changes: dict[str, Any], now: datetime
) -> None:
    audit.record(
        operator=row.operator, actor=actor, action=action, obj=row, changes=changes, now=now
    )


def _refuse(errors: dict[str, str]) -> None:
    if errors:
        raise UnableToAssignTariff("The tariff cannot be assigned like this.", errors=errors)
