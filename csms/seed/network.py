"""Locations, stations, EVSEs and connectors; the keys go to the simulated fleet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings

from accounts.models import Operator
from chargers.domain.station_keys import generate_key, hash_key
from chargers.domain.vocabulary import ConnectorStatus
from chargers.models import (
    ChargingStation,
    Connector,
    ConnectorType,
    Evse,
    Location,
)
from chargers.simulator.models import EvseSpec, HardwareModel, hardware
from common.ids import random_code
from csms.seed.places import TIME_ZONES, Site, SiteKind
from csms.seed.plan import Chance, OperatorPlan

_MAKES: dict[SiteKind, tuple[str, ...]] = {
    SiteKind.CITY: (
        "alfen-eve-double", "abb-terra-ac", "keba-p30", "alfen-eve-double", "alpitronic-hyc50",
    ),
    SiteKind.COMMUTER: (
        "alfen-eve-double", "zaptec-pro", "keba-p30", "easee-charge-up", "mennekes-amtron",
    ),
    SiteKind.RESIDENTIAL: (
        "easee-charge-up", "zaptec-pro", "alfen-eve-double", "autel-maxicharger-ac", "evbox-elvi",
    ),
    SiteKind.RETAIL: (
        "wallbox-supernova", "alfen-eve-double", "abb-terra-184", "alfen-eve-double",
        "autel-maxicharger-ac",
    ),
    SiteKind.FAST: (
        "alpitronic-hyc300", "kempower-s", "autel-maxicharger-dc", "abb-terra-184",
    ),
}  # fmt: skip
_PLUGS = {
    "sType2": ConnectorType.TYPE2,
    "cType2": ConnectorType.TYPE2,
    "cCCS2": ConnectorType.CCS2,
    "cG105": ConnectorType.CHADEMO,
}
_SITE_AGE = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Plug:
    """An EVSE with what the history needs to know of it."""

    evse: Evse
    connectors: tuple[Connector, ...]
    spec: EvseSpec


@dataclass(frozen=True, slots=True)
class Installed:
    """A station that stands; `key` is known here and never again."""

    station: ChargingStation
    site: Site
    hardware: HardwareModel
    key: str
    plugs: tuple[Plug, ...]


class Place(NamedTuple):
    """Where one station stands; `bay` tells it from its neighbours."""

    location: Location
    site: Site
    bay: str


def create_network(operator: Operator, plan: OperatorPlan, chance: Chance) -> list[Installed]:
    """Every location with its stations, in the order of their codes."""
    locations = Location.objects.bulk_create(
        _location(operator, site, chance) for site in plan.sites
    )
    installed = [
        _install(plan, number, place, chance)
        for number, place in enumerate(_spread(plan, locations), start=1)
    ]
    ChargingStation.objects.bulk_create(item.station for item in installed)
    Evse.objects.bulk_create(plug.evse for item in installed for plug in item.plugs)
    Connector.objects.bulk_create(
        connector for item in installed for plug in item.plugs for connector in plug.connectors
    )
    return installed


def _location(operator: Operator, site: Site, chance: Chance) -> Location:
    created = chance.now - _SITE_AGE
    return Location(
        id=chance.key_at(created),
        operator=operator,
        name=site.name,
        address=site.address,
        postal_code=site.postal_code,
        city=site.city,
        country=site.country,
        latitude=Decimal(str(site.latitude)),
        longitude=Decimal(str(site.longitude)),
        time_zone=TIME_ZONES[site.country],
        is_public=site.kind is not SiteKind.COMMUTER,
        created_at=created,
    )


def _spread(plan: OperatorPlan, locations: list[Location]) -> Iterator[Place]:
    """As even as it gets; the first sites have one station more."""
    each, rest = divmod(plan.stations, len(plan.sites))
    for index, (location, site) in enumerate(zip(locations, plan.sites, strict=True)):
        for bay in range(each + (index < rest)):
            yield Place(location, site, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[bay % 26])


def _install(plan: OperatorPlan, number: int, place: Place, chance: Chance) -> Installed:
    location, site = place.location, place.site
    model = hardware(chance.rng.choice(_MAKES[site.kind]))
    key = generate_key(randbits=chance.secret_bits)
    created = location.created_at + timedelta(days=chance.rng.uniform(0, 300))
    code = f"{plan.prefix}-{number:04d}"
    station = ChargingStation(
        id=chance.key_at(created),
        operator=location.operator,
        location=location,
        identity=f"{code}-{random_code(5, randbits=chance.rng.getrandbits)}",
        code=code,
        name=f"{site.address} {place.bay}",
        vendor=model.vendor,
        model=model.name,
        firmware_version=model.firmware,
        key_hash=hash_key(key.encode(), pepper=settings.CREDENTIAL_PEPPER),
        key_set_at=created,
        created_at=created,
    )
    return Installed(station, site, model, key, _plugs(station, model, chance))


def _plugs(station: ChargingStation, model: HardwareModel, chance: Chance) -> tuple[Plug, ...]:
    return tuple(
        _plug(station, number, spec, chance) for number, spec in enumerate(model.evses, start=1)
    )


def _plug(station: ChargingStation, number: int, spec: EvseSpec, chance: Chance) -> Plug:
    evse = Evse(
        operator=station.operator,
        station=station,
        number=number,
        current_type=spec.kind.value,
        max_power_w=spec.max_power_w,
    )
    connectors = tuple(
        Connector(
            operator=station.operator,
            evse=evse,
            number=index,
            type=_PLUGS[plug],
            status=ConnectorStatus.AVAILABLE,
            status_at=chance.now,
        )
        for index, plug in enumerate(spec.connectors, start=1)
    )
    return Plug(evse, connectors, spec)
