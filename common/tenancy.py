"""Tenant scope: every tenant-owned row carries its operator and no query runs without a scope.

`with operator_scope(operator.pk): ...` limits reads and writes to one operator,
`with system_scope("reason"): ...` is the explicit way to work across operators (ingest, sweeps,
the installation's own admin). Without a scope, managers raise `NoScopeError`.

The filter is bound when a queryset is *created*; a generator must therefore enter its own scope.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from uuid import UUID

from django.db import models


class NoScopeError(RuntimeError):
    """A tenant-owned table was touched without saying for which operator."""


class ForeignTenantError(RuntimeError):
    """A row of one operator was about to be written in the scope of another."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the current code may see.

    Attributes:
        operator_id: the one operator, or None for the whole installation.
        reason: why the whole installation may be seen (for the reader, not for the machine).
    """

    operator_id: UUID | None
    reason: str = ""


_current: ContextVar[Scope | None] = ContextVar("tenant_scope", default=None)


def current_scope() -> Scope:
    """The active scope.

    Raises:
        NoScopeError: none is active.
    """
    scope = _current.get()
    if scope is None:
        raise NoScopeError("no tenant scope is active: enter operator_scope() or system_scope()")
    return scope


@contextmanager
def _entered(scope: Scope) -> Iterator[Scope]:
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)


def operator_scope(operator_id: UUID) -> AbstractContextManager[Scope]:
    """Limit reads and writes to one operator."""
    return _entered(Scope(operator_id=operator_id))


def system_scope(reason: str) -> AbstractContextManager[Scope]:
    """Work across operators; `reason` says why this is right here."""
    return _entered(Scope(operator_id=None, reason=reason))


_M = TypeVar("_M", bound=models.Model)


class ScopedQuerySet(models.QuerySet[_M]):
    """A queryset whose writes are checked against the active scope."""

    def bulk_create(self, objs: Iterable[_M], *args: Any, **kwargs: Any) -> list[_M]:
        rows = list(objs)
        check_writable(rows)
        return super().bulk_create(rows, *args, **kwargs)

    async def abulk_create(self, objs: Iterable[_M], *args: Any, **kwargs: Any) -> list[_M]:
        rows = list(objs)
        check_writable(rows)
        return await super().abulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Iterable[_M], *args: Any, **kwargs: Any) -> int:
        rows = list(objs)
        check_writable(rows)
        return super().bulk_update(rows, *args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        _refuse_operator_change(kwargs)
        return super().update(**kwargs)


def _refuse_operator_change(values: dict[str, Any]) -> None:
    if current_scope().operator_id is not None and {"operator", "operator_id"} & values.keys():
        raise ForeignTenantError("a row cannot be moved to another operator")


def check_writable(rows: Sequence[models.Model]) -> None:
    """Refuse rows that do not belong to the active scope.

    Raises:
        NoScopeError: no scope is active.
        ForeignTenantError: a row carries another operator.
    """
    operator_id = current_scope().operator_id
    if operator_id is None:
        return
    for row in rows:
        if getattr(row, "operator_id", None) != operator_id:
            raise ForeignTenantError(f"{row._meta.label} belongs to another operator")


class ScopedManager(models.Manager[_M]):
    """The default and the base manager of tenant-owned models.

    Every manager method goes through `get_queryset`, so `exists`, `aexists`, `async for`,
    related managers and foreign-key look-ups are filtered, too (it is Meta.base_manager_name).
    """

    def get_queryset(self) -> ScopedQuerySet[_M]:
        operator_id = current_scope().operator_id
        rows: ScopedQuerySet[_M] = ScopedQuerySet(self.model, using=self._db)
        return rows if operator_id is None else rows.filter(operator_id=operator_id)


class TenantModel(models.Model):
    """Abstract base of tenant-owned rows; subclasses declare `operator` as a foreign key.

    The key is declared by the subclass because `common` knows no models.
    """

    objects: ScopedManager[Self] = ScopedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        check_writable([self])
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        check_writable([self])
        return super().delete(*args, **kwargs)
