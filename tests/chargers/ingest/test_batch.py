from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection
from django.db.transaction import atomic
from django.test.utils import CaptureQueriesContext

from chargers.domain.messages import (
    Heartbeat,
    Message,
    MeterValues,
    Reading,
    StatusNotification,
    TransactionEvent,
)
from chargers.domain.results import Result
from chargers.domain.vocabulary import ChargingState, ConnectorStatus, TransactionEventType
from chargers.ingest.batch import BatchProcessor
from chargers.ingest.items import FrameItem
from chargers.models import ChargingStation, Evse, MeterValue, OcppFrame, Transaction
from chargers.services.transactions import closing, progress
from common.tenancy import system_scope
from events.models import OutboxEvent
from tests.factories import NOW, EvseFactory, StationFactory, TransactionFactory, context_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def running() -> Transaction:
    """A session of a 2.x station whose latest event is number 4."""
    with system_scope("test"):
        station = StationFactory.create()
        evse = EvseFactory.create(station=station, operator=station.operator, max_power_w=22_000)
        row: Transaction = TransactionFactory.create(
            operator=station.operator,
            station=station,
            evse=evse,
            station_ref="tx-1",
            assigned_id=None,
            started_at=NOW,
            meter_start_wh=1_000,
            energy_wh=0,
            charging_state="Charging",
            last_seq_no=4,
        )
        evse.active_transaction = row
        evse.save()
        return row


def process(
    station: ChargingStation, *messages: Message, by: BatchProcessor | None = None
) -> list[FrameItem]:
    def encode(item: FrameItem, result: Result) -> str:
        return f"{type(item.message).__name__} -> {type(result).__name__}"

    items = [
        FrameItem(
            station=context_of(station),
            received_at=NOW + timedelta(minutes=10),
            raw=f"frame {number}",
            action="Test",
            message_id=str(number),
            message=message,
            encode_reply=encode,
            refuse=lambda item: f"refused {item.raw}",
        )
        for number, message in enumerate(messages)
    ]
    processor = by or BatchProcessor(clock=lambda: NOW, touched=lambda _pairs: None)
    processor.process(items)
    return items


def updated(seq_no: int, minutes: int, energy_wh: int, **values: Any) -> TransactionEvent:
    given = {"charging_state": ChargingState.CHARGING, **values}
    return TransactionEvent(
        event_type=TransactionEventType.UPDATED,
        transaction_ref="tx-1",
        device_at=NOW + timedelta(minutes=minutes),
        seq_no=seq_no,
        readings=(
            Reading(device_at=NOW + timedelta(minutes=minutes), energy_wh=energy_wh, power_w=9_000),
        ),
        **given,
    )


def refreshed(row: Transaction) -> Transaction:
    with system_scope("test"):
        return Transaction.objects.get(pk=row.pk)


