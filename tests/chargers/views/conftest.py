from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from accounts.models import Operator
from chargers.models import (
    ChargingStation,
    ConfigurationCheck,
    ConfigurationRollout,
    ConfigurationTemplate,
    Evse,
    Location,
    QuirkRule,
    Transaction,
)
from common.tenancy import system_scope
from tests.factories import (
    NOW,
    ConfigurationTemplateFactory,
    ConnectorFactory,
    DriverFactory,
    EvseFactory,
    ForgivenFaultFactory,
    IdTokenFactory,
    LocalListFactory,
    LocationFactory,
    MeterValueFactory,
    OcppFrameFactory,
    QuirkRuleFactory,
    ReservationFactory,
    RolloutFactory,
    RolloutStationFactory,
    StationCommandFactory,
    StationFactory,
    TemplateDriftFactory,
    TransactionFactory,
)
from tests.support.portal import LogIn, admin, as_role, no_scan_of_static_files

__all__ = ["LogIn", "admin", "as_role", "no_scan_of_static_files"]


@dataclass(frozen=True)
class Site:
    """One location with one charging station and everything that hangs on it."""

    location: Location
    station: ChargingStation
    evse: Evse
    transaction: Transaction
    rule: QuirkRule
    template: ConfigurationTemplate
    rollout: ConfigurationRollout


def make_site(operator: Operator, *, name: str = "Havnegade 12") -> Site:
    """A 1.6 station that charges at EVSE 1 and is free at EVSE 2, with a past."""
    location = LocationFactory.create(operator=operator, name=f"{name} site", city="Aarhus")
    station = StationFactory.create(
        operator=operator,
        location=location,
        name=name,
        vendor="Alpitronic",
        model="HYC300",
        protocol="ocpp1.6",
        connected_at=NOW,
        last_seen_at=NOW,
    )
    driver = DriverFactory.create(operator=operator, full_name=f"Bo of {name}")
    token = IdTokenFactory.create(operator=operator, driver=driver)
    transaction = TransactionFactory.create(
        station=station,
        driver=driver,
        id_token=token,
        id_token_uid=token.uid,
        energy_wh=18_420,
        power_w=62_500,
        soc_percent=57,
        warnings=[{"code": "untrusted_clock", "detail": "2 h off", "at": NOW.isoformat()}],
        needs_review=True,
    )
    evse = EvseFactory.create(station=station, max_power_w=150_000, active_transaction=transaction)
    free = EvseFactory.create(station=station, number=2)
    ConnectorFactory.create(evse=evse, status="Occupied", type="IEC_62196_T2_COMBO")
    ConnectorFactory.create(evse=free)
    for minute in range(3):
        MeterValueFactory.create(
            transaction=transaction,
            taken_at=NOW + timedelta(minutes=minute),
            power_w=60_000,
            energy_wh=1000 * minute,
            soc_percent=50 + minute,
        )
    OcppFrameFactory.create(
        station=station,
        action="StartTransaction",
        raw=f'[2,"1","X",{{"t":"{transaction.station_ref}"}}]',
    )
    StationCommandFactory.create(station=station)
    LocalListFactory.create(station=station, entries=[], version=1, synced_at=NOW)
    ReservationFactory.create(station=station, status="used", transaction=transaction)
    ForgivenFaultFactory.create(station=station)
    rule = QuirkRuleFactory.create(operator=operator, note=f"seen at {name}")
    template = ConfigurationTemplateFactory.create(operator=operator, name=f"As {name} wants it")
    TemplateDriftFactory.create(template=template, station=station)
    with system_scope("tests"):
        ConfigurationCheck.objects.create(operator=operator, station=station, checked_at=NOW)
    rollout = RolloutFactory.create(template=template)
    RolloutStationFactory.create(rollout=rollout, station=station)
    return Site(
        location=location,
        station=station,
        evse=evse,
        transaction=transaction,
        rule=rule,
        template=template,
        rollout=rollout,
    )


@pytest.fixture
def site(operator: Operator) -> Site:
    return make_site(operator)


@pytest.fixture
def foreign_site(other_operator: Operator) -> Site:
    return make_site(other_operator, name="Strandvejen 88")
