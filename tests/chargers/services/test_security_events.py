"""Security events are kept, counted when they flood, and taken off the list by a person."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.models import AuditEntry, Operator
from chargers.domain.messages import SecurityEventNotification
from chargers.models import ChargingStation, SecurityEvent
from chargers.services import security_events
from chargers.services.handling import handle
from chargers.services.security_events import acknowledge_security_events, prune_security_events
from common.tenancy import system_scope
from events.models import OutboxEvent
from tests.factories import ACTOR, NOW, StationFactory, context_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    return StationFactory.create(operator=operator)


def _report(
    station: ChargingStation, event_type: str, *, at: datetime = NOW, info: str = ""
) -> None:
    message = SecurityEventNotification(event_type=event_type, device_at=NOW, tech_info=info)
    handle(message, station=context_of(station), received_at=at)


def _rows() -> list[tuple[str, int]]:
    return list(SecurityEvent.objects.order_by("id").values_list("type", "count"))


def test_what_the_station_says_is_kept(station: ChargingStation) -> None:
    _report(station, "TamperDetectionActivated", info="door")
    row = SecurityEvent.objects.get()
    assert (row.type, row.tech_info, row.device_at, row.received_at) == (
        "TamperDetectionActivated",
        "door",
        NOW,
        NOW,
    )
    assert (row.is_critical, row.needs_attention, row.is_noticed) == (True, True, False)
    assert OutboxEvent.objects.get().kind == "chargers.security_event_reported"


def test_a_flood_makes_one_row_and_is_counted(station: ChargingStation) -> None:
    for number in range(300):
        _report(station, "InvalidMessages", at=NOW + timedelta(milliseconds=number))
    assert _rows() == [("InvalidMessages", 300)]
    assert OutboxEvent.objects.count() == 1
    _report(station, "InvalidMessages", at=NOW + timedelta(minutes=5))
    assert _rows() == [("InvalidMessages", 300), ("InvalidMessages", 1)]


def test_a_flood_of_invented_types_is_bounded(
    station: ChargingStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security_events, "MAX_ROWS", 3)
    for number in range(50):
        _report(station, f"Invented{number}")
    _report(station, "TamperDetectionActivated")
    assert _rows() == [("Invented0", 1), ("Invented1", 1), ("Invented2", 1), ("(others)", 48)]
    assert SecurityEvent.objects.get(type="(others)").needs_attention


def test_acknowledged_is_done_and_what_follows_is_news(
    station: ChargingStation, operator: Operator
) -> None:
    foreign = StationFactory.create()
    with system_scope("the other operator's"):
        _report(foreign, "TamperDetectionActivated")
    _report(station, "TamperDetectionActivated")
    assert acknowledge_security_events(station=station, actor=ACTOR, now=NOW) == 1
    assert acknowledge_security_events(station=station, actor=ACTOR, now=NOW) == 0
    _report(station, "TamperDetectionActivated")
    assert _rows() == [("TamperDetectionActivated", 1), ("TamperDetectionActivated", 1)]
    assert [entry.action for entry in AuditEntry.objects.all()] == [
        "station.security_events_acknowledged"
    ]
    with system_scope("the other operator's"):
        assert SecurityEvent.objects.get(station=foreign).acknowledged_at is None


def test_ids_of_another_station_change_nothing(
    station: ChargingStation, operator: Operator
) -> None:
    other = StationFactory.create(operator=operator)
    _report(other, "MemoryExhaustion")
    ids = [SecurityEvent.objects.get().pk]
    assert acknowledge_security_events(station=station, actor=ACTOR, now=NOW, ids=ids) == 0
    assert SecurityEvent.objects.get().acknowledged_at is None


def test_old_events_go_unless_somebody_must_still_look(station: ChargingStation) -> None:
    _report(station, "InvalidMessages")
    _report(station, "TamperDetectionActivated")
    assert prune_security_events(now=NOW + timedelta(days=8), keep=timedelta(days=9)) == 0
    assert prune_security_events(now=NOW + timedelta(days=10), keep=timedelta(days=9)) == 1
    assert _rows() == [("TamperDetectionActivated", 1)]
