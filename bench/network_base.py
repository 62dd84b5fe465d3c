"""The part of the large network that is written through the models: places, people, keys."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

import bench.django_setup  # noqa: F401 -- models need it
from accounts.models import ApiKey, Driver, DriverGroup, IdToken, Membership, Operator, Role, User
from chargers.domain.vocabulary import ConnectorStatus
from chargers.models import (
    ChargingStation,
    Connector,
    ConnectorType,
    CurrentType,
    Evse,
    Location,
    Protocol,
)
from common.tenancy import operator_scope

DRIVERS = 20_000
_STATIONS_A_LOCATION = 5
_STAFF = 20
_API_KEYS = 10
_GROUPS = 10
_CITIES = (
    ("Amsterdam", 52.37, 4.90),
    ("Rotterdam", 51.92, 4.48),
    ("Utrecht", 52.09, 5.12),
    ("Eindhoven", 51.44, 5.47),
    ("Groningen", 53.22, 6.57),
    ("Arnhem", 51.98, 5.91),
    ("Zwolle", 52.51, 6.09),
    ("Breda", 51.59, 4.78),
)
_HARDWARE = (("Alfen", "Eve Single"), ("Zaptec", "Pro"), ("Kempower", "S-Series"), ("ABB", "Terra"))
_STATUSES = (
    *(ConnectorStatus.AVAILABLE for _ in range(17)),
    ConnectorStatus.UNAVAILABLE,
    ConnectorStatus.FAULTED,
    ConnectorStatus.RESERVED,
)


@transaction.atomic
def seed_base(stations: int, now: datetime) -> Operator:
    """One operator with stations on sites, staff, drivers with tokens, and API keys."""
    operator = Operator.objects.create(name="Bench", slug="bench", country="NL", created_at=now)
    dice = random.Random(stations)
    with operator_scope(operator.pk):
        sites = _locations(operator, max(1, stations // _STATIONS_A_LOCATION), dice, now)
        _hardware(operator, sites, stations, dice, now)
        _people(operator, now)
    return operator


def _locations(
    operator: Operator, count: int, dice: random.Random, now: datetime
) -> list[Location]:
    rows = []
    for number in range(count):
        city, latitude, longitude = _CITIES[number % len(_CITIES)]
        rows.append(
            Location(
                operator=operator,
                name=f"{city} site {number}",
                address=f"Street {number}",
                city=city,
                country="NL",
                latitude=_near(latitude, dice),
                longitude=_near(longitude, dice),
                time_zone="Europe/Amsterdam",
                created_at=now,
            )
        )
    return Location.objects.bulk_create(rows)


def _near(degrees: float, dice: random.Random) -> Decimal:
    return Decimal(f"{degrees + dice.uniform(-0.2, 0.2):.6f}")


def _hardware(
    operator: Operator, sites: Sequence[Location], count: int, dice: random.Random, now: datetime
) -> None:
    stations = ChargingStation.objects.bulk_create(
        _station(operator, sites[number % len(sites)], number, dice, now) for number in range(count)
    )
    evses = Evse.objects.bulk_create(
        Evse(
            operator=operator,
            station=station,
            number=number,
            current_type=CurrentType.AC if index % 4 else CurrentType.DC,
            max_power_w=22_000 if index % 4 else 150_000,
        )
        for index, station in enumerate(stations)
        for number in ((1, 2) if index % 5 == 0 else (1,))
    )
    Connector.objects.bulk_create(
        Connector(
            operator=operator,
            evse=evse,
            number=1,
            type=ConnectorType.TYPE2 if evse.current_type == CurrentType.AC else ConnectorType.CCS2,
            status=dice.choice(_STATUSES),
            status_at=now,
        )
        for evse in evses
    )


def _station(
    operator: Operator, site: Location, number: int, dice: random.Random, now: datetime
) -> ChargingStation:
    vendor, model = _HARDWARE[number % len(_HARDWARE)]
    seen = now - timedelta(seconds=dice.randrange(300))
    return ChargingStation(
        operator=operator,
        location=site,
        identity=f"NET-{number:06d}",
        code=f"N{number:06d}",
        name=f"{site.city} {number}",
        vendor=vendor,
        model=model,
        firmware_version="5.1.0",
        protocol=Protocol.OCPP16 if number % 3 else Protocol.OCPP201,
        is_online=number % 20 != 0,
        connection_epoch=1,
        connected_at=seen,
        last_seen_at=seen,
        booted_at=seen,
        disconnected_at=seen if number % 20 == 0 else None,
        created_at=now,
    )


def _people(operator: Operator, now: datetime) -> None:
    staff = User.objects.bulk_create(
        User(username=f"staff{n}@bench.example", email=f"staff{n}@bench.example", created_at=now)
        for n in range(_STAFF)
    )
    roles = [Role.ADMIN, *Role]
    Membership.objects.bulk_create(
        Membership(operator=operator, user=user, role=roles[n % len(roles)], created_at=now)
        for n, user in enumerate(staff)
    )
    ApiKey.objects.bulk_create(
        ApiKey(
            operator=operator, name=f"Key {n}", prefix=f"k{n}", created_by=staff[0], created_at=now
        )
        for n in range(_API_KEYS)
    )
    DriverGroup.objects.bulk_create(
        DriverGroup(operator=operator, name=f"Group {n}", created_at=now) for n in range(_GROUPS)
    )
    drivers = Driver.objects.bulk_create(
        Driver(
            operator=operator, full_name=f"Driver {n}", email=f"d{n}@bench.example", created_at=now
        )
        for n in range(DRIVERS)
    )
    IdToken.objects.bulk_create(
        IdToken(operator=operator, driver=driver, uid=f"04BE{n:010X}", created_at=now)
        for n, driver in enumerate(drivers)
    )
