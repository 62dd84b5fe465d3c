"""The exact number of queries of every list: the same for three rows as for thirty."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Operator
from common.tenancy import system_scope
from operations.models import NetworkSample
from tests.factories import (
    NOW,
    ConnectorFactory,
    CustomerInformationFactory,
    DisplayMessageFactory,
    DriverFactory,
    DriverGroupFactory,
    EvseFactory,
    FirmwareUpdateFactory,
    IdTokenFactory,
    LocationFactory,
    LogUploadFactory,
    MembershipFactory,
    MeterValueFactory,
    OcppFrameFactory,
    ReportedSettlementFactory,
    ReservationFactory,
    SpotPriceFactory,
    StationCommandFactory,
    StationFactory,
    TariffAssignmentFactory,
    TariffFactory,
    TariffGroupFactory,
    TariffVersionFactory,
    TransactionFactory,
    terms_document,
)
from tests.support.api import Caller, World, make_api_key, make_world, with_key, with_session

pytestmark = pytest.mark.django_db

# With an API key: one query for the key. With a session: session, user, memberships.
BASELINES = {
    "locations": 2,
    "stations": 4,
    "stations/{stations}/frames": 5,
    "stations/{stations}/variables": 5,
    "stations/{stations}/settings": 2,
    "stations/{stations}/reports": 3,
    "stations/{stations}/monitors": 3,
    "stations/{stations}/events": 6,
    "stations/{stations}/charging-profiles": 3,
    "stations/{stations}/external-limits": 3,
    "stations/{stations}/charging-needs": 3,
    "stations/{stations}/expected-limits": 8,
    "device-events": 2,
    "transactions": 2,
    "cdrs": 2,
    "transactions/{transactions}/meter-values": 3,
    "transactions/{transactions}/power-curve": 3,
    "transactions/{transactions}/events": 4,
    "transactions/{transactions}/signed-meter-values": 3,
    "transactions/{transactions}/meter-check": 3,
    "meter-keys": 2,
    "commands": 2,
    "configuration-templates": 3,
    "configuration-templates/{configuration-templates}/drift": 3,
    "configuration-rollouts": 2,
    "configuration-rollouts/{configuration-rollouts}/stations": 3,
    "stations/{stations}/drift": 3,
    "makes": 4,
    "quirk-rules": 2,
    "stations/{stations}/quirks": 3,
    "stations/{stations}/forgiven-faults": 3,
    "firmware-updates": 2,
    "log-uploads": 2,
    "customer-information": 2,
    "display-messages": 2,
    "settlements": 2,
    "reservations": 2,
    "stations/{stations}/local-list": 4,
    "stations/{stations}/access": 4,
    "access-policy": 2,
    "drivers": 3,
    "driver-groups": 2,
    "id-tokens": 2,
    "audit-entries": 2,
    "tariffs": 3,
    "tariffs/{tariffs}/versions": 3,
    "spot-prices": 2,
    "tariff-groups": 3,
    "tariff-assignments": 2,
    "tariff-resolution?station_id={stations}&evse=1": 5,
    "network": 4,
    "network/samples": 2,
    "network/hours": 2,
}
SESSION_BASELINES = {"members": 4, "api-keys": 4}


def _grow(world: World, count: int) -> None:
    operator: Operator = world.operator
    for number in range(count):
        location = LocationFactory.create(operator=operator)
        station = StationFactory.create(operator=operator, location=location)
        driver = DriverFactory.create(operator=operator)
        driver.groups.add(DriverGroupFactory.create(operator=operator))
        token = IdTokenFactory.create(operator=operator, driver=driver)
        charging = TransactionFactory.create(station=station, driver=driver, id_token=token)
        for evse in (1, 2):
            made = EvseFactory.create(
                station=station, number=evse, active_transaction=charging if evse == 1 else None
            )
            ConnectorFactory.create(evse=made)
            TransactionFactory.create(station=station, evse=made, driver=driver)
        StationCommandFactory.create(station=station)
        FirmwareUpdateFactory.create(station=station)
        LogUploadFactory.create(station=station)
        CustomerInformationFactory.create(station=station)
        DisplayMessageFactory.create(station=station, transaction=charging)
        ReportedSettlementFactory.create(station=station, transaction=charging)
        ReservationFactory.create(station=station, driver=driver, id_token=token)
        MembershipFactory.create(operator=operator)
        make_api_key(operator, "stations.view")
        tariff = TariffFactory.create(operator=operator)
        group = TariffGroupFactory.create(operator=operator)
        group.driver_groups.add(DriverGroupFactory.create(operator=operator))
        TariffAssignmentFactory.create(group=group, tariff=tariff)
        TariffAssignmentFactory.create(group=group, tariff=tariff, evse=made)
        for day in (0, 1):
            valid_from = NOW + timedelta(days=4000 * day)
            TariffVersionFactory.create(tariff=tariff, valid_from=valid_from)
        TariffVersionFactory.create(
            tariff_id=world.ids["tariffs"],
            operator=operator,
            terms=terms_document(),
            valid_from=NOW + timedelta(days=number),
        )
        SpotPriceFactory.create(operator=operator, starts_at=NOW + timedelta(hours=number + 1))
        with system_scope("tests"):
            NetworkSample.objects.create(
                operator=operator, at=NOW + timedelta(hours=number + 1), ac_power_w=0,
                dc_power_w=0, active_sessions=0, stations=0, online=0, connectors=0, in_use=0,
                operative=0,
            )  # fmt: skip


def _count(caller: Caller, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        response = caller.get(path)
    assert response.status_code == 200, response.content
    return len(queries)


def _counts(caller: Caller, baselines: dict[str, int], world: World) -> dict[str, int]:
    ids = {name: str(key) for name, key in world.ids.items()}
    return {path: _count(caller, path.format(**ids)) for path in baselines}


def test_lists_for_api_keys() -> None:
    world = make_world("canary")
    caller = with_key(world.operator)
    caller.get("me")  # the first use of a minute is noted
    few = _counts(caller, BASELINES, world)
    _grow(world, 6)
    for number in range(6):
        OcppFrameFactory.create(station_id=world.ids["stations"], operator=world.operator)
        MeterValueFactory.create(
            transaction_id=world.ids["transactions"],
            operator=world.operator,
            station_id=world.ids["stations"],
            taken_at=NOW + timedelta(minutes=number),
            device_at=NOW + timedelta(minutes=number),
        )
    assert (few, _counts(caller, BASELINES, world)) == (BASELINES, BASELINES)


def test_lists_for_administrators() -> None:
    world = make_world("canary")
    caller = with_session(world.operator)
    caller.get("me")  # the brand of a host is remembered for a while
    few = _counts(caller, SESSION_BASELINES, world)
    _grow(world, 6)
    many = _counts(caller, SESSION_BASELINES, world)
    assert (few, many) == (SESSION_BASELINES, SESSION_BASELINES)
