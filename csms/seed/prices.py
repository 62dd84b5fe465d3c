"""A price list: five groups, six tariffs, and places where something special holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import DriverGroup, Operator
from accounts.services.audit import Actor
from chargers.models import Location
from csms.seed.network import Installed
from csms.seed.plan import Chance
from tariffs.models import Audience, Tariff, TariffGroup, TariffVersion
from tariffs.services.assignments import assign_many
from tariffs.services.groups import create_group
from tariffs.services.places import Places

_ACTOR = Actor.system("seed")
_SINCE = timedelta(days=400)  # before all history
_VAT = "25"
_MINUTE = 60

Element = dict[str, Any]


def create_prices(operator: Operator, installed: Sequence[Installed], chance: Chance) -> None:
    """Whoever charges pays something, and some pay less: at night, as an employee, where they live."""
    since = chance.now - _SINCE
    tariffs = {
        name: _tariff(operator, name, elements, since)
        for name, elements in _tariffs(chance.now.date()).items()
    }
    groups = _groups(operator, since)
    everywhere = Places(network=True)
    _give(operator, groups["Members"], tariffs["Night owl"], everywhere, since)
    for name in ("Registered drivers", "Everybody else"):
        _give(operator, groups[name], tariffs["Standard AC"], everywhere, since, current_type="AC")
        _give(operator, groups[name], tariffs["Fast DC"], everywhere, since, current_type="DC")
    _give(operator, groups["Guests"], tariffs["Ad hoc"], everywhere, since)
    _give_exceptions(operator, groups, tariffs, installed, chance.now)


def _give_exceptions(
    operator: Operator,
    groups: dict[str, TariffGroup],
    tariffs: dict[str, Tariff],
    installed: Sequence[Installed],
    now: datetime,
) -> None:
    """Something closer than the network, to look at in the portal."""
    locations = list(Location.objects.order_by("name", "id").values_list("pk", flat=True)[:3])
    if not installed:
        return
    since = now - _SINCE
    depot = Places(locations=locations[:1])
    _give(operator, groups["Employees"], tariffs["Free for employees"], depot, since)
    guests = groups["Guests"]
    _give(operator, guests, None, Places(locations=locations[1:2]), since)
    season = (now + timedelta(days=31)).replace(hour=0, minute=0, second=0, microsecond=0)
    winter = Places(locations=locations[2:])
    _give(operator, groups["Registered drivers"], tariffs["Winter"], winter, season)
    plug = installed[0].station.evses.order_by("number").first()
    if plug is not None:
        _give(operator, guests, tariffs["Winter"], Places(evses=[plug.pk]), since)


def _tariffs(today: date) -> dict[str, list[Element]]:
    """Names and elements; in the history of all sessions nothing changes but by the clock."""
    night = {"start_time": "22:00", "end_time": "06:00"}
    evening = {"start_time": "17:00", "end_time": "20:00"}
    grace = {"min_idle": 15 * _MINUTE}
    return {
        "Standard AC": [
            _element(_energy("0.49")),
            _element(_idle("0.05"), **grace),
        ],
        "Fast DC": [
            _element(_energy("0.69")),
            _element(_idle("0.20"), **grace),
        ],
        "Night owl": [
            _element(_energy("0.29"), **night),
            _element(_energy("0.59"), **evening),
            _element(_energy("0.42")),
            _element(_idle("0.10"), **grace),
        ],
        "Ad hoc": [
            _element(_energy("0.79"), _part("FLAT", "1.00")),
            _element(_idle("0.25"), **grace),
        ],
        "Free for employees": [_element(_energy("0"))],
        "Winter": [_element(_energy("0.55"), start_date=str(today))],
    }


def _part(kind: str, price: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "price": str(Decimal(price)), "vat": _VAT, **more}


def _energy(price: str) -> dict[str, Any]:
    return _part("ENERGY", price)


def _idle(price: str) -> dict[str, Any]:
    return _part("PARKING_TIME", price, per_seconds=_MINUTE)


def _element(*parts: dict[str, Any], **restrictions: Any) -> Element:
    element: Element = {"price_components": list(parts)}
    return {**element, "restrictions": restrictions} if restrictions else element


def _tariff(operator: Operator, name: str, elements: list[Element], since: datetime) -> Tariff:
    """As rows: the past is told to nobody."""
    tariff = Tariff.objects.create(
        operator=operator, name=name, currency=operator.currency, created_at=since
    )
    TariffVersion.objects.create(
        operator=operator,
        tariff=tariff,
        number=1,
        terms={"currency": operator.currency, "tax_included": True, "elements": elements},
        valid_from=since,
        created_at=since,
    )
    return tariff


def _groups(operator: Operator, since: datetime) -> dict[str, TariffGroup]:
    """In the order in which they are asked."""
    known = list(DriverGroup.objects.order_by("name", "id"))
    wanted: tuple[tuple[str, Audience, list[DriverGroup]], ...] = (
        ("Employees", Audience.GROUPS, known[:1]),
        ("Members", Audience.GROUPS, known[1:2]),
        ("Registered drivers", Audience.REGISTERED, []),
        ("Guests", Audience.AD_HOC, []),
        ("Everybody else", Audience.EVERYONE, []),
    )
    return {
        name: create_group(
            operator=operator,
            name=name,
            audience=audience,
            driver_groups=members,
            actor=_ACTOR,
            now=since,
        )
        for name, audience, members in wanted
    }


def _give(
    operator: Operator,
    group: TariffGroup,
    tariff: Tariff | None,
    places: Places,
    since: datetime,
    *,
    current_type: str = "",
) -> None:
    if not places:  # a small network
        return
    assign_many(
        operator=operator,
        groups=[group],
        places=places,
        tariff=tariff,
        current_type=current_type,
        valid_from=since,
        actor=_ACTOR,
        now=since,
    )
