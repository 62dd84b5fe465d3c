"""When stations were offline and connectors broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from csms.seed.network import Installed
from csms.seed.plan import Chance

ERROR_CODES = (
    "GroundFailure", "HighTemperature", "OverCurrentFailure", "PowerSwitchFailure",
    "ReaderFailure", "EVCommunicationError", "ConnectorLockFailure",
)  # fmt: skip
_OUTAGES_PER_DAY = 0.09
_FAULTS_PER_DAY = 0.03
_OUTAGE_MINUTES = 70.0
_FAULT_MINUTES = 150.0
_STILL_AWAY = timedelta(hours=9)


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to before `end`; `detail` is the error code of a fault, else empty."""

    start: datetime
    end: datetime
    detail: str = ""

    def holds(self, at: datetime) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Troubles:
    """Of one station, in order of time. Faults are by EVSE number."""

    outages: list[Span] = field(default_factory=list)
    faults: dict[int, list[Span]] = field(default_factory=dict)

    def prevent(self, evse: int, at: datetime) -> bool:
        """Whether nobody can start at an EVSE."""
        spans = self.outages + self.faults.get(evse, [])
        return any(span.holds(at) for span in spans)


def draw_troubles(
    installed: Sequence[Installed], *, days: int, out_of_service: int, chance: Chance
) -> list[Troubles]:
    """Troubles of every station; the last `out_of_service` stations are offline to this day."""
    start = chance.start(days)
    drawn = [
        Troubles(
            outages=_spans(start, _OUTAGES_PER_DAY, _OUTAGE_MINUTES, chance),
            faults={
                plug.evse.number: _spans(
                    start, _FAULTS_PER_DAY, _FAULT_MINUTES, chance, codes=ERROR_CODES
                )
                for plug in item.plugs
            },
        )
        for item in installed
    ]
    for troubles in drawn[len(drawn) - out_of_service :]:
        away = max(start, chance.now - _STILL_AWAY * chance.rng.uniform(0.5, 3))
        troubles.outages[:] = [span for span in troubles.outages if span.end < away]
        troubles.outages.append(Span(away, chance.now))
    return drawn


def _spans(
    start: datetime,
    per_day: float,
    minutes: float,
    chance: Chance,
    codes: Sequence[str] = ("",),
) -> list[Span]:
    spans: list[Span] = []
    at = start
    # All is well at the present: the live stations say what is wrong now.
    last = chance.now - timedelta(minutes=20)
    while True:
        at += timedelta(days=chance.rng.expovariate(per_day))
        end = at + timedelta(minutes=2 + chance.rng.expovariate(1 / minutes))
        if end >= last:
            return spans
        spans.append(
            Span(at.replace(microsecond=0), end.replace(microsecond=0), chance.rng.choice(codes))
        )
        at = end
