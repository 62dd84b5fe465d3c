"""A vehicle charges and no session runs: its start never came (Q47)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chargers.domain.context import StationContext
from chargers.events import EnergyWithoutSession
from chargers.models import Transaction
from events.models import OutboxEvent
from events.outbox import publish

# No vehicle charges with less than 6 A of one phase; heaters and lamps of stations do.
ALARM_POWER_W = 1_000
# The last samples of a session may come after its stop.
_AFTER_STOP = timedelta(minutes=2)
# A reading that is older is history, sent late.
_LIVE = timedelta(minutes=5)
_QUIET = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """The strongest live reading of an EVSE without a session; power in W."""

    station: StationContext
    evse: int
    power_w: int
    received_at: datetime


def is_live(taken_at: datetime, received_at: datetime) -> bool:
    return taken_at >= received_at - _LIVE


def announce_strays(strays: Iterable[Stray]) -> None:
    """Alarm once an hour and EVSE where a vehicle charges and no session runs (Q47)."""
    strongest: dict[tuple[UUID, int], Stray] = {}
    for stray in strays:
        key = (stray.station.station_id, stray.evse)
        known = strongest.get(key)
        if known is None or stray.power_w > known.power_w:
            strongest[key] = stray
    for stray in _not_told(strongest):
        event = EnergyWithoutSession(
            operator_id=stray.station.operator_id,
            subject_id=stray.station.station_id,
            evse=stray.evse,
            power_w=stray.power_w,
        )
        publish(event, now=stray.received_at)


def _not_told(strongest: Mapping[tuple[UUID, int], Stray]) -> list[Stray]:
    """Those that no alarm of the last hour, and no session that has just ended, accounts for."""
    if not strongest:
        return []
    earliest = min(stray.received_at for stray in strongest.values())
    stations = {station for station, _ in strongest}
    told = OutboxEvent.objects.filter(
        subject_id__in=stations, kind=EnergyWithoutSession.kind, occurred_at__gt=earliest - _QUIET
    ).values_list("subject_id", "payload__evse")
    ended = Transaction.objects.filter(
        station_id__in=stations, ended_received_at__gt=earliest - _AFTER_STOP
    ).values_list("station_id", "evse__number")
    known = {*told, *ended}
    return [stray for place, stray in strongest.items() if place not in known]
