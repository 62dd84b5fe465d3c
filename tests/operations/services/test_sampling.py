from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Operator
from common import bus
from common.tenancy import operator_scope
from operations.models import HourlyFigures, NetworkSample
from operations.services import sampling
from tests.factories import (
    NOW,
    ConnectorFactory,
    EvseFactory,
    StationFactory,
    TransactionFactory,
)

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
NOTHING = dict.fromkeys(("active_sessions", "stations", "online", "in_use"), 0)


def store_sample(operator: Operator, at: datetime, **values: int) -> NetworkSample:
    fields = {"ac_power_w": 0, "dc_power_w": 0, "connectors": 10, "operative": 10, **NOTHING}
    with operator_scope(operator.pk):
        return NetworkSample.objects.create(operator=operator, at=at, **{**fields, **values})


def session(operator: Operator, ended_at: datetime, energy_wh: int) -> None:
    TransactionFactory.create(
        station__operator=operator, state="ended", ended_at=ended_at, energy_wh=energy_wh
    )


def figures(operator: Operator) -> list[tuple[Any, ...]]:
    with operator_scope(operator.pk):
        rows = HourlyFigures.objects.order_by("hour")
        fields = ("hour", "energy_wh", "sessions", "ac_power_w", "dc_power_w", "uptime_ppm")
        return list(rows.values_list(*fields))


def test_a_sample_of_the_network(operator: Operator, other_operator: Operator) -> None:
    station = StationFactory.create(operator=operator)
    lost = StationFactory.create(operator=operator, is_online=False)
    for number, (kind, watts, status) in enumerate(
        (("AC", 11_000, "Occupied"), ("DC", 90_000, "Occupied"), ("DC", None, "Faulted")), start=1
    ):
        evse = EvseFactory.create(station=station, number=number, current_type=kind)
        ConnectorFactory.create(evse=evse, status=status)
        TransactionFactory.create(station=station, evse=evse, power_w=watts)
    ConnectorFactory.create(evse=EvseFactory.create(station=station, number=4), status="Reserved")
    ConnectorFactory.create(evse=EvseFactory.create(station=lost), status="Available")
    TransactionFactory.create(station__operator=other_operator, power_w=5)
    sample = sampling.take_sample(operator=operator, now=NOW + timedelta(seconds=42))
    assert sample.at == NOW
    assert (sample.ac_power_w, sample.dc_power_w, sample.active_sessions) == (11_000, 90_000, 3)
    assert (sample.stations, sample.online, sample.connectors) == (2, 1, 5)
    assert (sample.in_use, sample.operative) == (3, 3)


def test_a_second_sample_of_the_minute_replaces_the_first(operator: Operator) -> None:
    first = sampling.take_sample(operator=operator, now=NOW)
    StationFactory.create(operator=operator)
    second = sampling.take_sample(operator=operator, now=NOW + timedelta(seconds=59))
    assert (first.pk, first.stations, second.stations) == (second.pk, 0, 1)
    with operator_scope(operator.pk):
        assert NetworkSample.objects.count() == 1


def test_live_pages_hear_of_a_sample(
    operator: Operator,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    posted: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(bus, "post", lambda group, message: posted.append((group, message)))
    with django_capture_on_commit_callbacks(execute=True):
        sampling.take_sample(operator=operator, now=NOW)
    nobody = "00000000-0000-0000-0000-000000000000"
    assert posted == [(f"live.{operator.pk}", {"type": "live.changed", "stations": [nobody]})]


def test_rolling_up_sessions_and_samples(operator: Operator, other_operator: Operator) -> None:
    session(operator, NOW - HOUR, 1_000)
    session(operator, NOW - MINUTE, 2_000)
    session(operator, NOW, 4_000)
    session(operator, NOW + MINUTE, 8_000)
    session(other_operator, NOW, 99)
    store_sample(operator, NOW - 2 * HOUR, ac_power_w=100, dc_power_w=1_000, operative=9)
    store_sample(operator, NOW - 2 * HOUR + MINUTE, ac_power_w=201, dc_power_w=3_000)
    store_sample(operator, NOW, connectors=0, operative=0)
    hours = sampling.roll_up(operator=operator, since=NOW - 2 * HOUR, now=NOW)
    assert hours == 3
    expected = [
        (NOW - 2 * HOUR, 0, 0, 150, 2_000, 950_000),
        (NOW - HOUR, 3_000, 2, None, None, None),
        (NOW, 4_000, 1, 0, 0, None),
    ]
    assert figures(operator) == expected
    assert figures(other_operator) == []
    sampling.roll_up(operator=operator, since=NOW - 2 * HOUR, now=NOW)
    assert figures(operator) == expected


def test_late_stops_change_the_past_but_not_what_lies_before(operator: Operator) -> None:
    session(operator, NOW - 5 * HOUR, 1_000)
    sampling.roll_up(operator=operator, since=NOW - 6 * HOUR, now=NOW)
    session(operator, NOW - 5 * HOUR, 500)
    session(operator, NOW - HOUR, 70)
    sampling.roll_up(operator=operator, since=NOW - 2 * HOUR, now=NOW)
    assert [row[1] for row in figures(operator)] == [1_000, 70]
    sampling.roll_up(operator=operator, since=NOW - 8 * HOUR, now=NOW)
    assert [row[1] for row in figures(operator)] == [1_500, 70]


def test_hours_are_of_utc_whatever_zone_is_active(operator: Operator) -> None:
    """Autumn's repeated hour is two hours, and half-hour zones do not shift them."""
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 summer time
    session(operator, first, 1)
    session(operator, first + HOUR, 2)  # 02:30 again
    for zone in ("Europe/Copenhagen", "Asia/Kolkata"):
        with timezone.override(zone):
            sampling.roll_up(operator=operator, since=first, now=first + 2 * HOUR)
        assert [row[:2] for row in figures(operator)] == [
            (datetime(2026, 10, 25, 0, tzinfo=UTC), 1),
            (datetime(2026, 10, 25, 1, tzinfo=UTC), 2),
        ]


def test_old_samples_are_thinned_to_quarters(operator: Operator, other_operator: Operator) -> None:
    old = NOW - sampling.FINE_FOR - HOUR
    for minutes in (0, 1, 15, 29, 30, 45, 59):
        store_sample(operator, old + minutes * MINUTE)
    store_sample(operator, NOW - sampling.FINE_FOR + MINUTE)
    store_sample(other_operator, old + MINUTE)
    assert sampling.thin_samples(operator=operator, now=NOW) == 3
    assert sampling.thin_samples(operator=operator, now=NOW) == 0
    with operator_scope(operator.pk):
        left = list(NetworkSample.objects.order_by("at").values_list("at", flat=True))
    assert left == [
        *(old + minutes * MINUTE for minutes in (0, 15, 30, 45)),
        NOW - sampling.FINE_FOR + MINUTE,
    ]
    with operator_scope(other_operator.pk):
        assert NetworkSample.objects.count() == 1
