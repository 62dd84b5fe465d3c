"""What is known of a session, as far as its price depends on it: the input of the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from chargers.domain.vocabulary import ChargingState
from tariffs.pricing.charging import Charging


class Reading(NamedTuple):
    """A reading at a second since the Unix epoch (rounded down), corrected time."""

    at: int
    register_wh: int | None = None
    power_w: int | None = None
    current_ma: int | None = None
    soc_percent: int | None = None


class StateChange(NamedTuple):
    """What the station called the session from `at` on: seconds since the Unix epoch, not rounded,
    since two changes may fall into one second.
    """

    at: float
    state: ChargingState


@dataclass(frozen=True, kw_only=True)
class IdleRule:
    """When a vehicle is taken to have stopped charging, where its station does not say so.

    Attributes:
        power_w: below, it takes nothing worth calling charging.
        window_s: for so long at least.
        waiting_s: before the first charging: so long nobody is to blame that none flows.
    """

    power_w: int = 100
    window_s: int = 600
    waiting_s: int = 300


@dataclass(frozen=True, kw_only=True)
class Resumed:
    """What a timeline that begins in the middle of a session must know of what was before.

    Attributes:
        session_start: of the whole session.
        energy_wh: what was before of its energy.
        register_step: greatest common divisor of the register's steps so far, 0: none yet.
        idle: the vehicle was idle by the meter just before.
        power_w: the last power before.
    """

    session_start: int
    energy_wh: int = 0
    register_step: int = 0
    idle: bool = False
    power_w: int | None = None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All about one session. Seconds since the Unix epoch, UTC, rounded down.

    Attributes:
        ended_at: of a running session: until when it is to be priced.
        energy_wh: of the whole, by `chargers.domain.energy`; the periods' energy is this.
        readings, states: in any order, repeated or not.
        meter_start_wh, meter_stop_wh: registers at the start and the end, None: not known.
        rated_power_w: of the plug; None: any register is believed that does not go back.
        reserved_from: the reservation that it used was made then.
    """

    started_at: int
    ended_at: int
    energy_wh: int
    readings: Sequence[Reading] = ()
    states: Sequence[StateChange] = ()
    meter_start_wh: int | None = None
    meter_stop_wh: int | None = None
    rated_power_w: int | None = None
    reserved_from: int | None = None
    idle_rule: IdleRule = IdleRule()
    resumed: Resumed | None = None


class Finding(StrEnum):
    """What a person should know about a timeline; stored with the flags of its price."""

    ENERGY_BACKWARDS = "energy_backwards"
    READINGS_MISSING = "readings_missing"
    CLOCK_BROKEN = "clock_broken"


@dataclass(frozen=True, kw_only=True)
class Timeline:
    charging: Charging
    findings: frozenset[Finding] = frozenset()
