"""Small helpers of portal lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import models
from django.http import Http404, HttpRequest

from common.paging import InvalidCursorError, Page, keyset_page

_M = TypeVar("_M", bound=models.Model)

PAGE_SIZE = 50


def page_of(
    request: HttpRequest, rows: models.QuerySet[_M], *, order: Sequence[str]
) -> tuple[Page[_M], dict[str, Any]]:
    """One keyset page of a list, and what `components/cursor_pager.html` needs.

    Raises:
        Http404: the cursor in the address was not made by us.
    """
    cursor = request.GET.get("cursor")
    try:
        page = keyset_page(rows, order=order, cursor=cursor, limit=PAGE_SIZE)
    except InvalidCursorError as error:
        raise Http404 from error
    return page, {
        "rows": page.rows,
        "newer_url": with_query(request, cursor=None) if cursor else "",
        "newer_label": "First page",
        "older_url": with_query(request, cursor=page.next_cursor) if page.next_cursor else "",
    }


def with_query(request: HttpRequest, **changes: str | None) -> str:
    """This page's address with some query parameters changed, or removed (None)."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"{request.path}?{query.urlencode()}" if query else request.path


def chip(request: HttpRequest, label: str, name: str, value: str | None) -> dict[str, Any]:
    """One filter chip for `components/chips.html`: a link that sets or clears a parameter."""
    return {
        "label": label,
        "url": with_query(request, cursor=None, **{name: value}),
        "active": request.GET.get(name) == value,
    }
