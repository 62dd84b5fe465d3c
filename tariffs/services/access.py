"""Who may charge where: the cells of the price list that say "no charging"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import UUIDField

from accounts.models import Driver
from chargers.domain.context import StationContext
from chargers.domain.vocabulary import AuthorizationStatus
from chargers.models import Evse
from chargers.ports import Decision, Deny, Pass, TokenAuthorizer, TokenRequest
from common.prepared import Param, Prepared
from tariffs.models import TariffAssignment
from tariffs.resolution import Customer
from tariffs.selectors.resolution import (
    Plug,
    PriceList,
    customer_of,
    customers_of,
    price_list,
)

_CLOSED_CELLS = Prepared(
    lambda: (
        TariffAssignment.objects.filter(operator_id=Param("operator_id", UUIDField()), tariff=None)
        .order_by("pk")
        .values_list("pk")[:1]
    )
)


class TariffAccess:
    """`chargers.ports.TokenAuthorizer`: denies where the price list says "no charging".

    Where the EVSE is not known yet, only a station that is closed at each of its EVSEs is refused.
    A stranger's token is not ours to decide on. One query where nothing is closed anywhere.
    """

    def __call__(self, request: TokenRequest) -> Decision:
        closed = None if request.token is None else _closed_at(request.station, request.now)
        return Pass() if closed is None else closed.decide(request, of=customer_of)

    def at_station(self, *, station: StationContext, now: datetime) -> TokenAuthorizer | None:
        """The same for many tokens: six queries at most, none for a token."""
        closed = _closed_at(station, now)
        if closed is None:
            return None
        customers = customers_of(station.operator_id)
        return lambda request: closed.decide(request, of=customers)


@dataclass(frozen=True, slots=True)
class _Closed:
    """A station with cells that close it to somebody: its plugs by number, and their prices."""

    plugs: Mapping[int, Plug]
    prices: PriceList

    def decide(self, request: TokenRequest, *, of: Callable[[Driver | None], Customer]) -> Decision:
        if request.token is None:
            return Pass()
        plugs = [plug for number, plug in self.plugs.items() if request.evse in {None, number}]
        customer = of(request.token.driver)
        if plugs and all(self.prices.resolve(plug, customer).denied for plug in plugs):
            return Deny(AuthorizationStatus.NOT_AT_THIS_LOCATION)
        return Pass()


def _closed_at(station: StationContext, now: datetime) -> _Closed | None:
    """None: no cell closes any of its plugs to anybody."""
    if not _CLOSED_CELLS.all(operator_id=station.operator_id):
        return None
    rows = Evse.objects.filter(operator_id=station.operator_id, station_id=station.station_id)
    plugs = {row.number: Plug.of(row) for row in rows.select_related("station")}
    prices = price_list(operator_id=station.operator_id, at=now, plugs=list(plugs.values()))
    candidates = (one for plug in plugs.values() for one in prices.candidates(plug))
    return _Closed(plugs, prices) if any(one.tariff is None for one in candidates) else None
