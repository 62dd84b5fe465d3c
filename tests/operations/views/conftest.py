from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Operator, Role, User
from chargers.models import ChargingStation
from common.clock import utc_now
from common.tenancy import operator_scope
from tests.factories import (
    ConnectorFactory,
    EvseFactory,
    LocationFactory,
    MembershipFactory,
    StationFactory,
    TransactionFactory,
    UserFactory,
)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def viewer(operator: Operator) -> Client:
    """Somebody with the least role."""
    return signed_in(MembershipFactory.create(operator=operator, role=Role.VIEWER).user)


@pytest.fixture
def stranger(db: None) -> Client:
    """A user without any membership, such as a driver's."""
    return signed_in(UserFactory.create())


@pytest.fixture
def now() -> datetime:
    return utc_now()


def make_station(operator: Operator, now: datetime, **values: object) -> ChargingStation:
    """A station that charges at 40 kW on the first of its two EVSEs."""
    location = LocationFactory.create(operator=operator, name="Havnegade", city="Aarhus")
    station = StationFactory.create(
        operator=operator, location=location, last_seen_at=now, **values
    )
    running = TransactionFactory.create(
        station=station,
        charging_state="Charging",
        started_at=now - timedelta(minutes=20),
        last_reading_at=now,
        power_w=40_000,
        energy_wh=9_000,
    )
    first = EvseFactory.create(station=station, max_power_w=50_000, active_transaction=running)
    ConnectorFactory.create(evse=first, status="Occupied", status_at=now)
    running.evse = first
    with operator_scope(operator.pk):
        running.save()
    second = EvseFactory.create(station=station, number=2, max_power_w=50_000)
    ConnectorFactory.create(evse=second, status="Available", status_at=now)
    return station
