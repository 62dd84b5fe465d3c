"""What is settled of a running session, so that only its newest readings are looked at again.

A checkpoint stands at a reading after which nothing that is known changes what was before: its
periods, as few as the tariff allows, and what the timeline needs to go on. A session that is
resumed at one costs what a session costs that is looked at from its start. What comes late, from
before the checkpoint, is seen when the session ends: then everything is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import gcd
from typing import Any, Self

from tariffs.pricing.charging import Charging, Period, State
from tariffs.pricing.condense import Condenser
from tariffs.pricing.evidence import Evidence, Finding, Resumed, StateChange
from tariffs.pricing.idling import register_window
from tariffs.pricing.registers import flows_of
from tariffs.pricing.timeline import charging_of, merged, points_of
from tariffs.pricing.told import gives_hints, is_mute

# So many readings are looked at every few seconds without harm.
_ENOUGH_READINGS = 90


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """Where a session is resumed.

    Attributes:
        at: second of the reading, register_wh: its register.
        basis: what it stands on, see `basis_of`.
        periods: everything before, reserved ones too.
    """

    at: int
    register_wh: int
    basis: str
    resumed: Resumed
    periods: tuple[Period, ...]

    def document(self) -> dict[str, Any]:
        """As it is stored."""
        resumed = self.resumed
        return {
            "at": self.at,
            "register_wh": self.register_wh,
            "basis": self.basis,
            "resumed": [
                resumed.session_start,
                resumed.energy_wh,
                resumed.register_step,
                resumed.idle,
                resumed.power_w,
            ],
            "periods": [[*period] for period in self.periods],
        }

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """Back from `document`."""
        start, energy_wh, step, idle, power_w = document["resumed"]
        return cls(
            at=document["at"],
            register_wh=document["register_wh"],
            basis=document["basis"],
            resumed=Resumed(
                session_start=start,
                energy_wh=energy_wh,
                register_step=step,
                idle=idle,
                power_w=power_w,
            ),
            periods=tuple(
                Period(begin, end, wh, State(state), power, current)
                for begin, end, wh, state, power, current in document["periods"]
            ),
        )


@dataclass(frozen=True, kw_only=True)
class Condensed:
    """A running session as far as its tariff sees it."""

    charging: Charging
    findings: frozenset[Finding]
    checkpoint: Checkpoint | None


def basis_of(evidence: Evidence, *, at: int, tariff: str) -> str:
    """All that a checkpoint at a second depends on, but for the readings before it.

    Args:
        tariff: key of the terms.
    """
    states = {change for change in evidence.states if change.at <= at}
    known = (
        tariff,
        evidence.started_at,
        evidence.meter_start_wh,
        evidence.reserved_from,
        sorted((change.at, str(change.state)) for change in states),
        gives_hints(evidence.states),
        is_mute(evidence.states, energy_wh=evidence.energy_wh),
        sorted(_words(evidence.states) - _words(states)),
    )
    return hashlib.blake2b(repr(known).encode(), digest_size=8).hexdigest()


def _words(states: Iterable[StateChange]) -> frozenset[str]:
    return frozenset(str(change.state) for change in states)


def condensed(
    evidence: Evidence, condense: Condenser, *, tariff: str, checkpoint: Checkpoint | None = None
) -> Condensed:
    """The periods of a running session, and the checkpoint to go on from.

    Args:
        evidence: of the whole session; with a checkpoint, of the readings only those from it on.
    """
    known = evidence if checkpoint is None else _resumed(evidence, checkpoint)
    timeline = charging_of(known)
    before = () if checkpoint is None else checkpoint.periods
    periods = timeline.charging.periods
    if len(evidence.readings) > _ENOUGH_READINGS and not timeline.findings:
        checkpoint = _next(evidence, known, periods, before, condense, tariff) or checkpoint
    return Condensed(
        charging=Charging(periods=tuple(condense([*before, *periods]))),
        findings=timeline.findings,
        checkpoint=checkpoint,
    )


def still_holds(checkpoint: Checkpoint, evidence: Evidence, *, tariff: str) -> bool:
    """Whether nothing that the checkpoint stands on has changed."""
    energy_wh = sum(period.energy_wh for period in checkpoint.periods)
    return energy_wh <= evidence.energy_wh and checkpoint.basis == basis_of(
        evidence, at=checkpoint.at, tariff=tariff
    )


def _resumed(evidence: Evidence, checkpoint: Checkpoint) -> Evidence:
    before_wh = sum(period.energy_wh for period in checkpoint.periods)
    return replace(
        evidence,
        started_at=checkpoint.at,
        energy_wh=evidence.energy_wh - before_wh,
        meter_start_wh=checkpoint.register_wh,
        reserved_from=None,
        resumed=checkpoint.resumed,
    )


def _next(  # noqa: PLR0917 -- private
    evidence: Evidence,
    known: Evidence,
    periods: Sequence[Period],
    before: Sequence[Period],
    condense: Condenser,
    tariff: str,
) -> Checkpoint | None:
    """At the last reading that is older than an idle vehicle is watched for, if all fits."""
    readings = merged(known.readings, start=known.started_at, end=known.ended_at)
    points = points_of(known, readings)
    flows = flows_of(points, rated_power_w=known.rated_power_w)
    if known.meter_start_wh is None or points[-1][1] - points[0][1] != known.energy_wh:
        return None
    latest = known.ended_at - register_window(known.idle_rule, flows.step_wh)
    settled = [point for point in points if known.started_at < point[0] <= latest]
    if not settled:
        return None
    at, register_wh = settled[-1]
    own = list(_until(periods, at))
    if sum(period.energy_wh for period in own) != register_wh - known.meter_start_wh:
        return None
    step = known.resumed.register_step if known.resumed is not None else 0
    last = own[-1]
    return Checkpoint(
        at=at,
        register_wh=register_wh,
        basis=basis_of(evidence, at=at, tariff=tariff),
        resumed=Resumed(
            session_start=evidence.started_at,
            energy_wh=sum(period.energy_wh for period in (*before, *own)),
            register_step=gcd(flows.step_wh, step),
            idle=last.state is State.IDLE,
            power_w=_last_power(own, known),
        ),
        periods=tuple(condense([*before, *own])),
    )


def _until(periods: Sequence[Period], at: int) -> Iterable[Period]:
    """What lies before a second; a period across it is cut, its energy is even."""
    for period in periods:
        if period.end <= at:
            yield period
        elif period.start < at:
            share = period.energy_wh * (at - period.start) // (period.end - period.start)
            yield period._replace(end=at, energy_wh=share)


def _last_power(periods: Sequence[Period], known: Evidence) -> int | None:
    for period in reversed(periods):
        if period.state is State.CHARGING:
            return period.power_w
    return known.resumed.power_w if known.resumed is not None else None
