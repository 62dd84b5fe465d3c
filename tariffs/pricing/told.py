"""What the station told of a session's state, as states that are priced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

from chargers.domain.vocabulary import ChargingState
from tariffs.pricing.charging import State
from tariffs.pricing.evidence import Evidence, StateChange

Boundary = tuple[int, State]

_SUSPENDED = frozenset({ChargingState.SUSPENDED_EV, ChargingState.SUSPENDED_EVSE})
_HELD_BACK = frozenset({ChargingState.SUSPENDED_EVSE, ChargingState.IDLE})


def gives_hints(states: Iterable[StateChange]) -> bool:
    """Whether the station tells when a vehicle has stopped: its meter need not be asked."""
    return any(change.state in _SUSPENDED for change in states)


def is_mute(states: Iterable[StateChange], *, energy_wh: int) -> bool:
    """Whether a station says nothing of a session: never Charging, though energy has flowed.

    Args:
        energy_wh: of the session from its start.
    """
    words = {change.state for change in states}
    return bool(energy_wh) and ChargingState.CHARGING not in words and not words & _SUSPENDED


def told_states(evidence: Evidence) -> list[Boundary]:
    """From which second on which state held; the first is the start. Charging where nobody told."""
    before_wh = evidence.resumed.energy_wh if evidence.resumed is not None else 0
    is_silent = is_mute(evidence.states, energy_wh=before_wh + evidence.energy_wh)
    changes = [] if is_silent else sorted(set(evidence.states))
    boundaries: dict[int, State | None] = {evidence.started_at: State.CHARGING}
    for at, state in _kinds(changes):
        if at < evidence.ended_at:
            boundaries[max(at, evidence.started_at)] = state
    ordered = sorted(boundaries.items(), key=lambda item: item[0])
    return list(_changing(_waited(ordered, evidence)))


def _changing(boundaries: Iterable[Boundary]) -> Iterator[Boundary]:
    """Without those that say what the one before says."""
    for _, group in groupby(boundaries, key=lambda boundary: boundary[1]):
        yield next(group)


def _kinds(changes: Iterable[StateChange]) -> Iterator[tuple[int, State | None]]:
    """Changes by the second; None while the vehicle is waited for."""
    has_charged = False
    for at, state in changes:
        if state is ChargingState.CHARGING:
            has_charged = True
            yield int(at), State.CHARGING
        elif state in _HELD_BACK:
            yield int(at), State.PAUSED
        else:
            yield int(at), State.IDLE if has_charged else None


def _waited(boundaries: list[tuple[int, State | None]], evidence: Evidence) -> Iterator[Boundary]:
    """Nobody is to blame for the first minutes; after them, the vehicle is."""
    resumed = evidence.resumed
    start = resumed.session_start if resumed is not None else evidence.started_at
    limit = start + evidence.idle_rule.waiting_s
    for (at, state), (following, _) in pairwise([*boundaries, (evidence.ended_at, None)]):
        if state is not None:
            yield at, state
            continue
        if at < limit:
            yield at, State.PAUSED
        if following > limit:
            yield max(at, limit), State.IDLE
