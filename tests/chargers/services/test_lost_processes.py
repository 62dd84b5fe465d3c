"""Web processes that fall silent: their stations go offline, and come back if it was not so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from accounts.models import Operator
from chargers.models import ChargingStation, GatewayProcess, StationConnection
from chargers.services import connections
from chargers.services.admission import AdmittedStation
from common.tenancy import system_scope
from tests.factories import NOW, StationFactory

SERVER = "web-1"
LATER = NOW + timedelta(minutes=2)


@pytest.fixture(autouse=True)
def everything(db: None) -> Iterator[None]:
    with system_scope("tests of sweeps"):
        yield


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    """Connected to SERVER in epoch 2."""
    made = StationFactory.create(operator=operator)
    connections.beat(server=SERVER, now=NOW)
    opened = open_connection(made, SERVER, NOW)
    assert opened == 2
    return made


def open_connection(station: ChargingStation, server: str, now: datetime) -> int:
    admitted = AdmittedStation(
        station_id=station.pk, operator_id=station.operator_id, heartbeat_interval_seconds=300
    )
    return connections.open_connection(
        station=admitted, protocol="ocpp1.6", remote_address="", server=server, now=now
    ).epoch


def is_online(station: ChargingStation) -> bool:
    station.refresh_from_db()
    return station.is_online


def test_a_beat_tells_whether_the_process_was_known() -> None:
    assert not connections.beat(server=SERVER, now=NOW)
    assert connections.beat(server=SERVER, now=LATER)
    assert GatewayProcess.objects.get().started_at == NOW


def test_stations_of_a_lost_process_go_offline(station: ChargingStation) -> None:
    assert connections.sweep_lost_processes(now=NOW + timedelta(seconds=45)) == 0
    assert is_online(station)
    assert connections.sweep_lost_processes(now=LATER) == 1
    assert not is_online(station)
    assert StationConnection.objects.get().close_reason == "web process lost"
    assert not GatewayProcess.objects.exists()
    assert connections.sweep_lost_processes(now=LATER) == 0


def test_a_lost_process_without_stations_is_forgotten() -> None:
    connections.beat(server=SERVER, now=NOW)
    connections.beat(server="web-2", now=LATER)
    assert connections.sweep_lost_processes(now=LATER) == 0
    assert GatewayProcess.objects.get().name == "web-2"


def test_a_process_that_was_only_silent_takes_its_stations_back(station: ChargingStation) -> None:
    connections.sweep_lost_processes(now=LATER)
    assert not connections.beat(server=SERVER, now=LATER)
    assert connections.reopen_connections(held={station.pk: 2}, now=LATER) == 1
    assert is_online(station)
    row = StationConnection.objects.get()
    assert (row.closed_at, row.close_reason) == (None, "")
    assert connections.reopen_connections(held={station.pk: 2}, now=LATER) == 0


def test_what_has_moved_on_is_not_taken_back(station: ChargingStation) -> None:
    connections.sweep_lost_processes(now=LATER)
    epoch = open_connection(station, "web-2", LATER)
    connections.close_connection(
        station_id=station.pk,
        operator_id=station.operator_id,
        epoch=epoch,
        code=1000,
        reason="",
        now=LATER,
    )
    assert connections.reopen_connections(held={station.pk: 2}, now=LATER) == 0
    assert not is_online(station)
    assert not StationConnection.objects.filter(closed_at=None).exists()
