"""Stations with keys, written straight into the tables: `python -m bench.seed <count>`.

Prints a JSON list, one object a station: identity, key, id_tag.
"""

from __future__ import annotations

import json
import random
import sys
from datetime import datetime

from django.conf import settings
from django.db import transaction

import bench.django_setup  # noqa: F401 -- models need it
from accounts.models import Driver, IdToken, Operator
from chargers.domain.station_keys import generate_key, hash_key
from chargers.models import ChargingStation, Connector, Evse, Location
from common.clock import utc_now
from common.tenancy import operator_scope


@transaction.atomic
def seed(count: int, now: datetime) -> list[dict[str, str]]:
    """One operator with `count` stations of one EVSE and one connector, and a token for each."""
    randbits = random.Random(count).getrandbits
    operator = Operator.objects.create(name="Bench", slug="bench", country="NL", created_at=now)
    keys = [generate_key(randbits=randbits) for _ in range(count)]
    with operator_scope(operator.pk):
        stations = _stations(operator, keys, now)
        evses = Evse.objects.bulk_create(
            Evse(operator=operator, station=station, number=1) for station in stations
        )
        Connector.objects.bulk_create(
            Connector(operator=operator, evse=evse, number=1) for evse in evses
        )
        tokens = _tokens(operator, count, now)
    return [
        {"identity": station.identity, "key": key, "id_tag": token.uid}
        for station, key, token in zip(stations, keys, tokens, strict=True)
    ]


def _stations(operator: Operator, keys: list[str], now: datetime) -> list[ChargingStation]:
    location = Location.objects.create(
        operator=operator,
        name="Bench yard",
        address="Load street 1",
        city="Utrecht",
        country="NL",
        latitude="52.090000",
        longitude="5.120000",
        time_zone="Europe/Amsterdam",
        created_at=now,
    )
    return ChargingStation.objects.bulk_create(
        ChargingStation(
            operator=operator,
            location=location,
            identity=f"BENCH-{number:05d}",
            code=f"B{number:05d}",
            name=f"Station {number}",
            key_hash=hash_key(key.encode(), pepper=settings.CREDENTIAL_PEPPER),
            key_set_at=now,
            created_at=now,
        )
        for number, key in enumerate(keys)
    )


def _tokens(operator: Operator, count: int, now: datetime) -> list[IdToken]:
    drivers = Driver.objects.bulk_create(
        Driver(
            operator=operator,
            full_name=f"Driver {number}",
            email=f"driver{number}@bench.example",
            created_at=now,
        )
        for number in range(count)
    )
    return IdToken.objects.bulk_create(
        IdToken(operator=operator, driver=driver, uid=f"BENCH{number:08d}", created_at=now)
        for number, driver in enumerate(drivers)
    )


if __name__ == "__main__":
    print(json.dumps(seed(int(sys.argv[1]), utc_now())))
