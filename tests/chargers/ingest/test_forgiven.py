"""Counters of what was forgiven: gathered, written in bulk, added to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chargers.domain.messages import Heartbeat
from chargers.ingest import forgiven as module
from chargers.ingest.batch import BatchProcessor
from chargers.ingest.items import FrameItem
from chargers.models import ChargingStation, ForgivenFault
from chargers.services.forgiven import ForgivenCount, add_forgiven
from common.tenancy import system_scope
from tests.factories import NOW, StationFactory, context_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WRITE_EVERY_SECONDS", 0.0)


def item(station: ChargingStation, minute: int, *warnings: str, **values: Any) -> FrameItem:
    given = {
        "action": "MeterValues",
        "message_id": f"m-{minute}",
        "encode_reply": lambda _item, _result: "",
        **values,
    }
    return FrameItem(
        station=context_of(station),
        received_at=NOW + timedelta(minutes=minute),
        raw="[]",
        message=Heartbeat(),
        warnings=warnings,
        **given,
    )


def processor() -> BatchProcessor:
    return BatchProcessor(clock=lambda: NOW, touched=lambda _pairs: None)


def rows(station: ChargingStation) -> list[tuple[Any, ...]]:
    with system_scope("tests"):
        found = ForgivenFault.objects.filter(station=station).order_by("kind", "action")
        return list(
            found.values_list("kind", "action", "occurrences", "message_id", "detail", "operator")
        )


def test_what_a_batch_forgave_is_written_with_the_next() -> None:
    first, second = StationFactory.create(), StationFactory.create()
    ingest = processor()
    ingest.process(
        [
            item(first, 1, "meterValue.0.sampledValue.0.value: type", "duplicate_keys"),
            item(first, 2, "meterValue.7.timestamp: type"),
            item(second, 3),
            item(second, 4, "unusable_id", action="Anything at all", encode_reply=None),
        ]
    )
    assert rows(first) == []
    ingest.process([item(first, 5)])
    assert rows(first) == [
        ("duplicate_keys", "MeterValues", 1, "m-1", "duplicate_keys", first.operator_id),
        ("wrong_type", "MeterValues", 2, "m-2", "meterValue.timestamp: type", first.operator_id),
    ]
    assert rows(second) == [("not_a_message", "", 1, "m-4", "unusable_id", second.operator_id)]
    ingest.process([item(first, 6, "idTag: type", action="Authorize")])
    ingest.process([item(first, 7, "x: type")])
    ingest.process([item(first, 8)])
    assert [row[:4] for row in rows(first)] == [
        ("duplicate_keys", "MeterValues", 1, "m-1"),
        ("wrong_type", "Authorize", 1, "m-6"),
        ("wrong_type", "MeterValues", 3, "m-7"),
    ]


def test_counts_wait_for_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    station = StationFactory.create()
    ingest = processor()
    ingest.process([item(station, 1, "x: type")])
    ingest.process([item(station, 2)])
    monkeypatch.setattr(module, "_WRITE_EVERY_SECONDS", 3_600.0)
    for minute in range(3, 6):
        ingest.process([item(station, minute, "x: type")])
    assert [row[2] for row in rows(station)] == [1]


def test_too_many_kinds_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WRITE_EVERY_SECONDS", 3_600.0)
    monkeypatch.setattr(module, "_MAX_PENDING", 2)
    station = StationFactory.create()
    ingest = processor()
    ingest.process([item(station, 1, "x: type", "x: enum")])
    ingest.process([item(station, 2)])
    assert len(rows(station)) == 2


def test_a_batch_that_failed_keeps_its_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    station = StationFactory.create()
    ingest = processor()
    ingest.process([item(station, 1, "x: type")])

    def fail(*_args: Any, **_values: Any) -> None:
        raise RuntimeError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr("chargers.ingest.batch.store_frames", fail)
        with pytest.raises(RuntimeError):
            ingest.process([item(station, 2)])
    assert rows(station) == []
    ingest.process([item(station, 3)])
    assert [row[2] for row in rows(station)] == [1]


def count_of(station: ChargingStation, **values: Any) -> ForgivenCount:
    given = {
        "operator_id": station.operator_id,
        "station_id": station.pk,
        "kind": "wrong_type",
        "action": "Heartbeat",
        "occurrences": 2,
        "first_at": NOW,
        "last_at": NOW,
        "message_id": "1",
        "detail": "x",
        **values,
    }
    return ForgivenCount(**given)


def test_a_station_that_is_gone_is_left_out() -> None:
    station, gone = StationFactory.create(), StationFactory.create()
    counts = [count_of(station), count_of(gone)]
    with system_scope("tests"):
        ChargingStation.objects.filter(pk=gone.pk).delete()
        add_forgiven(counts)
        add_forgiven(
            [count_of(station, first_at=NOW + timedelta(hours=1), last_at=NOW + timedelta(hours=2))]
        )
        row = ForgivenFault.objects.get()
    assert (row.station_id, row.occurrences) == (station.pk, 4)
    assert (row.first_at, row.last_at) == (NOW, NOW + timedelta(hours=2))
