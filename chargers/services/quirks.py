"""Rules on makes of stations: which apply to whom, and an operator's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from django.db.models import UUIDField
from django.db.transaction import atomic, on_commit

from accounts.models import Operator
from accounts.services import audit
from accounts.services.audit import Actor
from chargers import ports
from chargers.domain.quirk_fields import as_data, read_sets
from chargers.domain.quirks import Make, Quirks, Resolved, Rule, resolve
from chargers.exceptions import UnableToSaveQuirkRule
from chargers.models import ChargingStation, QuirkRule
from chargers.quirks.catalogue import catalogue
from chargers.services.station_fields import text
from common.prepared import Param, Prepared
from common.tenancy import system_scope

_OWN = Prepared(
    lambda: QuirkRule.objects.filter(operator_id=Param("operator_id", UUIDField())).order_by()
)
_known: ContextVar[dict[UUID, tuple[Rule, ...]] | None] = ContextVar("known_rules", default=None)
_PATTERNS = ("vendor", "model", "firmware")
_MAX_PATTERN = 50
_MAX_NOTE = 200


@contextmanager
def rules_read_once() -> Iterator[None]:
    """Inside, the rules of an operator are asked for once, however many of its stations connect."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def _own_rules(operator_id: UUID) -> tuple[Rule, ...]:
    known = _known.get()
    if known is not None and operator_id in known:
        return known[operator_id]
    own = tuple(row.as_rule() for row in _OWN.all(operator_id=operator_id))
    if known is not None:
        known[operator_id] = own
    return own


def rules_of(operator_id: UUID) -> tuple[Rule, ...]:
    """The shipped rules and the operator's own, in no particular order. One query."""
    return (*catalogue(), *_own_rules(operator_id))


def resolve_make(*, operator_id: UUID, make: Make) -> Resolved:
    """What is special about a make at this operator, and who says so. One query at most."""
    own = _own_rules(operator_id)
    return resolve((*catalogue(), *own), make) if own else _shipped(make)


@lru_cache(maxsize=1024)
def _shipped(make: Make) -> Resolved:
    """Of the few makes that a network has, thousands of stations each connect and boot."""
    return resolve(catalogue(), make)


def quirks_of_stations(station_ids: list[UUID]) -> dict[UUID, Quirks]:
    """The quirks of stations of any operator, for the sockets that hold them."""
    with system_scope("gateway: sockets of every operator"):
        rows = ChargingStation.objects.filter(pk__in=station_ids)
        makes = rows.values_list("pk", "operator_id", "vendor", "model", "firmware_version")
        rules: dict[UUID, tuple[Rule, ...]] = {}
        found = {}
        for pk, operator_id, *make in makes:
            if operator_id not in rules:
                rules[operator_id] = rules_of(operator_id)
            found[pk] = resolve(rules[operator_id], Make(*make)).quirks
        return found


@atomic
def save_quirk_rule(
    *,
    operator: Operator,
    rule: QuirkRule | None,
    vendor: str = "",
    model: str = "",
    firmware: str = "",
    sets: Mapping[str, Any],
    note: str = "",
    actor: Actor,
    now: datetime,
) -> QuirkRule:
    """Add a rule (`rule` None) or replace what one says; connected stations get it at once.

    Raises:
        UnableToSaveQuirkRule: `errors` by field name; nothing was saved.
    """
    values: dict[str, Any] = {
        "vendor": text(vendor),
        "model": text(model),
        "firmware": text(firmware),
        "note": text(note),
    }
    sets_read, errors = read_sets(sets)
    errors |= _errors(operator, rule, values)
    if not sets_read and not errors:
        errors["sets"] = "Set at least one thing that is special about this make."
    if errors:
        raise UnableToSaveQuirkRule("The rule cannot be saved.", errors=errors)
    values["sets"] = as_data(sets_read)
    if rule is None:
        row = QuirkRule.objects.create(operator=operator, created_at=now, **values)
        _audit(row, actor, "quirk_rule.added", values, now)
    else:
        row = QuirkRule.objects.select_for_update().get(pk=rule.pk)
        found = audit.differences(row, values)
        if not found:
            return row
        for name in found:
            setattr(row, name, values[name])
        row.save(update_fields=list(found))
        _audit(row, actor, "quirk_rule.changed", found, now)
    _announce(operator.pk)
    return row


@atomic
def delete_quirk_rule(*, rule: QuirkRule, actor: Actor, now: datetime) -> None:
    """Back to what the shipped catalogue says."""
    _audit(rule, actor, "quirk_rule.deleted", {"make": str(rule)}, now)
    operator_id = rule.operator_id
    rule.delete()
    _announce(operator_id)


def _errors(
    operator: Operator, rule: QuirkRule | None, values: Mapping[str, str]
) -> dict[str, str]:
    errors = {
        name: f"At most {_MAX_PATTERN} characters."
        for name in _PATTERNS
        if len(values[name]) > _MAX_PATTERN
    }
    if len(values["note"]) > _MAX_NOTE:
        errors["note"] = f"At most {_MAX_NOTE} characters."
    if not any(values[name].strip("*") for name in _PATTERNS):
        errors["vendor"] = "Name a vendor, a model or a firmware."
    elif not errors and _is_taken(operator, rule, values):
        errors["vendor"] = "There is a rule for exactly this make already."
    return errors


def _is_taken(operator: Operator, rule: QuirkRule | None, values: Mapping[str, str]) -> bool:
    same = QuirkRule.objects.filter(operator=operator, **{name: values[name] for name in _PATTERNS})
    return (same.exclude(pk=rule.pk) if rule is not None else same).exists()


def _audit(
    row: QuirkRule, actor: Actor, action: str, changes: Mapping[str, Any], now: datetime
) -> None:
    audit.record(
        operator=row.operator, actor=actor, action=action, obj=row, changes=dict(changes), now=now
    )


def _announce(operator_id: UUID) -> None:
    on_commit(partial(_tell_sockets, operator_id), robust=True)


def _tell_sockets(operator_id: UUID) -> None:
    ports.command_waker().quirks_changed(operator_id)
