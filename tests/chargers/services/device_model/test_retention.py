"""Events and reports go when they are old and nobody waits for them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Operator
from chargers.models import ChargingStation, DeviceEvent, StationReport
from chargers.services.device_model import retention
from tests.factories import NOW, StationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]
DAY = timedelta(days=1)


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    return StationFactory.create(operator=operator)


def noticed(
    station: ChargingStation, number: int, trigger: str, *, days: int, waits: bool = False
) -> None:
    DeviceEvent.objects.create(
        operator=station.operator,
        station=station,
        event_id=number,
        generated_at=NOW - days * DAY,
        occurred_at=NOW - days * DAY,
        received_at=NOW - days * DAY,
        trigger=trigger,
        name="A.B",
        needs_attention=waits,
    )


def reported(station: ChargingStation, number: int, state: str, *, days: int) -> None:
    StationReport.objects.create(
        operator=station.operator,
        station=station,
        request_id=number,
        kind="FullInventory",
        state=state,
        requested_at=NOW - days * DAY,
    )


def prune() -> int:
    return retention.prune_device_model(now=NOW, keep=400 * DAY, keep_readings=30 * DAY)


def left() -> tuple[list[int], list[int]]:
    events = DeviceEvent.objects.order_by("id").values_list("event_id", flat=True)
    reports = StationReport.objects.order_by("id").values_list("request_id", flat=True)
    return list(events), list(reports)


def test_the_old_goes_the_open_stays(station: ChargingStation) -> None:
    noticed(station, 1, "Alerting", days=401, waits=True)
    noticed(station, 2, "Alerting", days=401)
    noticed(station, 3, "Alerting", days=31)
    noticed(station, 4, "Periodic", days=31)
    noticed(station, 5, "Delta", days=31)
    noticed(station, 6, "Periodic", days=29)
    reported(station, 7, "complete", days=401)
    reported(station, 8, "requested", days=401)
    reported(station, 9, "incomplete", days=399)
    assert prune() == 4
    assert left() == ([1, 3, 6], [8, 9])
    assert prune() == 0


def test_no_more_than_so_many_rows_at_once(
    station: ChargingStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_PRUNE_ROWS", 2)
    for number in range(3):
        noticed(station, number, "Periodic", days=40)
    assert [prune(), prune(), prune()] == [2, 1, 0]
