"""Tenant scope: every tenant-owned row carries its operator and no query runs without a scope.

`with operator_scope(operator.pk): ...` limits reads and writes to one operator,
`with system_scope("reason"): ...` is the explicit way to work across operators (ingest, sweeps,
the installation's own admin). Without a scope, managers raise `NoScopeError`.

The filter is bound when a queryset is *created*; a stream that outlives the request is therefore
wrapped in `iterate_in_scope` or `aiterate_in_scope`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models.query import RawQuerySet


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
_T = TypeVar("_T")
_OPERATOR_FIELDS = {"operator", "operator_id"}


class ScopedQuerySet(models.QuerySet[_M]):
    """A queryset whose writes are checked against the active scope."""

    def bulk_create(self, objs: Iterable[_M], *args: Any, **kwargs: Any) -> list[_M]:
        rows = list(objs)
        check_writable(rows)
        _refuse_foreign_upsert(kwargs)
        return super().bulk_create(rows, *args, **kwargs)

    async def abulk_create(self, objs: Iterable[_M], *args: Any, **kwargs: Any) -> list[_M]:
        rows = list(objs)
        check_writable(rows)
        _refuse_foreign_upsert(kwargs)
        return await super().abulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Iterable[_M], *args: Any, **kwargs: Any) -> int:
        rows = list(objs)
        check_writable(rows)
        return super().bulk_update(rows, *args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        _refuse_operator_change(kwargs)
        return super().update(**kwargs)

    def raw(self, *args: Any, **kwargs: Any) -> RawQuerySet[Any]:
        """Hand-written SQL cannot be filtered, so it needs the scope of the whole installation."""
        if current_scope().operator_id is not None:
            raise ForeignTenantError("raw() sees every operator: enter system_scope() for it")
        return super().raw(*args, **kwargs)


def _refuse_operator_change(values: dict[str, Any]) -> None:
    if current_scope().operator_id is not None and _OPERATOR_FIELDS & values.keys():
        raise ForeignTenantError("a row cannot be moved to another operator")


def _refuse_foreign_upsert(options: dict[str, Any]) -> None:
    """ON CONFLICT DO UPDATE writes to whichever row is in the way, also to another operator's."""
    if current_scope().operator_id is None or not options.get("update_conflicts"):
        return
    if not _OPERATOR_FIELDS & set(options.get("unique_fields") or ()):
        raise ForeignTenantError("an upsert needs the operator among its unique_fields")


def check_writable(rows: Sequence[models.Model]) -> None:
    """Refuse rows that do not belong to the active scope, or that point to another operator's.

    Only related objects which are loaded are looked at (no query); a service that is given a bare
    id looks it up through the scoped manager first.

    Raises:
        NoScopeError: no scope is active.
        ForeignTenantError: a row, or an object it refers to, carries another operator.
    """
    operator_id = current_scope().operator_id
    if operator_id is None:
        return
    for row in rows:
        if getattr(row, "operator_id", None) != operator_id:
            raise ForeignTenantError(f"{row._meta.label} belongs to another operator")
        for related in row._state.fields_cache.values():
            if isinstance(related, TenantModel) and _operator_of(related) != operator_id:
                raise ForeignTenantError(f"{row._meta.label} refers to another operator's row")


def _operator_of(row: models.Model) -> UUID | None:
    operator_id: UUID | None = getattr(row, "operator_id", None)
    return operator_id


class ScopedManager(models.Manager[_M]):
    """The default and the base manager of tenant-owned models.

    Every manager method goes through `get_queryset`, so `exists`, `aexists`, `async for`,
    related managers and foreign-key look-ups are filtered, too (it is Meta.base_manager_name).
    Not filtered are joins written from a global model (`Operator`, `User`): count and aggregate
    tenant-owned rows from their own side.
    """

    queryset_class: type[ScopedQuerySet[Any]] = ScopedQuerySet

    def get_queryset(self) -> ScopedQuerySet[_M]:
        operator_id = current_scope().operator_id
        rows: ScopedQuerySet[_M] = self.queryset_class(self.model, using=self._db)
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

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        check_writable([self])
        super().save_base(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        check_writable([self])
        # Django deletes by key alone: an instance made up with our operator and a foreign key
        # must not reach the foreign row.
        if (
            current_scope().operator_id is not None
            and not type(self)._base_manager.filter(pk=self.pk).exists()
        ):
            raise ForeignTenantError(f"{self._meta.label} belongs to another operator")
        return super().delete(*args, **kwargs)


def iterate_in_scope(scope: Scope, make: Callable[[], Iterator[_T]]) -> Iterator[_T]:
    """Run a generator inside `scope` without leaking the scope to whoever iterates it.

    A plain generator with its own `with operator_scope(...)` would leave the scope active in its
    caller between two items. Streaming responses outlive the request's scope, so they use this.
    """
    with _entered(scope):
        items = iter(make())
    while True:
        with _entered(scope):
            try:
                item = next(items)
            except StopIteration:
                return
        yield item


async def aiterate_in_scope(
    scope: Scope, make: Callable[[], AsyncIterator[_T]]
) -> AsyncIterator[_T]:
    """`iterate_in_scope` for asynchronous generators (server-sent events)."""
    with _entered(scope):
        items = make()
    try:
        while True:
            with _entered(scope):
                try:
                    item = await anext(items)
                except StopAsyncIteration:
                    return
            yield item
    finally:
        close = getattr(items, "aclose", None)
        if close is not None:
            with _entered(scope):
                await close()
