"""Reads `displays.toml`. A fault in it stops the process at the first use, and every test."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from chargers.domain.dialects import Dialect, Template
from chargers.quirks.catalogue import CatalogueError

# Spoken when somebody wants to try a station of which nothing is known.
STANDARD_DIALECT = "costmsg"
_PARTS = ("tariff", "running_cost", "final_cost")


@cache
def dialects() -> Mapping[str, Dialect]:
    """All dialects by name.

    Raises:
        CatalogueError: an unknown or missing entry.
    """
    text = resources.files("chargers.quirks").joinpath("displays.toml").read_text("utf-8")
    return parse_dialects(text)


def parse_dialects(text: str) -> Mapping[str, Dialect]:
    """Dialects of a TOML text: a table per dialect, its name the heading."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(str(error)) from None
    return {name: _dialect(name, table) for name, table in tables.items()}


def _dialect(name: str, table: Mapping[str, Any]) -> Dialect:
    unknown = set(table) - {"announced_by", *_PARTS}
    if unknown or not set(_PARTS) & set(table):
        raise CatalogueError(f"{name}: says nothing, or has unknown entries {sorted(unknown)}")
    return Dialect(
        name=name,
        announced_by=tuple(table.get("announced_by", ())),
        **{part: _template(f"{name}.{part}", table.get(part)) for part in _PARTS},
    )


def _template(name: str, table: Mapping[str, Any] | None) -> Template | None:
    if table is None:
        return None
    if set(table) != {"vendor_id", "message_id", "data"}:
        raise CatalogueError(f"{name}: needs vendor_id, message_id and data, and nothing else")
    return Template(**table)
