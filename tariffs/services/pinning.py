"""The price of a session, locked at its start: what the driver saw, else what holds there then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.transaction import atomic

from chargers.domain.review import Finding, Oddity, needs_person, without
from chargers.events import TransactionStarted
from chargers.models import Transaction
from chargers.services.transactions.closing import locked
from chargers.services.transactions.flags import FLAG_FIELDS, flag
from common.tenancy import system_scope
from tariffs.models import PinnedTariff
from tariffs.selectors.offers import offer_of
from tariffs.selectors.resolution import (
    customer_of_transaction,
    plug_of_transaction,
    resolve_plug,
)
from tariffs.selectors.selling import selling_since

# Older ones are found when they are priced as ended.
_SWEPT = timedelta(days=7)
_PER_SWEEP = 500


@dataclass(frozen=True, slots=True)
class _Found:
    """What a session pays: fields of `PinnedTariff`, and why nothing was found."""

    fields: dict[str, Any]
    problem: str


def pin_started(event: TransactionStarted, now: datetime) -> None:
    """Lock the price of a session that has begun. One query where nothing is sold."""
    if not selling_since([event.operator_id]):
        return
    row = _with_place(Transaction.objects.filter(pk=event.subject_id)).first()
    if row is not None:
        pin_tariff(transaction=row, now=now)


@atomic
def pin_tariff(
    *, transaction: Transaction, now: datetime, again: bool = False
) -> PinnedTariff | None:
    """Lock the price of a session for its corrected start. Repeating it changes nothing.

    It is resolved anew while it is not settled when start, plug or customer turn out to be other
    ones: the start may come late, the token after the plug. Where nothing is found, the session
    is flagged for review. An operator that sells nothing gets None, and nothing is flagged.

    Args:
        transaction: with its EVSE and location.
        again: look once more where nothing was found, after a person has put the tariffs right.
    """
    pin = PinnedTariff.objects.select_for_update(of=("self",)).filter(pk=transaction.pk).first()
    if pin is not None and not (_may_differ(pin, transaction) or (again and not pin.version_id)):
        return pin
    found = _find(transaction)
    if found.problem and pin is None and not _sells(transaction):
        return None
    if pin is None:
        values = {"operator_id": transaction.operator_id, "locked_at": now, **found.fields}
        pin, is_new = PinnedTariff.objects.get_or_create(transaction=transaction, defaults=values)
        if not is_new:
            return pin
    else:
        _write(pin, {"locked_at": now, **found.fields})
    _tell(transaction.pk, found.problem, now)
    return pin


def is_outdated(pin: PinnedTariff, transaction: Transaction) -> bool:
    """Whether start, plug or customer are other ones than those that it was resolved for."""
    return (pin.resolved_for, pin.resolved_from) != (
        transaction.started_at,
        _resolved_from(transaction),
    )


def pins_for_bills(
    *, transactions: Sequence[Transaction], now: datetime
) -> dict[UUID, PinnedTariff]:
    """The locked prices of ended sessions, settled from now on: they are about to be priced.

    What is missing or outdated is locked first. Two queries if nothing is, one once they are settled.

    Args:
        transactions: with their EVSEs and locations.
    """
    pins = _pins(row.pk for row in transactions)
    for row in transactions:
        pin = pins.get(row.pk)
        if pin is None or _may_differ(pin, row):
            pin = pin_tariff(transaction=row, now=now)
        if pin is not None:
            pins[row.pk] = pin
    open_ones = [pk for pk, pin in pins.items() if pin.settled_at is None]
    PinnedTariff.objects.filter(pk__in=open_ones).update(settled_at=now)
    return pins


def pin_missed(*, now: datetime) -> int:
    """Lock prices of sessions whose start no message told of. Returns how many."""
    with system_scope("sweep: prices of every operator's sessions"):
        return sum(
            pin_tariff(transaction=row, now=now) is not None
            for operator_id, since in selling_since().items()
            for row in _missed(operator_id, max(since, now - _SWEPT))
        )


def _missed(operator_id: UUID, since: datetime) -> list[Transaction]:
    rows = Transaction.objects.filter(
        operator_id=operator_id, started_at__gte=since, pinned_tariff=None
    )
    return list(_with_place(rows).order_by("started_at")[:_PER_SWEEP])


def _with_place(rows: QuerySet[Transaction]) -> QuerySet[Transaction]:
    return rows.select_related("evse", "location")


def _pins(transaction_ids: Iterable[UUID]) -> dict[UUID, PinnedTariff]:
    rows = PinnedTariff.objects.filter(pk__in=list(transaction_ids))
    return {pin.pk: pin for pin in rows.select_related("version__tariff")}


def _may_differ(pin: PinnedTariff, transaction: Transaction) -> bool:
    return pin.settled_at is None and is_outdated(pin, transaction)


def _resolved_from(transaction: Transaction) -> str:
    customer = transaction.driver_id or transaction.id_token_type
    return f"{transaction.evse_id or ''} {customer}"


def _find(transaction: Transaction) -> _Found:
    common = {
        "resolved_for": transaction.started_at,
        "resolved_from": _resolved_from(transaction),
        "time_zone": transaction.location.time_zone,
    }
    offer = offer_of(transaction)
    if offer is not None:
        shown = {"version": offer.version, "group_id": offer.group_id, "offer": offer}
        return _Found({**common, **shown, "explanation": offer.explanation}, "")
    found = resolve_plug(
        operator_id=transaction.operator_id,
        plug=plug_of_transaction(transaction),
        customer=customer_of_transaction(transaction),
        at=transaction.started_at,
    )
    resolved = {"version": found.version, "group_id": found.group, "offer": None}
    problem = "" if found.version is not None else _problem(denied=found.denied)
    return _Found({**common, **resolved, "explanation": found.explanation()}, problem)


def _problem(*, denied: bool) -> str:
    if denied:
        return "by its tariff group, this customer may not charge here"
    return "no assignment that was valid then covers this plug and customer"


def _sells(transaction: Transaction) -> bool:
    since = selling_since([transaction.operator_id]).get(transaction.operator_id)
    return since is not None and since <= transaction.started_at


def _write(pin: PinnedTariff, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(pin, name, value)
    pin.save(update_fields=list(values))


def _tell(transaction_id: UUID, problem: str, now: datetime) -> None:
    """Flag a session without a price; one that has got its price needs nobody for it any more."""
    row = locked(transaction_id) if problem else _flagged(transaction_id)
    if row is None:
        return
    row.warnings = without(row.warnings, Oddity.NO_TARIFF)
    row.needs_review = row.needs_review and any(needs_person(w["code"]) for w in row.warnings)
    if problem:
        flag(row, [Finding(Oddity.NO_TARIFF, problem)], now=now)
    row.save(update_fields=FLAG_FIELDS)


def _flagged(transaction_id: UUID) -> Transaction | None:
    row = locked(transaction_id)
    return row if any(w["code"] == Oddity.NO_TARIFF for w in row.warnings) else None
