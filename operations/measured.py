"""Stored figures as plain values. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class Hour(NamedTuple):
    """One hour: Wh of the sessions that ended in it, mean W, uptime in parts per million."""

    start: datetime
    energy_wh: int
    ac_power_w: int | None
    dc_power_w: int | None
    uptime_ppm: int | None


class Sample(NamedTuple):
    """The network at one minute: W and counts."""

    at: datetime
    ac_power_w: int
    dc_power_w: int
    active_sessions: int
    in_use: int
