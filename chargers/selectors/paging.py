"""Counting without reading a million rows."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet


def capped_count(rows: QuerySet[Any], *, cap: int = 10_000) -> tuple[int, bool]:
    """Number of rows, at most `cap`, and whether there are more ("10,000+")."""
    found = rows.order_by().values("pk")[: cap + 1].count()
    return min(found, cap), found > cap
