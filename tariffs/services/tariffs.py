"""Tariffs: added, described, duplicated, archived and brought back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.transaction import atomic

from accounts.models import Operator
from accounts.services import audit
from accounts.services.audit import Actor
from common.money import CURRENCIES
from events.outbox import publish
from tariffs.events import TariffChanged
from tariffs.exceptions import UnableToArchiveTariff, UnableToSaveTariff
from tariffs.models import Tariff, TariffAssignment, TariffVersion
from tariffs.selectors.tariffs import latest_version

_LENGTHS = {"name": 120, "description": 500, "external_id": 120}


class TariffChanges(TypedDict, total=False):
    name: str
    description: str
    external_id: str
    metadata: dict[str, Any]


@atomic
def create_tariff(
    *,
    operator: Operator,
    name: str,
    currency: str,
    description: str = "",
    external_id: str = "",
    metadata: Mapping[str, Any] | None = None,
    actor: Actor,
    now: datetime,
) -> Tariff:
    """Add a tariff without a price; `versions.add_version` gives it one.

    Args:
        currency: ISO 4217; it stays, since every version has it.

    Raises:
        UnableToSaveTariff: `errors` by field name; nothing was saved.
    """
    values = _cleaned(
        {
            "name": name,
            "description": description,
            "external_id": external_id,
            "metadata": dict(metadata or {}),
        }
    )
    errors = _errors(operator.pk, None, values)
    code = currency.strip().upper()
    if code not in CURRENCIES:
        errors["currency"] = "A currency's three-letter code, such as EUR."
    _refuse(errors)
    tariff = Tariff.objects.create(operator=operator, currency=code, created_at=now, **values)
    told = {"name": tariff.name, "currency": code}
    _note(tariff, actor, "added", told, now)
    return tariff


@atomic
def update_tariff(*, tariff: Tariff, changes: TariffChanges, actor: Actor, now: datetime) -> Tariff:
    """Rename or describe a tariff; prices change by new versions only.

    Raises:
        UnableToSaveTariff: `errors` by field name; nothing was saved.
    """
    row = Tariff.objects.select_for_update().get(pk=tariff.pk)
    values = _cleaned(changes)
    _refuse(_errors(row.operator_id, row, values))
    differences = audit.differences(row, values)
    if differences:
        for name in differences:
            setattr(row, name, values[name])
        row.save(update_fields=list(differences))
        _note(row, actor, "changed", differences, now)
    return row


@atomic
def duplicate_tariff(*, tariff: Tariff, name: str = "", actor: Actor, now: datetime) -> Tariff:
    """A tariff of its own that says what this one says now, or will say next, from `now` on.

    Its assignments, and what an import kept beside the price, are not copied.

    Args:
        name: of the copy; "": made from the old one.

    Raises:
        UnableToSaveTariff: `errors` by field name; nothing was saved.
    """
    copy = create_tariff(
        operator=tariff.operator,
        name=name.strip() or _name_of_copy(tariff),
        currency=tariff.currency,
        description=tariff.description,
        actor=actor,
        now=now,
    )
    version = latest_version(tariff, at=now)
    if version is not None:
        TariffVersion.objects.create(
            operator=tariff.operator,
            tariff=copy,
            number=1,
            terms=version.terms,
            valid_from=now,
            max_energy_wh=version.max_energy_wh,
            max_duration_s=version.max_duration_s,
            max_amount_minor=version.max_amount_minor,
            note=version.note,
            created_by=actor.user,
            created_at=now,
        )
    return copy


def _name_of_copy(tariff: Tariff) -> str:
    """`Night (copy)`, `Night (copy 2)`: the first that is free."""
    stem = tariff.name[: _LENGTHS["name"] - 12]
    alike = Tariff.objects.filter(operator_id=tariff.operator_id, name__startswith=stem)
    names = set(alike.values_list("name", flat=True))
    number = 1
    while (name := f"{stem} (copy{f' {number}' if number > 1 else ''})") in names:
        number += 1
    return name


@atomic
def archive_tariff(*, tariff: Tariff, unassign: bool = False, actor: Actor, now: datetime) -> int:
    """Offer a tariff no more. Running sessions keep the version that they pinned.

    Args:
        unassign: end the cells of the price list that use it; otherwise they are a refusal.

    Returns:
        How many assignments were ended.

    Raises:
        UnableToArchiveTariff: it is assigned (`assignments` says how often), or archived already.
    """
    row = Tariff.objects.select_for_update().get(pk=tariff.pk)
    if row.archived_at is not None:
        raise UnableToArchiveTariff(f"{row.name} is archived already.")
    cells = _in_use(row, now)
    count = cells.count()
    if count and not unassign:
        raise UnableToArchiveTariff(
            f"{row.name} is assigned in {_places(count)}. Archive it with its assignments to "
            "end them.",
            assignments=count,
        )
    _end(cells, now)
    row.archived_at = now
    row.save(update_fields=["archived_at"])
    _note(row, actor, "archived", {"assignments_ended": count}, now)
    return count


def _places(count: int) -> str:
    return "1 place" if count == 1 else f"{count} places"


def _in_use(tariff: Tariff, now: datetime) -> QuerySet[TariffAssignment]:
    rows = TariffAssignment.objects.filter(tariff=tariff)
    return rows.filter(Q(valid_until=None) | Q(valid_until__gt=now))


def _end(cells: QuerySet[TariffAssignment], now: datetime) -> None:
    """What has not begun goes; what holds ends now and stays as history."""
    cells.filter(valid_from__gte=now).delete()
    cells.filter(Q(valid_until=None) | Q(valid_until__gt=now)).update(valid_until=now)


@atomic
def restore_tariff(*, tariff: Tariff, actor: Actor, now: datetime) -> Tariff:
    """Bring an archived tariff back; it is assigned nowhere.

    Raises:
        UnableToArchiveTariff: it is not archived, or another tariff has its name by now.
    """
    row = Tariff.objects.select_for_update().get(pk=tariff.pk)
    if row.archived_at is None:
        raise UnableToArchiveTariff(f"{row.name} is not archived.")
    if _is_taken(row.operator_id, row, row.name):
        raise UnableToArchiveTariff(
            f"Another tariff is called {row.name} by now. Rename one of them first."
        )
    row.archived_at = None
    row.save(update_fields=["archived_at"])
    _note(row, actor, "restored", {}, now)
    return row


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.replace("\x00", "").strip() if isinstance(value, str) else value
        for name, value in values.items()
    }


def _errors(operator_id: UUID, tariff: Tariff | None, values: Mapping[str, Any]) -> dict[str, str]:
    errors = {
        field: f"At most {limit} characters."
        for field, limit in _LENGTHS.items()
        if len(values.get(field, "")) > limit
    }
    is_offered = tariff is None or tariff.archived_at is None
    if values.get("name") == "":
        errors["name"] = "Give it a name."
    elif "name" in values and is_offered and _is_taken(operator_id, tariff, values["name"]):
        errors["name"] = "Another tariff has this name."
    return errors


def _is_taken(operator_id: UUID, tariff: Tariff | None, name: str) -> bool:
    same = Tariff.objects.filter(operator_id=operator_id, name=name, archived_at=None)
    return (same.exclude(pk=tariff.pk) if tariff is not None else same).exists()


def _refuse(errors: Mapping[str, str]) -> None:
    if errors:
        raise UnableToSaveTariff("The tariff cannot be saved.", errors=errors)


def _note(
    tariff: Tariff, actor: Actor, change: str, told: Mapping[str, Any], now: datetime
) -> None:
    """Audit entry and event of one change."""
    audit.record(
        operator=tariff.operator,
        actor=actor,
        action=f"tariff.{change}",
        obj=tariff,
        changes=told,
        now=now,
    )
    event = TariffChanged(operator_id=tariff.operator_id, subject_id=tariff.pk, change=change)
    publish(event, now=now)
