"""Tariff groups, the columns of the price list: for whom, and in which order they are asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from django.db.models import Max, Q
from django.db.transaction import atomic

from accounts.models import DriverGroup, Operator
from accounts.services import audit
from accounts.services.audit import Actor
from tariffs.exceptions import UnableToDeleteTariffGroup, UnableToSaveTariffGroup
from tariffs.models import Audience, TariffAssignment, TariffGroup

_NAME_LENGTH = 120
_EXTERNAL_ID_LENGTH = 120
_PLAIN = ("name", "audience", "external_id", "metadata")


class GroupChanges(TypedDict, total=False):
    name: str
    audience: str
    driver_groups: Iterable[DriverGroup]
    external_id: str
    metadata: dict[str, Any]


@atomic
def create_group(
    *,
    operator: Operator,
    name: str,
    audience: str,
    driver_groups: Iterable[DriverGroup] = (),
    external_id: str = "",
    metadata: dict[str, Any] | None = None,
    actor: Actor,
    now: datetime,
) -> TariffGroup:
    """Add a group behind those that there are.

    Args:
        audience: a `tariffs.models.Audience`.
        driver_groups: who belongs to it, for the audience `groups`; none otherwise.

    Raises:
        UnableToSaveTariffGroup: `errors` by field name; nothing was saved.
    """
    group = TariffGroup(operator=operator, created_at=now, metadata=metadata or {})
    chosen = list(driver_groups)
    _write(group, {"name": name, "audience": audience, "external_id": external_id})
    _check(group, chosen)
    group.position = _last_position(operator) + 1
    group.save()
    group.driver_groups.set(chosen)
    changes = {"audience": audience, "driver_groups": sorted(one.name for one in chosen)}
    _audit(group, actor, "tariff_group.added", changes, now)
    return group


@atomic
def update_group(
    *, group: TariffGroup, changes: GroupChanges, actor: Actor, now: datetime
) -> TariffGroup:
    """Change the given fields; unchanged input writes nothing.

    Raises:
        UnableToSaveTariffGroup: `errors` by field name; nothing was saved.
    """
    group = TariffGroup.objects.select_for_update().get(pk=group.pk)
    members = list(group.driver_groups.order_by("name"))
    chosen = list(changes.get("driver_groups", members))
    values = _cleaned({name: changes[name] for name in _PLAIN if name in changes})  # type: ignore[literal-required]
    found: dict[str, Any] = audit.differences(group, values)
    _write(group, values)
    _check(group, chosen)
    before, after = (sorted(one.name for one in rows) for rows in (members, chosen))
    if before != after:
        found["driver_groups"] = [before, after]
    if found:
        group.save()
        group.driver_groups.set(chosen)
        _audit(group, actor, "tariff_group.changed", found, now)
    return group


@atomic
def order_groups(
    *, operator: Operator, order: Sequence[UUID], actor: Actor, now: datetime
) -> list[TariffGroup]:
    """Ask the groups in this order from now on.

    Args:
        order: the key of every group of the operator, once each.

    Raises:
        UnableToSaveTariffGroup: `groups`: one is missing, unknown or named twice.
    """
    rows = {
        row.pk: row for row in TariffGroup.objects.select_for_update().filter(operator=operator)
    }
    if sorted(order) != sorted(rows):
        raise UnableToSaveTariffGroup(errors={"groups": "Name every tariff group once."})
    before = [row.name for row in sorted(rows.values(), key=lambda row: (row.position, row.pk))]
    for position, key in enumerate(order):
        rows[key].position = position
    ordered = [rows[key] for key in order]
    after = [row.name for row in ordered]
    if before != after:
        TariffGroup.objects.bulk_update(ordered, ["position"])
        _audit(ordered[0], actor, "tariff_group.ordered", {"order": [before, after]}, now)
    return ordered


@atomic
def delete_group(
    *, group: TariffGroup, with_assignments: bool = False, actor: Actor, now: datetime
) -> None:
    """Delete a group; with its assignments only when that is said.

    Raises:
        UnableToDeleteTariffGroup: it has assignments that are not over.
    """
    group = TariffGroup.objects.select_for_update().get(pk=group.pk)
    held = TariffAssignment.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=now), group=group
    )
    count = held.count()
    if count and not with_assignments:
        raise UnableToDeleteTariffGroup(
            f"{group.name} has {count} {'assignment' if count == 1 else 'assignments'}, "
            "which would be deleted with it.",
            assignments=count,
        )
    _audit(group, actor, "tariff_group.deleted", {"assignments": count}, now)
    group.delete()


def _last_position(operator: Operator) -> int:
    rows = TariffGroup.objects.filter(operator=operator)
    last: int | None = rows.aggregate(last=Max("position"))["last"]
    return -1 if last is None else last


def _cleaned(values: dict[str, Any]) -> dict[str, Any]:
    """As people mean it: without blanks around it, without characters that no table can hold."""
    return {
        name: value.replace("\x00", "").strip() if isinstance(value, str) else value
        for name, value in values.items()
    }


def _write(group: TariffGroup, values: dict[str, Any]) -> None:
    for name, value in _cleaned(values).items():
        setattr(group, name, value)


def _check(group: TariffGroup, driver_groups: Sequence[DriverGroup]) -> None:
    errors = _name_errors(group) | _audience_errors(group, driver_groups)
    if len(group.external_id) > _EXTERNAL_ID_LENGTH:
        errors["external_id"] = f"At most {_EXTERNAL_ID_LENGTH} characters."
    if errors:
        raise UnableToSaveTariffGroup("The tariff group cannot be saved.", errors=errors)


def _name_errors(group: TariffGroup) -> dict[str, str]:
    if not group.name or len(group.name) > _NAME_LENGTH:
        return {"name": f"Give the group a name of at most {_NAME_LENGTH} characters."}
    same = TariffGroup.objects.filter(operator_id=group.operator_id, name__iexact=group.name)
    if same.exclude(pk=group.pk).exists():
        return {"name": "A tariff group of this name exists already."}
    return {}


def _audience_errors(group: TariffGroup, driver_groups: Sequence[DriverGroup]) -> dict[str, str]:
    if group.audience not in Audience.values:
        return {"audience": f"One of {', '.join(Audience.values)}."}
    if any(one.operator_id != group.operator_id for one in driver_groups):
        return {"driver_groups": "One of these groups of drivers does not exist."}
    if group.audience == Audience.GROUPS and not driver_groups:
        return {"driver_groups": "Choose at least one group of drivers."}
    if group.audience != Audience.GROUPS and driver_groups:
        return {"driver_groups": "Only a group for members of driver groups has them."}
    return {}


def _audit(
    group: TariffGroup, actor: Actor, action: str, changes: dict[str, Any], now: datetime
) -> None:
    audit.record(
        operator=group.operator, actor=actor, action=action, obj=group, changes=changes, now=now
    )
