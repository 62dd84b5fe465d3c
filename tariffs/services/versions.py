"""Versions of a tariff: added for now or later, withdrawn before they begin, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Max
from django.db.transaction import atomic
from django.utils import timezone

from accounts.services import audit
from accounts.services.audit import Actor
from events.outbox import publish
from tariffs.events import TariffChanged
from tariffs.exceptions import UnableToSaveVersion, UnableToWithdrawVersion
from tariffs.models import Tariff, TariffVersion
from tariffs.pricing.document import dump_terms
from tariffs.pricing.faults import Fault
from tariffs.services.terms import Checked, check_terms

_NOTE_LENGTH = 200
# Columns of the database; far beyond any session.
_LARGEST = {
    "max_energy_wh": 2**31 - 1,
    "max_duration_s": 2**31 - 1,
    "max_amount_minor": 2**63 - 1,
}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Where a session is stopped; None: no limit. The amount is gross, in minor units."""

    max_energy_wh: int | None = None
    max_duration_s: int | None = None
    max_amount_minor: int | None = None


NO_LIMITS = Limits()


class AddedVersion(NamedTuple):
    """`warnings` are what a person should look at; the version is kept all the same."""

    version: TariffVersion
    warnings: tuple[Fault, ...]


@atomic
def add_version(
    *,
    tariff: Tariff,
    terms: Mapping[str, Any],
    valid_from: datetime | None = None,
    limits: Limits = NO_LIMITS,
    note: str = "",
    actor: Actor,
    now: datetime,
) -> AddedVersion:
    """Say what a tariff costs from an instant on.

    Sessions that run keep the version they have pinned.

    Args:
        terms: a document as `tariffs.pricing.document` writes it.
        valid_from: aware, not past; None: from now on.

    Raises:
        UnableToSaveVersion: `errors` by field name, those of the document as
            `terms.<field of the document>`; nothing was saved.
    """
    row = Tariff.objects.select_for_update().get(pk=tariff.pk)
    if row.archived_at is not None:
        raise UnableToSaveVersion(f"{row.name} is archived. Restore it first.")
    begin = valid_from or now
    text = note.replace("\x00", "").strip()
    checked = check_terms(terms, currency=row.currency)
    errors = {
        **{f"terms.{field}": message for field, message in checked.errors.items()},
        **_begin_errors(row, begin, now),
        **_limit_errors(limits),
    }
    if len(text) > _NOTE_LENGTH:
        errors["note"] = f"At most {_NOTE_LENGTH} characters."
    if errors:
        raise UnableToSaveVersion("The version cannot be saved.", errors=errors)
    version = TariffVersion.objects.create(
        operator=row.operator,
        tariff=row,
        number=_next_number(row),
        terms=_document(checked),
        valid_from=begin,
        note=text,
        created_by=actor.user,
        created_at=now,
        **asdict(limits),
    )
    _note(version, actor, "version_added", _told(version), now)
    return AddedVersion(version, checked.warnings)


def _document(checked: Checked) -> Any:
    """Written anew from what was read, so that every stored document has one form."""
    if checked.terms is None:
        raise TypeError("a document that cannot be read has errors")
    return dump_terms(checked.terms)


def _begin_errors(tariff: Tariff, begin: datetime, now: datetime) -> dict[str, str]:
    if timezone.is_naive(begin):
        return {"valid_from": "Name the instant with its offset from UTC."}
    if begin < now:
        return {"valid_from": "A new version begins now or later, not in the past."}
    if tariff.versions.filter(valid_from=begin, withdrawn_at=None).exists():
        return {"valid_from": "Another version begins at this instant. Withdraw it first."}
    return {}


def _limit_errors(limits: Limits) -> dict[str, str]:
    errors = {}
    for name, value in asdict(limits).items():
        if value is not None and value < 1:
            errors[name] = "More than nothing, or leave it empty for no limit."
        elif value is not None and value > _LARGEST[name]:
            errors[name] = "This is too large."
    return errors


def _next_number(tariff: Tariff) -> int:
    last: int | None = tariff.versions.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


@atomic
def withdraw_version(*, version: TariffVersion, actor: Actor, now: datetime) -> TariffVersion:
    """Take back a version that has not begun; what was valid before it goes on.

    Raises:
        UnableToWithdrawVersion: it has begun, or is withdrawn already.
    """
    row = TariffVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if row.withdrawn_at is not None:
        raise UnableToWithdrawVersion(f"Version {row.number} is withdrawn already.")
    if row.valid_from <= now:
        raise UnableToWithdrawVersion(
            f"Version {row.number} has begun. Add a new version that replaces it."
        )
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    _note(row, actor, "version_withdrawn", {"version": row.number}, now)
    return row


def _told(version: TariffVersion) -> dict[str, Any]:
    limits = {name: getattr(version, name) for name in _LARGEST}
    return {
        "version": version.number,
        "valid_from": version.valid_from.isoformat(),
        "note": version.note,
        **{name: value for name, value in limits.items() if value is not None},
    }


def _note(
    version: TariffVersion, actor: Actor, change: str, told: Mapping[str, Any], now: datetime
) -> None:
    """Audit entry and event of one change."""
    tariff = version.tariff
    audit.record(
        operator=tariff.operator,
        actor=actor,
        action=f"tariff.{change}",
        obj=tariff,
        changes=told,
        now=now,
    )
    event = TariffChanged(
        operator_id=tariff.operator_id,
        subject_id=tariff.pk,
        change=change,
        version=version.number,
    )
    publish(event, now=now)
