"""The stations that are worth a line on the dashboard."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db.models import F, Sum

from chargers import selectors
from chargers.domain.display import DisplayState
from chargers.models import ChargingStation, Transaction, TransactionState
from common.states import words
from operations.selectors.network import Busy

_FAULTED_FIRST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class StationLine:
    """A station as the dashboard shows it.

    Attributes:
        connectors: state and words of each, for `components/connectors.html`.
        energy_wh: of the sessions that began today.
    """

    id: UUID
    name: str
    code: str
    city: str
    state: DisplayState
    connectors: list[dict[str, str]]
    power_w: int
    max_power_w: int
    make: str
    protocol: str
    energy_wh: int
    last_seen_at: datetime | None

    @property
    def load_percent(self) -> float:
        return min(100.0, 100 * self.power_w / self.max_power_w) if self.max_power_w else 0.0


def interesting(busy: Mapping[UUID, Busy], *, limit: int) -> list[UUID]:
    """Some faulted stations, then those that deliver most, then occupied ones, then any by name.

    Two queries, neither of which reads more than a few rows.
    """
    found: dict[UUID, None] = {}
    for key in _by_interest(busy, limit):
        found[key] = None
        if len(found) == limit:
            break
    return list(found)


def _by_interest(busy: Mapping[UUID, Busy], limit: int) -> Iterator[UUID]:
    yield from islice(_in_state(busy, DisplayState.FAULTED), _FAULTED_FIRST)
    yield from (
        Transaction.objects.filter(state=TransactionState.ACTIVE, station__is_online=True)
        .order_by(F("power_w").desc(nulls_last=True), "pk")
        .values_list("station_id", flat=True)[: 4 * limit]
    )
    yield from _in_state(busy, DisplayState.OCCUPIED)
    yield from _in_state(busy, DisplayState.FAULTED)
    yield from ChargingStation.objects.order_by("name", "pk").values_list("pk", flat=True)[:limit]


def _in_state(busy: Mapping[UUID, Busy], state: DisplayState) -> Iterator[UUID]:
    return iter(sorted(key for key, one in busy.items() if one.state == state))


def station_lines(ids: Collection[UUID], *, midnight: datetime) -> list[StationLine]:
    """Lines in the order of `ids`; what is gone is left out. Four queries, none without ids.

    Args:
        ids: stations of this scope.
        midnight: when today began.
    """
    if not ids:
        return []
    rows = selectors.stations_with_parts(ChargingStation.objects.filter(pk__in=ids))
    stations = {station.pk: station for station in rows}
    today = (
        Transaction.objects.filter(station_id__in=ids, started_at__gte=midnight)
        .order_by()
        .values_list("station_id")
        .annotate(energy=Sum("energy_wh"))
    )
    energy = dict(today)
    return [_line(stations[key], energy.get(key, 0)) for key in ids if key in stations]


def _line(station: ChargingStation, energy_wh: int) -> StationLine:
    evses = station.evses.all()
    running = [evse.active_transaction for evse in evses if evse.active_transaction]
    return StationLine(
        id=station.pk,
        name=station.name,
        code=station.code,
        city=station.location.city,
        state=selectors.station_display(station),
        connectors=_connectors(station),
        power_w=sum(one.power_w or 0 for one in running) if station.is_online else 0,
        max_power_w=sum(evse.max_power_w for evse in evses),
        make=f"{station.vendor} {station.model}".strip(),
        protocol=station.get_protocol_display(),
        energy_wh=energy_wh,
        last_seen_at=station.last_seen_at,
    )


def _connectors(station: ChargingStation) -> list[dict[str, str]]:
    shown = [
        (evse, connector, selectors.connector_display(station, evse, connector))
        for evse in station.evses.all()
        for connector in evse.connectors.all()
    ]
    return [
        {
            "state": state,
            "label": f"{evse.number} {connector.get_type_display()} {words(state).lower()}",
        }
        for evse, connector, state in shown
    ]
