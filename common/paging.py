"""Keyset paging: the cursor is the sort key of the last row, so page 10,000 costs as page 1."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

_M = TypeVar("_M", bound=models.Model)
_MAX_CURSOR_LENGTH = 500


class InvalidCursorError(ValueError):
    """The cursor was not made by us, or for another list."""


@dataclass(frozen=True, slots=True)
class Page(Generic[_M]):
    """One page; `next_cursor` is None on the last."""

    rows: Sequence[_M]
    next_cursor: str | None


def keyset_page(
    rows: models.QuerySet[_M], *, order: Sequence[str], cursor: str | None, limit: int
) -> Page[_M]:
    """The page after `cursor` (the first without one).

    Args:
        rows: any filtered queryset; its ordering is replaced.
        order: model fields that are never null, "-" for descending; the last one is unique.
        cursor: `Page.next_cursor` of the page before.
        limit: rows per page.

    Raises:
        InvalidCursorError: the cursor cannot be read.
    """
    if cursor:
        rows = rows.filter(_after(order, _decode(rows.model, order, cursor)))
    found = list(rows.order_by(*order)[: limit + 1])
    more = len(found) > limit
    page = found[:limit]
    return Page(page, _encode(page[-1], order) if more else None)


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """(a, b, …) lies behind the values: a < x, or a = x and b < y, and so on."""
    condition = Q()
    equal = Q()
    for field, value in zip(order, values, strict=True):
        name = field.removeprefix("-")
        beyond = f"{name}__lt" if field.startswith("-") else f"{name}__gt"
        condition |= equal & Q((beyond, value))
        equal &= Q((name, value))
    first = order[0].removeprefix("-")
    # Says the same again in a form that an index can start from.
    start = f"{first}__lte" if order[0].startswith("-") else f"{first}__gte"
    return Q((start, values[0])) & condition


def _encode(row: models.Model, order: Sequence[str]) -> str:
    values = [getattr(row, field.removeprefix("-")) for field in order]
    text = json.dumps(values, cls=_Encoder, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


class _Encoder(DjangoJSONEncoder):
    """Keeps microseconds, which Django's encoder cuts to milliseconds."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def _decode(model: type[models.Model], order: Sequence[str], cursor: str) -> list[Any]:
    try:
        values = _values(cursor)
        fields = [model._meta.get_field(name.removeprefix("-")) for name in order]
        return [
            field.to_python(value)  # type: ignore[union-attr]
            for field, value in zip(fields, values, strict=True)
        ]
    except (ValueError, TypeError, ValidationError, binascii.Error, RecursionError) as error:
        raise InvalidCursorError("This cursor is not valid for this list.") from error


def _values(cursor: str) -> list[Any]:
    if len(cursor) > _MAX_CURSOR_LENGTH:
        raise ValueError("too long")
    padded = cursor + "=" * (-len(cursor) % 4)
    values = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
    if not isinstance(values, list) or any(
        value is None or isinstance(value, list | dict) for value in values
    ):
        raise TypeError("not a list of plain values")
    return values
