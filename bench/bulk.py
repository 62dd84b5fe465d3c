"""Rows by the million: INSERT … SELECT with every column that a model has."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

# A UUIDv7 of an instant and a number: keys lie in the order of time, as the product's own do.
UUID7 = """
    (lpad(to_hex((extract(epoch FROM {at}) * 1000)::bigint), 12, '0') || '7'
     || substr(md5(({n})::text), 1, 3) || '8' || substr(md5(({n})::text), 4, 15))::uuid
"""


def insert_select(
    model: type[models.Model], source: str, columns: Mapping[str, str], *parameters: Any
) -> int:
    """Insert one row for each row of `source`.

    A model's new field needs no change here: columns that are not given get the field's own
    default, the empty string, or NULL.

    Args:
        model: whose table is filled.
        source: what stands after FROM.
        columns: SQL expression by column name; percent signs are doubled.
        parameters: of `source` and `columns`, in the order: columns, then source.

    Returns:
        The number of rows inserted.
    """
    expressions = {
        str(field.column): columns.get(str(field.column)) or _default(field)
        for field in model._meta.concrete_fields
        if field.column in columns or not isinstance(field, models.AutoField)
    }
    unknown = columns.keys() - expressions.keys()
    if unknown:
        raise ValueError(f"{model._meta.label} has no columns {sorted(unknown)}")
    names = ", ".join(f'"{name}"' for name in expressions)
    values = ", ".join(expressions.values())
    sql = f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values} FROM {source}"  # noqa: S608 -- our own text
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or ())
        return int(cursor.rowcount)


def _default(field: models.Field[Any, Any]) -> str:
    if field.null:
        return "NULL"
    if not field.has_default():
        return "''"
    value = field.get_default()
    if isinstance(field, models.JSONField):
        return f"'{json.dumps(value)}'::jsonb"
    if isinstance(value, bool | int):
        return str(value)
    return f"'{value}'"


@contextmanager
def fast_load(*tables: type[models.Model]) -> Iterator[None]:
    """Without foreign-key checks, and with the secondary indexes built once at the end."""
    dropped: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
        for model in tables:
            for name, definition in _secondary_indexes(model._meta.db_table):
                cursor.execute(f'DROP INDEX "{name}"')
                dropped.append(definition)
    yield
    with connection.cursor() as cursor:
        for definition in dropped:
            cursor.execute(definition)
        cursor.execute("SET session_replication_role = DEFAULT")


def _secondary_indexes(table: str) -> list[tuple[str, str]]:
    sql = """
        SELECT c.relname, pg_get_indexdef(i.indexrelid)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = %s::regclass AND NOT i.indisunique
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [table])
        return list(cursor.fetchall())
