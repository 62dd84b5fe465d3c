"""CSV of any length: page by page from the database to the client, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse

from common.tenancy import Scope, aiterate_in_scope

Row = Sequence[Any]
_BOM = "\ufeff"  # spreadsheets take UTF-8 for something else without it
# A cell that starts like this would be run as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: Any) -> str:
    """A value as the text of a cell; None is empty, numbers stay numbers."""
    if value is None:
        return ""
    text = str(value)
    harmless = isinstance(value, int | float | Decimal) or not text.startswith(_FORMULA_STARTS)
    return text if harmless else f"'{text}"


def csv_lines(rows: Iterable[Row]) -> str:
    """Rows as CSV text (RFC 4180)."""
    text = io.StringIO()
    csv.writer(text).writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _following(pages: Iterator[list[Row]]) -> list[Row] | None:
    return next(pages, None)


def csv_response(
    *, filename: str, header: Row, pages: Callable[[], Iterator[list[Row]]], scope: Scope
) -> StreamingHttpResponse:
    """A download that is written while it is read.

    Args:
        filename: offered to the person.
        header: the first row.
        pages: makes a generator of pages of rows; it runs in `scope`, a page at a time.
        scope: tenant scope of the request.
    """

    async def lines() -> AsyncIterator[str]:
        yield _BOM + csv_lines([header])
        source = iter(pages())
        while (page := await sync_to_async(_following)(source)) is not None:
            yield csv_lines(page)

    response = StreamingHttpResponse(aiterate_in_scope(scope, lines), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
