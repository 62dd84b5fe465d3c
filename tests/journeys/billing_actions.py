"""What the second process does about prices; imported by `site_actions`."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from accounts.models import IdToken, Operator
from accounts.services.audit import Actor
from billing.models import Cdr
from billing.services.sweeping import sweep_ended, sweep_provisional
from chargers.models import ChargingStation, Location
from chargers.services.locations import add_location
from chargers.services.stations import NewEvse, add_station
from common.clock import utc_now
from events.dispatch import dispatch_pending
from events.models import OutboxEvent
from tariffs.models import Audience, Tariff, TariffAssignment, TariffGroup, TariffVersion

ACTOR = Actor.system("journeys")
# A start fee, the energy, and each minute of charging; a quarter of VAT on top.
TERMS = {
    "currency": "EUR",
    "tax_included": False,
    "elements": [
        {
            "price_components": [
                {"type": "FLAT", "price": "0.35", "vat": "25"},
                {"type": "ENERGY", "price": "0.49", "vat": "25"},
                {"type": "TIME", "price": "0.02", "per_seconds": 60, "vat": "25"},
            ]
        }
    ],
}


def add_selling_station(identity: str, key: str, uid: str) -> str:
    """A station of an operator that sells everywhere to everyone, and a token of it.

    An operator of its own: the others' sessions have no price and want none.
    """
    operator = _seller()
    IdToken.objects.create(operator=operator, uid=uid, created_at=utc_now())
    station = add_station(
        operator=operator,
        location=Location.objects.get(operator=operator),
        name=f"Station {identity}",
        identity=identity,
        key=key,
        evses=[NewEvse(max_power_w=22_080)] * 2,
        actor=ACTOR,
        now=utc_now(),
    ).station
    return str(station.pk)


def _seller() -> Operator:
    known = Operator.objects.filter(slug="kilowatt").first()
    if known is not None:
        return known
    since = utc_now() - timedelta(days=30)
    operator = Operator.objects.create(
        slug="kilowatt",
        name="Kilowatt",
        country="NL",
        time_zone="Europe/Amsterdam",
        created_at=since,
    )
    add_location(
        operator=operator,
        name="Market",
        address="Square 1",
        city="Delft",
        country="NL",
        latitude=Decimal("52.0"),
        longitude=Decimal("4.4"),
        time_zone="Europe/Amsterdam",
        actor=ACTOR,
        now=utc_now(),
    )
    own = {"operator": operator, "created_at": since}
    tariff = Tariff.objects.create(**own, name="Standard", currency="EUR")
    TariffVersion.objects.create(**own, tariff=tariff, number=1, terms=TERMS, valid_from=since)
    group = TariffGroup.objects.create(**own, name="Everyone", audience=Audience.EVERYONE)
    TariffAssignment.objects.create(**own, group=group, tariff=tariff)
    return operator


def cdrs(identity: str) -> list[dict[str, Any]]:
    """Every record of a station's sessions, older versions too."""
    rows = Cdr.objects.filter(transaction__station__identity=identity)
    names = ["version", "is_latest", "currency", "net_minor", "tax_minor", "gross_minor"]
    names += ["net_exact", "energy_wh", "flags", "needs_review", "lines", "is_provisional"]
    found = rows.order_by("transaction_id", "version").values(*names)
    return [dict(row) for row in found]


def bill() -> None:
    """What the worker does every few seconds; on a site with one, whoever is first does it."""
    while dispatch_pending(now=utc_now()):
        pass
    sweep_ended(now=utc_now(), back=timedelta(hours=2))


def price_provisional_in(hours: float) -> int:
    """Run the sweep as if so many hours had gone by."""
    return sweep_provisional(now=utc_now() + timedelta(hours=hours))


def undispatched(identity: str) -> int:
    """Events of a station's sessions that nobody has heard yet."""
    station = ChargingStation.objects.get(identity=identity)
    return OutboxEvent.objects.filter(dispatched_at=None, parent_id=station.pk).count()


BILLING_ACTIONS = (add_selling_station, bill, cdrs, price_provisional_in, undispatched)
