"""Connections that push another one of the same station off: logged, and stopped when contested."""

from __future__ import annotations

from datetime import datetime

from chargers.domain.security import HOLD_DOWN, TAKE_OVERS_WITHIN, Noticed, is_contested
from chargers.models import ChargingStation, StationConnection
from chargers.services.admission import AdmittedStation
from chargers.services.security_events import note_security_event


def note_take_over(*, station: AdmittedStation, now: datetime) -> None:
    """A newcomer with a valid key has just taken over, in the caller's transaction.

    One that comes back before its old socket was missed is ordinary. More than three within five
    minutes, or two addresses by turns, is a fight: newcomers are held down for a while then.
    """
    recent = StationConnection.objects.filter(
        station_id=station.station_id, opened_at__gt=now - TAKE_OVERS_WITHIN
    ).order_by("-epoch")
    # A fight is seen in the last few; a loop of thousands is not read.
    rows = list(recent.values_list("took_over", "remote_address")[:20])
    addresses = [str(address or "") for _, address in rows]
    take_overs = sum(took_over for took_over, _ in rows)
    _note(station, Noticed.TAKE_OVER, f"from {addresses[0] or 'an unknown address'}", now)
    if is_contested(take_overs, addresses):
        known = ", ".join(dict.fromkeys(address for address in addresses if address))
        detail = f"{take_overs} take-overs within five minutes, from {known}"
        _note(station, Noticed.CONTESTED, detail, now)
        ChargingStation.objects.filter(pk=station.station_id).update(
            held_down_until=now + HOLD_DOWN
        )


def _note(station: AdmittedStation, what: Noticed, detail: str, now: datetime) -> None:
    note_security_event(
        station_id=station.station_id,
        operator_id=station.operator_id,
        what=what,
        detail=detail,
        now=now,
    )
