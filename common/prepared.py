"""Queries that are built and compiled once and then run with ever new values.

Most of what a small query costs is Django putting it together: 0.4 to 0.6 ms of CPU, where the
database needs a third of it. The few statements that every session of every station repeats are
therefore written as ordinary querysets with `Param` in place of values:

    _BY_NUMBER = Prepared(
        lambda: Evse.objects.filter(
            station_id=Param("station_id", UUIDField()), number=Param("number", IntegerField())
        )
    )
    evse = _BY_NUMBER.first(station_id=station.station_id, number=1)

What is kept holds no tenant filter of a manager, so it serves the scope of the whole installation
(the ingest) only; in the scope of one operator the queryset is built anew, filtered as ever.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import AutoField, Expression, Field, Model, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery, UpdateQuery

from common.tenancy import check_writable, current_scope

_R = TypeVar("_R")


class Param(Expression):
    """A value that is given when the query runs.

    Attributes:
        name: of the keyword argument that brings it.
        output_field: how the value is written for the database.
    """

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:  # noqa: ARG002
        return "%s", [self]

    def adapted(self, values: dict[str, Any]) -> Any:
        return self.output_field.get_db_prep_value(values[self.name], connection, prepared=False)


class Prepared(Generic[_R]):
    """A read: `build` makes the queryset at its first run in a thread.

    `select_for_update` holds as usual: the caller runs it inside `atomic`.
    """

    def __init__(self, build: Callable[[], QuerySet[Any, _R]]) -> None:
        self._build = build
        self._compiled = threading.local()

    def all(self, **values: Any) -> list[_R]:
        """Every row, in the order of the queryset.

        Raises:
            KeyError: a value is missing.
        """
        rows, run = self._rows()
        run(values)
        return list(rows._iterable_class(rows))

    def first(self, **values: Any) -> _R | None:
        """The first row; the queryset itself limits to one where there may be more."""
        return next(iter(self.all(**values)), None)

    def _rows(self) -> tuple[Any, Callable[[dict[str, Any]], None]]:
        if current_scope().operator_id is not None:
            return _compiled(self._build())
        found: tuple[Any, Callable[[dict[str, Any]], None]] | None
        found = getattr(self._compiled, "rows", None)
        if found is None:
            found = self._compiled.rows = _compiled(self._build())
        return found


def _compiled(rows: Any) -> tuple[Any, Callable[[dict[str, Any]], None]]:
    """A queryset that reuses one compiler, and how to give that compiler its next values."""
    compiler = rows.query.get_compiler(using=rows.db)
    sql, params = compiler.as_sql()

    def run(values: dict[str, Any]) -> None:
        filled = _filled(params, values)
        compiler.as_sql = lambda *_args, **_kwargs: (sql, filled)

    rows.query.get_compiler = lambda *_args, **_kwargs: compiler
    return rows, run


class PreparedUpdate:
    """A write: the rows that `build` finds get the values of `fields`, Params or constants."""

    def __init__(
        self, build: Callable[[], QuerySet[Any]], fields: Callable[[], dict[str, Any]]
    ) -> None:
        self._build = build
        self._fields = fields
        self._compiled = threading.local()

    def run(self, **values: Any) -> int:
        """Returns how many rows were changed.

        Raises:
            KeyError: a value is missing.
        """
        sql, params = self._statement()
        with connection.cursor() as cursor:
            cursor.execute(sql, _filled(params, values))
            return int(cursor.rowcount)

    def _statement(self) -> tuple[str, tuple[Any, ...]]:
        if current_scope().operator_id is not None:
            return self._compile()
        found: tuple[str, tuple[Any, ...]] | None = getattr(self._compiled, "statement", None)
        if found is None:
            found = self._compiled.statement = self._compile()
        return found

    def _compile(self) -> tuple[str, tuple[Any, ...]]:
        rows = self._build()
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values(self._fields())
        statement: tuple[str, tuple[Any, ...]] = query.get_compiler(using=rows.db).as_sql()
        return statement


def update_of(model: type[Model], *names: str) -> PreparedUpdate:
    """`UPDATE model SET names WHERE pk`: the values are named by the fields' attnames, and `pk`."""
    fields: dict[str, Any] = {name: model._meta.get_field(name) for name in names}
    return PreparedUpdate(
        lambda: model._default_manager.filter(pk=Param("pk", model._meta.pk)),
        lambda: {name: Param(field.attname, _plain(field)) for name, field in fields.items()},
    )


class PreparedInsert:
    """A new row: every column but the key that the database gives out.

    Only for models whose fields do nothing of their own when a row is saved.

    Args:
        ignore_conflicts: a row that a unique constraint refuses is left out without an error.
    """

    def __init__(self, model: type[Model], *, ignore_conflicts: bool = False) -> None:
        self._model = model
        self._on_conflict = OnConflict.IGNORE if ignore_conflicts else None
        self._compiled = threading.local()

    def run(self, row: Model) -> None:
        """Insert an unsaved row; its key is not read back."""
        check_writable([row])
        sql, params = self._statement()
        with connection.cursor() as cursor:
            cursor.execute(sql, _filled(params, vars(row)))

    def _statement(self) -> tuple[str, tuple[Any, ...]]:
        found: tuple[str, tuple[Any, ...]] | None = getattr(self._compiled, "statement", None)
        if found is None:
            found = self._compiled.statement = self._compile()
        return found

    def _compile(self) -> tuple[str, tuple[Any, ...]]:
        fields: list[Any] = [
            field for field in self._model._meta.concrete_fields if not isinstance(field, AutoField)
        ]
        params = {field.attname: Param(field.attname, _plain(field)) for field in fields}
        query = InsertQuery(self._model, on_conflict=self._on_conflict)
        query.insert_values(fields, [self._model(**params)])
        ((sql, values),) = query.get_compiler(connection=connection).as_sql()
        return sql, values


def save_fields(update: PreparedUpdate, row: Any) -> int:
    """Write the fields of `update_of` from a row."""
    return update.run(pk=row.pk, **vars(row))


def _plain(field: Any) -> Any:
    """A foreign key is written as the key it holds."""
    return field.target_field if field.is_relation else field


def _filled(params: tuple[Any, ...], values: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(param.adapted(values) if isinstance(param, Param) else param for param in params)
