"""Reads `catalogue.toml`. A fault in it stops the process at the first use, and every test."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from chargers.domain.quirk_fields import read_sets
from chargers.domain.quirks import Rule


class CatalogueError(Exception):
    """The shipped catalogue says something that makes no sense."""


@cache
def catalogue() -> tuple[Rule, ...]:
    """All shipped rules, in the order of the file.

    Raises:
        CatalogueError: an unknown field, a value out of range, a key twice.
    """
    text = resources.files("chargers.quirks").joinpath("catalogue.toml").read_text("utf-8")
    return parse_catalogue(text)


def parse_catalogue(text: str) -> tuple[Rule, ...]:
    """Rules of a TOML text: a table per rule, its key the heading."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(str(error)) from None
    return tuple(_rule(key, table) for key, table in tables.items())


def _rule(key: str, table: Mapping[str, Any]) -> Rule:
    patterns = {name: table.get(name, "") for name in ("vendor", "model", "firmware")}
    unknown = set(table) - {*patterns, "why", "sets"}
    if unknown or not any(patterns.values()) or not table.get("why"):
        raise CatalogueError(f"{key}: says too little, or has unknown entries {sorted(unknown)}")
    sets, errors = read_sets(table.get("sets", {}))
    if errors or not sets:
        raise CatalogueError(f"{key}: {errors or 'sets nothing'}")
    return Rule(**patterns, sets=sets, source=table["why"], key=key)