def test_plain_updates_take_the_bulk_path_with_the_same_effect(
    running: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_find_or_open", pytest.fail)

    items = process(running.station, updated(5, 5, 1_700), updated(6, 6, 1_900))

    assert [item.reply for item in items] == ["TransactionEvent -> TransactionResult"] * 2
    row = refreshed(running)
    assert (row.last_seq_no, row.energy_wh, row.power_w) == (6, 900, 9_000)
    assert row.last_reading_at == NOW + timedelta(minutes=6)
    with system_scope("test"):
        assert MeterValue.objects.filter(transaction=running).count() == 2
        assert OcppFrame.objects.count() == 2


@pytest.mark.parametrize(
    "message",
    [
        updated(8, 5, 1_700),
        updated(4, 5, 1_700),
        updated(5, 5, 1_700, charging_state=ChargingState.SUSPENDED_EV),
        updated(5, 5, 1_700, offline=True),
    ],
    ids=["hole", "repeated", "new state", "offline"],
)
def test_anything_else_is_decided_one_by_one(
    running: Transaction, message: TransactionEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    find = closing.locked_by_reference

    def watched(station_id: UUID, ref: str) -> Transaction | None:
        asked.append(ref)
        return find(station_id, ref)

    monkeypatch.setattr(progress, "locked_by_reference", watched)

    process(running.station, message)

    assert asked == ["tx-1"]


def test_a_repeated_plain_update_is_stored_once(running: Transaction) -> None:
    process(running.station, updated(5, 5, 1_700))
    process(running.station, updated(5, 5, 1_700))

    row = refreshed(running)
    assert (row.last_seq_no, row.energy_wh) == (5, 700)
    with system_scope("test"):
        assert MeterValue.objects.filter(transaction=running).count() == 1


def test_a_message_that_fails_is_refused_alone_with_its_events(
    running: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("a bug")

    status = StatusNotification(
        evse=1,
        connector=1,
        status=ConnectorStatus.FAULTED,
        device_at=NOW,
        raw_status="Faulted",
    )
    process(running.station, status)
    with system_scope("test"):
        before = OutboxEvent.objects.count()
    monkeypatch.setattr("chargers.services.status._show_on_transaction", fail)

    items = process(
        running.station,
        Heartbeat(),
        StatusNotification(
            evse=1,
            connector=1,
            status=ConnectorStatus.AVAILABLE,
            device_at=NOW,
            raw_status="Available",
        ),
        MeterValues(evse=1, connector=1, transaction_ref="tx-1", readings=()),
    )

    assert [item.reply for item in items] == [
        "Heartbeat -> HeartbeatResult",
        "refused frame 1",
        "MeterValues -> Acknowledged",
    ]
    with system_scope("test"):
        assert OutboxEvent.objects.count() == before
        assert OcppFrame.objects.filter(reply="refused frame 1").count() == 1


def _status(status: ConnectorStatus) -> StatusNotification:
    return StatusNotification(
        evse=1, connector=1, status=status, device_at=NOW, raw_status=status.value
    )


def _savepoints(queries: CaptureQueriesContext) -> int:
    return sum(query["sql"].startswith("SAVEPOINT") for query in queries)


def test_a_batch_in_which_nothing_fails_has_no_savepoints(running: Transaction) -> None:
    with CaptureQueriesContext(connection) as queries:
        process(
            running.station, _status(ConnectorStatus.OCCUPIED), _status(ConnectorStatus.AVAILABLE)
        )
    # The one of the batch itself: in production it is the transaction.
    assert _savepoints(queries) == 1


def test_after_a_fault_batches_have_savepoints_for_a_while(
    running: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor = BatchProcessor(clock=lambda: NOW, touched=lambda _pairs: None)
    process(running.station, _status(ConnectorStatus.OCCUPIED), by=processor)
    decided = []

    def fail(*_: Any, **__: Any) -> None:
        decided.append(1)
        raise RuntimeError("a bug")

    with monkeypatch.context() as broken:
        broken.setattr("chargers.services.status._show_on_transaction", fail)
        process(running.station, _status(ConnectorStatus.AVAILABLE), by=processor)
        assert len(decided) == 2
        process(running.station, _status(ConnectorStatus.AVAILABLE), by=processor)
        assert len(decided) == 3
    with CaptureQueriesContext(connection) as queries:
        process(running.station, _status(ConnectorStatus.FAULTED), by=processor)
    assert _savepoints(queries) == 2
    processor._careful_until = 0.0
    with CaptureQueriesContext(connection) as queries:
        process(running.station, _status(ConnectorStatus.AVAILABLE), by=processor)
    assert _savepoints(queries) == 1


def test_a_fault_that_a_service_forgives_itself_loses_nothing(
    running: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a savepoint it breaks the transaction, though nobody hears of it."""

    def forgiven(*_: Any, **__: Any) -> None:
        with contextlib.suppress(IntegrityError), atomic():
            Evse.objects.create(station=running.station, operator=running.operator, number=1)

    monkeypatch.setattr("chargers.services.status._show_on_transaction", forgiven)
    items = process(running.station, Heartbeat(), _status(ConnectorStatus.OCCUPIED))
    assert [item.reply for item in items] == [
        "Heartbeat -> HeartbeatResult",
        "StatusNotification -> Acknowledged",
    ]
    with system_scope("test"):
        assert OcppFrame.objects.count() == 2
        assert OutboxEvent.objects.count() == 1
        assert Evse.objects.count() == 1


def test_events_of_a_batch_are_stored_with_it(running: Transaction) -> None:
    statuses = [
        StatusNotification(
            evse=1, connector=1, status=status, device_at=NOW, raw_status=status.value
        )
        for status in (ConnectorStatus.OCCUPIED, ConnectorStatus.AVAILABLE)
    ]

    process(running.station, *statuses)

    kinds = list(OutboxEvent.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["chargers.connector_status_changed"] * 2
