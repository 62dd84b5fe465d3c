"""Who may charge where: the cells of the price list that say "no charging"."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import UUIDField

from chargers.domain.vocabulary import AuthorizationStatus
from chargers.models import Evse
from chargers.ports import Decision, Deny, Pass, TokenRequest
from common.prepared import Param, Prepared
from tariffs.models import TariffAssignment
from tariffs.selectors.resolution import Plug, customer_of, price_list

_CLOSED_CELLS = Prepared(
    lambda: (
        TariffAssignment.objects.filter(operator_id=Param("operator_id", UUIDField()), tariff=None)
        .order_by("pk")
        .values_list("pk")[:1]
    )
)


def authorize_by_tariff(request: TokenRequest) -> Decision:
    """`chargers.ports.TokenAuthorizer`: denies where the price list says "no charging".

    Where the EVSE is not known yet, only a station that is closed at each of its EVSEs is refused.
    A stranger's token is not ours to decide on. One query where nothing is closed anywhere.
    """
    if request.token is None or not _CLOSED_CELLS.all(operator_id=request.station.operator_id):
        return Pass()
    plugs = _plugs(request)
    prices = price_list(operator_id=request.station.operator_id, at=request.now, plugs=plugs)
    customer = customer_of(request.token.driver)
    if plugs and all(prices.resolve(plug, customer).denied for plug in plugs):
        return Deny(AuthorizationStatus.NOT_AT_THIS_LOCATION)
    return Pass()


def _plugs(request: TokenRequest) -> Sequence[Plug]:
    rows = Evse.objects.filter(
        operator_id=request.station.operator_id, station_id=request.station.station_id
    ).select_related("station")
    if request.evse is not None:
        rows = rows.filter(number=request.evse)
    return [Plug.of(row) for row in rows]
