"""What the dashboard's charts read: samples of the network and figures by the hour."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from accounts.models import Operator
from chargers.models import CurrentType
from csms.seed.network import Installed
from csms.seed.plan import Chance
from csms.seed.sessions import Session
from csms.seed.troubles import Troubles
from operations.models import NetworkSample
from operations.services.sampling import FINE_FOR, roll_up

_COARSE = timedelta(minutes=15)
_FINE = timedelta(minutes=5)

Columns = dict[str, list[int]]


def create_figures(
    operator: Operator,
    installed: Sequence[Installed],
    troubles: Sequence[Troubles],
    sessions: Sequence[Session],
    *,
    days: int,
    chance: Chance,
) -> None:
    """One sample each five minutes, a quarter of an hour before the last eight days."""
    instants = list(sample_instants(chance.start(days), chance.now))
    columns = _network(installed, troubles, instants)
    columns |= _charging(sessions, instants)
    NetworkSample.objects.bulk_create(
        NetworkSample(
            operator=operator, at=at, **{name: values[i] for name, values in columns.items()}
        )
        for i, at in enumerate(instants)
    )
    roll_up(operator=operator, since=chance.start(days), now=chance.now)


def sample_instants(start: datetime, now: datetime) -> Iterator[datetime]:
    """Full quarters first, then every five minutes."""
    fine_from = (now - FINE_FOR).replace(minute=0, second=0, microsecond=0)
    at = start
    while at < now:
        yield at
        at += _COARSE if at < fine_from else _FINE


def _network(
    installed: Sequence[Installed], troubles: Sequence[Troubles], instants: Sequence[datetime]
) -> Columns:
    stations = len(installed)
    sizes = [sum(len(plug.connectors) for plug in item.plugs) for item in installed]
    size = len(instants)
    online, operative = [stations] * size, [sum(sizes)] * size
    mark = _Marker(instants)
    for item, trouble, connectors in zip(installed, troubles, sizes, strict=True):
        for span in trouble.outages:
            for i in mark(span.start, span.end):
                online[i] -= 1
                operative[i] -= connectors
        for plug in item.plugs:
            for span in trouble.faults.get(plug.evse.number, ()):
                for i in mark(span.start, span.end):
                    operative[i] -= len(plug.connectors)
    return {
        "stations": [stations] * size,
        "online": online,
        "connectors": [sum(sizes)] * size,
        # An outage and a fault may coincide.
        "operative": [max(value, 0) for value in operative],
    }


def _charging(sessions: Sequence[Session], instants: Sequence[datetime]) -> Columns:
    size = len(instants)
    power = {CurrentType.AC: [0] * size, CurrentType.DC: [0] * size}
    active = [0] * size
    mark = _Marker(instants)
    for session in sessions:
        visit = session.visit
        watts = power[CurrentType(visit.plug.evse.current_type)]
        for i in mark(visit.start, visit.end):
            active[i] += 1
            watts[i] += visit.stay.curve.power_at((instants[i] - visit.start).total_seconds())
    return {
        "ac_power_w": power[CurrentType.AC],
        "dc_power_w": power[CurrentType.DC],
        "active_sessions": active,
        "in_use": list(active),
    }


class _Marker:
    """Which instants lie in a span."""

    def __init__(self, instants: Sequence[datetime]) -> None:
        self._instants = instants

    def __call__(self, start: datetime, end: datetime) -> range:
        return range(bisect_left(self._instants, start), bisect_left(self._instants, end))
