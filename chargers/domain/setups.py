"""How a make of station is told where its central system is. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from chargers.domain.station_csv import EvseLine

GENERAL = "general"


@dataclass(frozen=True, slots=True)
class SetupModel:
    """A model that is offered when a station is added, with its EVSEs."""

    name: str
    evses: tuple[EvseLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Where a make takes address, identity and password, in words for the person on site.

    Attributes:
        vendors: how its stations call themselves; patterns.
        takes_base: the station adds its identity to the address by itself.
        before, after: steps around entering the three.
    """

    key: str
    name: str
    vendors: tuple[str, ...]
    models: tuple[SetupModel, ...]
    tool: str
    before: tuple[str, ...]
    address: str
    identity: str
    password: str
    after: tuple[str, ...]
    takes_base: bool = False

    @property
    def vendor(self) -> str:
        """The make's name as it is filled in for a new station."""
        return self.name.partition(" / ")[0] if self.vendors else ""


def setup_for(vendor: str, setups: Mapping[str, Setup]) -> Setup:
    """The instructions for a make as it is written by people or told by a station."""
    told = vendor.strip().casefold()
    for setup in setups.values():
        patterns = [*setup.vendors, setup.name] if setup.key != GENERAL else []
        if told and any(fnmatchcase(told, pattern.casefold()) for pattern in patterns):
            return setup
    return setups[GENERAL]


def matching(setups: Mapping[str, Setup], search: str) -> Sequence[Setup]:
    """Makes whose name or a model of which holds every word; the general one is none of them."""
    words = search.casefold().split()
    return [
        setup
        for setup in setups.values()
        if setup.key != GENERAL and all(word in _text(setup) for word in words)
    ]


def _text(setup: Setup) -> str:
    models = " ".join(model.name for model in setup.models)
    return f"{setup.name} {' '.join(setup.vendors)} {models}".casefold()
