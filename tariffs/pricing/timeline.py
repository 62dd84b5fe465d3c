"""From readings and states to the periods that are priced.

The rules are in docs/algorithms/pricing.md, "From readings to periods". The order of the evidence
and its repetitions change nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from math import gcd

from tariffs.pricing.charging import Charging, Period, State
from tariffs.pricing.evidence import Evidence, Finding, Reading, Timeline
from tariffs.pricing.idling import Seen, with_idle
from tariffs.pricing.registers import Flow, Flows, Point, flows_of, placed, shared, weights
from tariffs.pricing.told import Boundary, gives_hints, told_states

# Over a longer gap nobody knows how the energy flowed, nor what a reported power stood for.
MAX_GAP_S = 1800


def second_of(instant: datetime) -> int:
    """The whole second since the Unix epoch that an instant lies in."""
    return int(instant.timestamp() // 1)


def charging_of(evidence: Evidence) -> Timeline:
    """The periods of a session: its energy to the Wh, whole seconds, neighbours alike merged."""
    reserved = _reserved(evidence)
    if evidence.ended_at <= evidence.started_at:
        return _without_time(evidence, reserved)
    readings = merged(evidence.readings, start=evidence.started_at, end=evidence.ended_at)
    flows = flows_of(points_of(evidence, readings), rated_power_w=evidence.rated_power_w)
    periods = _periods(evidence, readings, flows)
    return Timeline(
        charging=Charging(periods=(*reserved, *joined(periods))),
        findings=frozenset(_findings(flows)),
    )


def lapsed_reservation(*, start: int, end: int) -> Charging:
    """What a reservation that nobody used is charged for."""
    reserved = Period(start, end, state=State.RESERVED)
    return Charging(periods=(reserved,) if start < end else (), reservation_expired=True)


def _reserved(evidence: Evidence) -> tuple[Period, ...]:
    start = evidence.reserved_from
    if start is None or start >= evidence.started_at:
        return ()
    return (Period(start, evidence.started_at, state=State.RESERVED),)


def _without_time(evidence: Evidence, reserved: tuple[Period, ...]) -> Timeline:
    """Energy is never lost: of a session that ended when or before it began, it took a second."""
    start, energy_wh = evidence.started_at, evidence.energy_wh
    own = (Period(start, start + 1, energy_wh),) if energy_wh else ()
    broken = energy_wh or evidence.ended_at < start
    return Timeline(
        charging=Charging(periods=(*reserved, *own)),
        findings=frozenset({Finding.CLOCK_BROKEN} if broken else ()),
    )


def _findings(flows: Flows) -> Iterator[Finding]:
    if not flows.is_sound:
        yield Finding.ENERGY_BACKWARDS
    if any(wh and end - start > MAX_GAP_S for start, end, wh in flows.flows):
        yield Finding.READINGS_MISSING


# Readings ----------------------------------------------------------------------------------------


def merged(readings: Iterable[Reading], *, start: int, end: int) -> list[Reading]:
    """One reading a second of the session, in order; of several the highest of each figure."""
    by_second: dict[int, Reading] = {}
    for reading in readings:
        at = reading[0]
        if start <= at <= end:
            known = by_second.setdefault(at, reading)
            if known is not reading and known != reading:
                by_second[at] = _highest(known, reading)
    return [by_second[at] for at in sorted(by_second)]


def _highest(one: Reading, other: Reading) -> Reading:
    pairs = zip(one, other, strict=True)
    figures = [max((n for n in pair if n is not None), default=None) for pair in pairs]
    return Reading(one.at, *figures[1:])


def points_of(evidence: Evidence, readings: Sequence[Reading]) -> list[Point]:
    """Registers in order of time; those of start and stop count before samples of that second."""
    points = [(r[0], r[1]) for r in readings if r[1] is not None]
    start, stop = evidence.meter_start_wh, evidence.meter_stop_wh
    if start is not None:
        if points and points[0][0] == evidence.started_at:
            del points[0]
        points.insert(0, (evidence.started_at, start))
    if stop is not None:
        if points and points[-1][0] == evidence.ended_at:
            del points[-1]
        points.append((evidence.ended_at, stop))
    return points


# Periods -----------------------------------------------------------------------------------------


def _periods(evidence: Evidence, readings: Sequence[Reading], flows: Flows) -> Iterator[Period]:
    told = told_states(evidence)
    seen = _seen(_cuts(evidence, readings, told, flows.flows), readings, flows.flows)
    states = _states(evidence, told, seen, flows.step_wh)
    energy = _energy(evidence, seen.cuts, states, flows.flows)
    latest = evidence.resumed.power_w if evidence.resumed is not None else None
    return _built(seen, states, energy, _known_until(evidence, flows.flows), latest)


def _known_until(evidence: Evidence, flows: Sequence[Flow]) -> int:
    """Until when energy tells the power: nothing was heard of what came later."""
    if flows:
        return flows[-1][1]
    return evidence.ended_at if evidence.energy_wh else evidence.started_at


def _cuts(
    evidence: Evidence,
    readings: Sequence[Reading],
    told: Sequence[Boundary],
    flows: Sequence[Flow],
) -> list[int]:
    cuts = {evidence.started_at, evidence.ended_at}
    cuts.update([reading[0] for reading in readings])
    cuts.update([at for at, _ in told])
    cuts.update([flow[1] for flow in flows])
    return sorted(cuts)


def _seen(cuts: list[int], readings: Sequence[Reading], flows: Sequence[Flow]) -> Seen:
    """Of each stretch; a reading tells of the time before it, but not for ever."""
    count = len(cuts) - 1
    powers: list[int | None] = [None] * count
    currents: list[int | None] = [None] * count
    full = [False] * count
    index = len(readings) - 1
    at, power, current, soc = cuts[-1] + MAX_GAP_S + 1, None, None, None
    for stretch in range(count - 1, -1, -1):
        end = cuts[stretch + 1]
        while index >= 0 and readings[index][0] >= end:
            at, _, power, current, soc = readings[index]
            index -= 1
        if at - cuts[stretch] <= MAX_GAP_S:
            powers[stretch], currents[stretch] = power, current
            full[stretch] = soc is not None and soc >= 100
    return Seen(cuts, powers, _metered(cuts, flows), currents, full)


def _metered(cuts: Sequence[int], flows: Sequence[Flow]) -> list[int | None]:
    """Power of each stretch by the registers, W, rounded down; None outside of them."""
    powers: list[int | None] = [None] * (len(cuts) - 1)
    index = 0
    for start, end, wh in flows:
        while cuts[index] < start:
            index += 1
        while cuts[index] < end:
            powers[index] = wh * 3600 // (end - start)
            index += 1
    return powers


def _states(evidence: Evidence, told: Sequence[Boundary], seen: Seen, step_wh: int) -> list[State]:
    states = _at_cuts(seen.cuts, told)
    if gives_hints(evidence.states):
        return states
    resumed = evidence.resumed
    return with_idle(
        states,
        seen,
        evidence.idle_rule,
        step_wh=gcd(step_wh, resumed.register_step if resumed is not None else 0),
        was_idle=resumed is not None and resumed.idle,
    )


def _at_cuts(cuts: Sequence[int], told: Sequence[Boundary]) -> list[State]:
    states: list[State] = []
    for (since, state), until in zip(told, [*(at for at, _ in told[1:]), cuts[-1]], strict=True):
        first, behind = bisect_left(cuts, since), bisect_left(cuts, until)
        states.extend([state] * (behind - first))
    return states


def _energy(
    evidence: Evidence, cuts: Sequence[int], states: Sequence[State], flows: Sequence[Flow]
) -> list[int]:
    charging = [state is State.CHARGING for state in states]
    energy = placed(flows, cuts, charging)
    if sum(energy) == evidence.energy_wh:
        return energy
    if any(energy):
        return shared(evidence.energy_wh, energy)
    lengths = [end - start for start, end in pairwise(cuts)]
    return shared(evidence.energy_wh, weights(lengths, charging))


def _built(
    seen: Seen,
    states: Sequence[State],
    energy: Sequence[int],
    known_until: int,
    latest: int | None,
) -> Iterator[Period]:
    """Periods with their power: reported, else energy by time; after the last word, the last one.

    What is not charging takes no power: standby is not worth a price band of its own.
    """
    columns = (pairwise(seen.cuts), states, energy, seen.reported_w, seen.currents_ma)
    for (start, end), state, wh, power, current in zip(*columns, strict=True):
        if state is not State.CHARGING:
            yield Period(start, end, wh, state, 0, 0)
            continue
        if power is not None:
            latest = power
        elif start < known_until:
            latest = wh * 3600 // (end - start)
        yield Period(start, end, wh, state, latest, current)


def joined(periods: Iterable[Period]) -> list[Period]:
    """Neighbours of the same state, power, current and rate of energy as one: no price sees it."""
    result: list[Period] = []
    before: Period | None = None
    for period in periods:
        if before is not None and _alike(before, period):
            before = before._replace(end=period[1], energy_wh=before[2] + period[2])
            result[-1] = before
        else:
            result.append(period)
            before = period
    return result


def _alike(before: Period, period: Period) -> bool:
    return (
        before[4] == period[4]
        and before[3] is period[3]
        and before[5] == period[5]
        and before[1] == period[0]
        and before[2] * (period[1] - period[0]) == period[2] * (before[1] - before[0])
    )
