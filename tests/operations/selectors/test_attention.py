from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Operator
from chargers.models import CommandStatus, Connector, DeviceEvent, SecurityEvent, StationCommand
from common.ids import uuid7
from operations.selectors.attention import AlertKind, Alerts, Subject
from tests.factories import (
    NOW,
    ConnectorFactory,
    EvseFactory,
    LocationFactory,
    StationCommandFactory,
    StationFactory,
    TemplateDriftFactory,
    TransactionFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def connector(operator: Operator, **values: Any) -> Connector:
    online = values.pop("is_online", True)
    active = values.pop("active", None)
    location = LocationFactory.create(operator=operator, name="Havnegade", city="Aarhus")
    station = StationFactory.create(operator=operator, location=location, is_online=online)
    running = (
        TransactionFactory.create(station=station, last_reading_at=NOW, **active)
        if active
        else None
    )
    evse = EvseFactory.create(station=station, active_transaction=running)
    return ConnectorFactory.create(evse=evse, **values)


def command(operator: Operator, status: str, age: timedelta, **values: Any) -> StationCommand:
    at = NOW - age
    station = values.pop("station", None) or StationFactory.create(operator=operator)
    key = uuid7(unix_ms=int(at.timestamp() * 1000))
    return StationCommandFactory.create(
        id=key, station=station, status=status, requested_at=at, finished_at=at, **values
    )


def titles(kind: AlertKind) -> list[str]:
    return [alert.title for alert in Alerts(now=NOW, kind=kind)]


def test_a_faulted_connector_with_its_code(operator: Operator) -> None:
    faulted = connector(operator, status="Faulted", error_code="GroundFailure", status_at=NOW)
    connector(operator, status="Faulted", is_online=False)
    (alert,) = Alerts(now=NOW, kind=AlertKind.CONNECTOR_FAULT)
    station = faulted.evse.station
    assert alert.title == f"{station.code} · Connector 1 GroundFailure"
    assert (alert.text, alert.since) == ("Aarhus, Havnegade", NOW)
    assert (alert.subject, alert.subject_id) == (Subject.STATION, station.pk)


def test_a_fault_without_code_and_with_the_vendors(operator: Operator) -> None:
    plain = connector(operator, status="Faulted", error_code="NoError", status_at=NOW)
    own = connector(operator, status="Faulted", vendor_error_code="E42", number=2)
    assert titles(AlertKind.CONNECTOR_FAULT) == [
        f"{plain.evse.station.code} · Connector 1 Faulted",
        f"{own.evse.station.code} · Connector 1.2 E42",
    ]


def test_a_station_that_is_faulted_as_a_whole_is_said_once(operator: Operator) -> None:
    one = connector(operator, status="Faulted")
    station = one.evse.station
    station.status, station.error_code = "Faulted", "InternalError"
    station.save()
    assert titles(AlertKind.STATION_FAULT) == [f"{station.code} · InternalError"]
    assert titles(AlertKind.CONNECTOR_FAULT) == []


def test_stations_offline_for_more_than_five_minutes(operator: Operator) -> None:
    def lost(age: timedelta | None, **values: Any) -> str:
        at = None if age is None else NOW - age
        station = StationFactory.create(
            operator=operator, is_online=False, disconnected_at=at, **values
        )
        return station.code

    longer, just = lost(2 * HOUR), lost(5 * MINUTE)
    lost(5 * MINUTE - timedelta(seconds=1))
    lost(None)
    lost(HOUR, is_enabled=False)
    assert titles(AlertKind.OFFLINE) == [
        f"{just} lost its connection",
        f"{longer} lost its connection",
    ]


def test_sessions_that_charge_without_readings(operator: Operator) -> None:
    def session(age: timedelta, **values: Any) -> str:
        station = StationFactory.create(operator=operator, is_online=values.pop("online", True))
        TransactionFactory.create(
            station=station, started_at=NOW - 5 * HOUR, last_reading_at=NOW - age, **values
        )
        return station.code

    silent = session(30 * MINUTE, charging_state="Charging")
    session(29 * MINUTE)
    session(HOUR, charging_state="SuspendedEV")
    session(HOUR, state="ended")
    session(HOUR, online=False)
    assert titles(AlertKind.SILENT) == [f"{silent} sends no readings of its session"]


def test_plugs_occupied_without_charging(operator: Operator) -> None:
    old = NOW - 3 * HOUR
    plugged = connector(operator, status="Occupied", status_at=old)
    full = connector(
        operator,
        status="Occupied",
        status_at=old - MINUTE,
        active={"charging_state": "SuspendedEV"},
    )
    connector(operator, status="Occupied", status_at=old + MINUTE)
    connector(operator, status="Occupied", status_at=old, active={"charging_state": "Charging"})
    connector(operator, status="Occupied", status_at=old, is_online=False)
    assert titles(AlertKind.OCCUPIED) == [
        f"{one.evse.station.code} · Connector 1 occupied, not charging" for one in (plugged, full)
    ]


def test_sessions_to_review(operator: Operator) -> None:
    tx = TransactionFactory.create(
        station__operator=operator,
        state="provisional",
        needs_review=True,
        energy_wh=12_340,
        ended_at=NOW,
        warnings=[{"code": "offline_too_long", "detail": "", "at": NOW.isoformat()}],
    )
    (alert,) = Alerts(now=NOW, kind=AlertKind.REVIEW)
    assert alert.title == f"{tx.station.code} · Session to review"
    assert alert.text == "Offline too long · 12.3\u00a0kWh"
    assert (alert.subject, alert.subject_id, alert.since) == (Subject.TRANSACTION, tx.pk, NOW)


def test_the_last_command_of_its_kind_counts(operator: Operator) -> None:
    failed = command(operator, CommandStatus.TIMED_OUT, HOUR)
    command(operator, CommandStatus.REJECTED, 25 * HOUR)
    command(operator, CommandStatus.ACCEPTED, HOUR)
    retried = command(operator, CommandStatus.FAILED, 3 * HOUR)
    command(operator, CommandStatus.ACCEPTED, 2 * HOUR, station=retried.station)
    (alert,) = Alerts(now=NOW, kind=AlertKind.COMMAND)
    assert alert.title == f"{failed.station.code} · Clear cache"
    assert alert.text.startswith("No answer in time · ")


def test_a_security_event_until_it_is_seen(operator: Operator) -> None:
    station = StationFactory.create(operator=operator, code="DK-1")
    common = {"station": station, "operator": operator, "received_at": NOW, "last_at": NOW}
    SecurityEvent.objects.create(type="StartupOfTheDevice", is_critical=True, **common)
    SecurityEvent.objects.create(
        type="MemoryExhaustion", needs_attention=True, acknowledged_at=NOW, **common
    )
    SecurityEvent.objects.create(
        type="TamperDetectionActivated", needs_attention=True, count=3, **common
    )
    (alert,) = Alerts(now=NOW, kind=AlertKind.SECURITY)
    assert alert.title == "DK-1 · Tamper Detection Activated · 3 times"
    assert (alert.subject, alert.subject_id, alert.tab) == (
        Subject.STATION,
        station.pk,
        "security",
    )


def test_an_alarm_stands_there_until_it_is_settled(operator: Operator) -> None:
    location = LocationFactory.create(operator=operator, name="Havnegade", city="Aarhus")
    station = StationFactory.create(operator=operator, location=location)

    def noticed(number: int, *, needs_attention: bool) -> None:
        DeviceEvent.objects.create(
            operator=operator,
            station=station,
            event_id=number,
            generated_at=NOW,
            occurred_at=NOW - MINUTE,
            received_at=NOW,
            name="EVSE.Temperature",
            evse=2,
            value="95",
            severity=2,
            tech_code="E12",
            needs_attention=needs_attention,
        )

    noticed(1, needs_attention=True)
    noticed(2, needs_attention=False)
    (alert,) = Alerts(now=NOW, kind=AlertKind.DEVICE_EVENT)
    assert alert.title == f"{station.code} · EVSE@2.Temperature 95"
    assert (alert.text, alert.since) == ("System failure · E12 · Aarhus, Havnegade", NOW - MINUTE)
    assert (alert.subject, alert.subject_id) == (Subject.STATION, station.pk)
    DeviceEvent.objects.update(needs_attention=False)
    assert list(Alerts(now=NOW, kind=AlertKind.DEVICE_EVENT)) == []


def test_a_station_that_differs_from_what_is_enforced(operator: Operator) -> None:
    drift = TemplateDriftFactory.create(template__operator=operator, template__name="Basics")
    TemplateDriftFactory.create(template__operator=operator, template__is_enforced=False)
    TemplateDriftFactory.create(template__operator=operator, step="in_step")
    (alert,) = Alerts(now=NOW, kind=AlertKind.CONFIGURATION)
    assert alert.title == f"{drift.station.code} · Not as “Basics” wants it"
    assert alert.text.startswith("MeterValueSampleInterval · ")
    assert (alert.since, alert.subject_id, alert.tab) == (NOW, drift.station_id, "variables")


def test_order_slices_and_queries(operator: Operator, other_operator: Operator) -> None:
    connector(operator, status="Faulted", status_at=NOW)
    connector(other_operator, status="Faulted", status_at=NOW)
    for minutes in (10, 20, 30):
        StationFactory.create(
            operator=operator, is_online=False, disconnected_at=NOW - minutes * MINUTE
        )
    TransactionFactory.create(station__operator=operator, state="ended", needs_review=True)
    alerts = Alerts(now=NOW)
    with CaptureQueriesContext(connection) as queries:
        first = alerts[:3]
    assert len(queries) == 14  # twelve counts, and two kinds in this slice
    kinds = [alert.kind for alert in alerts]
    assert kinds == ["connector-fault", "offline", "offline", "offline", "review"]
    assert [alert.kind for alert in first] == kinds[:3]
    assert [*alerts[2:4], *alerts[4:10]] == list(alerts)[2:]
    assert (len(alerts), alerts[4].kind) == (5, AlertKind.REVIEW)
