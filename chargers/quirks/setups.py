"""Reads `setups.toml`. A fault in it stops the process at the first use, and every test."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from chargers.domain.setups import GENERAL, Setup, SetupModel
from chargers.domain.station_csv import read_evses
from chargers.quirks.catalogue import CatalogueError

_PARTS = {"tool", "before", "address", "identity", "key", "after"}
_NAMES = {"name", "vendors", "models", "address_form", *_PARTS}


@cache
def setups() -> Mapping[str, Setup]:
    """All makes by their key, by name; the general instructions last.

    Raises:
        CatalogueError: an unknown or missing entry, or EVSEs that cannot be read.
    """
    text = resources.files("chargers.quirks").joinpath("setups.toml").read_text("utf-8")
    return parse_setups(text)


def parse_setups(text: str) -> Mapping[str, Setup]:
    """Makes of a TOML text: a table per make, its key the heading."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(str(error)) from None
    general = tables.get(GENERAL)
    if general is None or not set(general) >= _PARTS:
        raise CatalogueError("the general instructions are missing, or a part of them")
    found = [_setup(key, {**general, **table}, table) for key, table in tables.items()]
    found.sort(key=lambda setup: (setup.key == GENERAL, setup.name.casefold()))
    return {setup.key: setup for setup in found}


def _setup(key: str, table: Mapping[str, Any], own: Mapping[str, Any]) -> Setup:
    unknown = set(own) - _NAMES
    form = own.get("address_form", "full")
    if unknown or not own.get("name") or form not in ("base", "full"):
        raise CatalogueError(f"{key}: needs a name; unknown entries {sorted(unknown)}")
    if key != GENERAL and not own.get("vendors"):
        raise CatalogueError(f"{key}: says nothing of how its stations call themselves")
    return Setup(
        key=key,
        name=table["name"],
        vendors=tuple(own.get("vendors", ())),
        models=tuple(_model(key, model) for model in own.get("models", ())),
        tool=table["tool"],
        before=tuple(table["before"]),
        address=table["address"],
        identity=table["identity"],
        password=table["key"],
        after=tuple(table["after"]),
        takes_base=form == "base",
    )


def _model(key: str, table: Mapping[str, str]) -> SetupModel:
    evses, fault = read_evses(table.get("evses", ""))
    if fault or not table.get("name"):
        raise CatalogueError(f"{key}: {table.get('name', 'a model')}: {fault}")
    return SetupModel(table["name"], tuple(evses))
