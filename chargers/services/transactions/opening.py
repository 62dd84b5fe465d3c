"""The row of a new transaction, and the EVSE that it occupies."""

from __future__ import annotations

from datetime import datetime

from django.db.models import BigIntegerField, UUIDField

from chargers.domain import clocks
from chargers.domain.context import StationContext
from chargers.domain.messages import TransactionEvent
from chargers.domain.quirks import SampleRegister
from chargers.domain.review import Finding, Oddity
from chargers.domain.vocabulary import TransactionEventType
from chargers.events import TransactionStarted
from chargers.models import Evse, Transaction
from chargers.services.hardware import find_connector, location_id_of
from chargers.services.transactions.closing import end_provisionally
from common.ids import random_int31
from common.prepared import Param, PreparedUpdate
from events.outbox import publish

_OCCUPY = PreparedUpdate(
    lambda: Evse.objects.filter(pk=Param("pk", BigIntegerField())),
    lambda: {"active_transaction": Param("transaction_id", UUIDField())},
)


def new_transaction(
    message: TransactionEvent,
    *,
    station: StationContext,
    evse: Evse | None,
    station_ref: str | None,
    start_key: str,
    received_at: datetime,
) -> Transaction:
    """A transaction from the first that is heard of it, not saved yet.

    Args:
        station_ref: the station's reference; None where we assign the id (1.6): a random int31,
            which the database refuses in the rare case that a station has got it before.
        start_key: digest of the start's content, "" for none.
    """
    starts = message.event_type == TransactionEventType.STARTED
    corrected = clocks.correct(message.device_at, received_at=received_at)
    assigned_id = random_int31() if station_ref is None else None
    return Transaction(
        operator_id=station.operator_id,
        location_id=location_id_of(station),
        station_id=station.station_id,
        evse=evse,
        connector=find_connector(evse=evse, number=message.connector),
        station_ref=str(assigned_id) if station_ref is None else station_ref[:40],
        assigned_id=assigned_id,
        start_key=start_key,
        remote_start_id=message.remote_start_id,
        charging_state=message.charging_state.value if message.charging_state else "",
        started_device_at=clocks.storable(message.device_at),
        started_received_at=received_at,
        started_at=corrected.at,
        meter_start_wh=base_line(message, station),
        # Of a session whose start is missing, `place_event` has to see what came before.
        last_seq_no=message.seq_no if starts else None,
        created_at=received_at,
    )


def base_line(message: TransactionEvent, station: StationContext) -> int | None:
    """The register that the session counts from; samples that count from its start, from 0."""
    register_wh = opening_register(message)
    relative = station.quirks.sample_register == SampleRegister.SESSION
    return 0 if relative and message.meter_wh is None else register_wh


def opening_register(message: TransactionEvent) -> int | None:
    """Register at the start: the message's own, its Transaction.Begin sample, its first sample."""
    if message.meter_wh is not None:
        return message.meter_wh
    registers = [r for r in message.readings if r.energy_wh is not None]
    begin = [r for r in registers if r.context == "Transaction.Begin"]
    return next((reading.energy_wh for reading in begin or registers), None)


def occupy(evse: Evse | None, row: Transaction, *, now: datetime) -> None:
    """Make the row the EVSE's active transaction.

    Whatever ran there before has lost its stop: it is closed provisionally. A replay of an older
    session leaves the running one alone.
    """
    if evse is None:
        return
    before = evse.active_transaction if evse.active_transaction_id is not None else None
    if before is not None and before.pk != row.pk and before.is_active:
        if row.started_at < before.started_at:
            return
        reason = Finding(Oddity.SUPERSEDED, f"transaction {row.station_ref} started")
        end_provisionally(transaction_id=before.pk, reason=reason, now=now)
    _OCCUPY.run(pk=evse.pk, transaction_id=row.pk)


def publish_start(row: Transaction, *, evse: Evse | None, now: datetime) -> None:
    publish(
        TransactionStarted(
            operator_id=row.operator_id,
            subject_id=row.pk,
            parent_id=row.station_id,
            evse=evse.number if evse else None,
            id_token_uid=row.id_token_uid,
            authorization_status=row.authorization_status,
        ),
        now=now,
    )
