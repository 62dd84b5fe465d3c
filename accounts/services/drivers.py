"""Drivers and their groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from django.db import transaction

from accounts.events import DriverBlocked
from accounts.exceptions import UnableToManageDriver, UnableToManageGroup
from accounts.models import Driver, DriverGroup, Operator
from accounts.services.audit import Actor, differences, record
from accounts.services.validation import row_errors
from events.outbox import publish


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverDetails:
    """What staff write down about a driver; `metadata` None leaves it as it is."""

    full_name: str
    email: str
    phone: str = ""
    notes: str = ""
    external_id: str = ""
    metadata: dict[str, Any] | None = None

    def as_fields(self) -> dict[str, Any]:
        return {
            "full_name": self.full_name.strip(),
            "email": self.email.strip().lower(),
            "phone": self.phone.strip(),
            "notes": self.notes.strip(),
            "external_id": self.external_id.strip(),
            **({} if self.metadata is None else {"metadata": self.metadata}),
        }


class GroupChanges(TypedDict, total=False):
    name: str
    external_id: str
    metadata: dict[str, Any]


@transaction.atomic
def add_driver(
    *,
    operator: Operator,
    details: DriverDetails,
    groups: Iterable[DriverGroup] = (),
    actor: Actor,
    now: datetime,
) -> Driver:
    """Add a driver without a log-in.

    Raises:
        UnableToManageDriver: a field is not acceptable, the e-mail is taken, a group is foreign.
    """
    driver = Driver(operator=operator, created_at=now, **details.as_fields())
    chosen = _own_groups(operator, groups)
    _refuse(row_errors(driver))
    driver.save()
    driver.groups.set(chosen)
    changes = {"groups": [[], [group.name for group in chosen]]} if chosen else {}
    record(
        operator=operator, actor=actor, action="driver.added", obj=driver, changes=changes, now=now
    )
    return driver


@transaction.atomic
def update_driver(
    *,
    driver: Driver,
    details: DriverDetails,
    groups: Iterable[DriverGroup],
    actor: Actor,
    now: datetime,
) -> Driver:
    """Change a driver's details and groups; unchanged input writes nothing.

    Raises:
        UnableToManageDriver: as `add_driver`.
    """
    driver = Driver.objects.select_for_update().get(pk=driver.pk)
    chosen = _own_groups(driver.operator, groups)
    fields = details.as_fields()
    changes: dict[str, Any] = differences(driver, fields)
    for name, value in fields.items():
        setattr(driver, name, value)
    _refuse(row_errors(driver))
    before = sorted(group.name for group in driver.groups.all())
    after = sorted(group.name for group in chosen)
    if before != after:
        changes["groups"] = [before, after]
    if changes:
        driver.save()
        driver.groups.set(chosen)
        record(
            operator=driver.operator,
            actor=actor,
            action="driver.updated",
            obj=driver,
            changes=changes,
            now=now,
        )
    return driver


@transaction.atomic
def block_driver(*, driver: Driver, blocked: bool, actor: Actor, now: datetime) -> Driver:
    """Refuse (or allow again) every token of a driver. Repeating it changes nothing."""
    driver = Driver.objects.select_for_update().get(pk=driver.pk)
    if driver.is_blocked != blocked:
        driver.is_blocked = blocked
        driver.save(update_fields=["is_blocked"])
        action = "driver.blocked" if blocked else "driver.unblocked"
        record(operator=driver.operator, actor=actor, action=action, obj=driver, now=now)
        event = DriverBlocked(
            operator_id=driver.operator_id, subject_id=driver.pk, is_blocked=blocked
        )
        publish(event, now=now)
    return driver


@transaction.atomic
def add_group(
    *,
    operator: Operator,
    name: str,
    kind: str = "manual",
    external_id: str = "",
    metadata: dict[str, Any] | None = None,
    actor: Actor,
    now: datetime,
) -> DriverGroup:
    """Add a group of drivers.

    Raises:
        UnableToManageGroup: the name is empty, too long or taken.
    """
    group = DriverGroup(
        operator=operator,
        name=name.strip(),
        kind=kind,
        external_id=external_id.strip(),
        metadata=metadata or {},
        created_at=now,
    )
    errors = row_errors(group)
    if errors:
        raise UnableToManageGroup(errors=errors)
    group.save()
    record(operator=operator, actor=actor, action="driver_group.added", obj=group, now=now)
    return group


@transaction.atomic
def update_group(
    *, group: DriverGroup, changes: GroupChanges, actor: Actor, now: datetime
) -> DriverGroup:
    """Change the given fields; unchanged input writes nothing.

    Raises:
        UnableToManageGroup: the name is empty, too long or taken, or another app keeps this group.
    """
    group = DriverGroup.objects.select_for_update().get(pk=group.pk)
    if group.kind != "manual" and "name" in changes:
        raise UnableToManageGroup(errors={"name": "This group is kept by the system."})
    fields = {
        name: value.strip() if isinstance(value, str) else value for name, value in changes.items()
    }
    found = differences(group, fields)
    for name, value in fields.items():
        setattr(group, name, value)
    errors = row_errors(group)
    if errors:
        raise UnableToManageGroup(errors=errors)
    if found:
        group.save(update_fields=list(found))
        record(
            operator=group.operator,
            actor=actor,
            action="driver_group.updated",
            obj=group,
            changes=found,
            now=now,
        )
    return group


def _own_groups(operator: Operator, groups: Iterable[DriverGroup]) -> list[DriverGroup]:
    """The groups as this operator's rows (memberships of a group carry no operator themselves)."""
    wanted = {group.pk for group in groups}
    own = list(DriverGroup.objects.filter(operator=operator, pk__in=wanted).order_by("name"))
    if len(own) != len(wanted):
        raise UnableToManageDriver(errors={"groups": "One of these groups does not exist."})
    return own


def _refuse(errors: dict[str, str]) -> None:
    if errors:
        raise UnableToManageDriver(errors=errors)
