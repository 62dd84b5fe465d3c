"""What the command line asks of a scenario."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Sizes of a run.

    Attributes:
        stations: 0 leaves the choice to the scenario.
        seconds: of each measured window.
        quick: a trial run: small, and its figures mean little.
        first_port: of the web servers; 0 takes free ones.
        seed: of what is random; the same seed sends the same.
        pairs: of a tariff and a session; 0 leaves the choice to the scenario.
    """

    stations: int = 0
    seconds: float = 20.0
    quick: bool = False
    first_port: int = 0
    seed: int = 1
    pairs: int = 0
