"""A station that says things to `handle`, as the ingest would pass them on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chargers.domain.messages import (
    IdTokenRef,
    Message,
    Reading,
    StatusNotification,
    TransactionEvent,
)
from chargers.domain.results import Result, TransactionResult
from chargers.domain.vocabulary import ConnectorStatus, TransactionEventType
from chargers.models import (
    ChargingStation,
    Connector,
    Evse,
    MeterValue,
    StationCommand,
    Transaction,
)
from chargers.services.handling import handle
from common.tenancy import system_scope
from events.models import OutboxEvent
from tests.factories import (
    NOW,
    ConnectorFactory,
    EvseFactory,
    IdTokenFactory,
    StationFactory,
    context_of,
)

MINUTE = timedelta(minutes=1)
TAG = "04A2B9C2"


def at(minutes: float) -> datetime:
    """Minutes after the start of the conversation."""
    return NOW + timedelta(minutes=minutes)


def reading(minutes: float, energy_wh: int | None = None, **values: Any) -> Reading:
    return Reading(device_at=at(minutes), energy_wh=energy_wh, **values)


@dataclass
class Conversation:
    """One 22 kW station with two EVSEs and a token that may charge."""

    station: ChargingStation
    protocol: str = "ocpp1.6"

    @classmethod
    def begin(cls, *, protocol: str = "ocpp1.6", **values: Any) -> Conversation:
        station = StationFactory.create(**values)
        for number in (1, 2):
            ConnectorFactory.create(evse=EvseFactory.create(station=station, number=number))
        with system_scope("tests"):
            known = station.operator.id_tokens.filter(uid=TAG).exists()
        if not known:
            IdTokenFactory.create(operator=station.operator, uid=TAG)
        return cls(station, protocol)

    def say(self, message: Message, *, received: datetime) -> Result:
        with system_scope("tests: what the ingest does"):
            return handle(
                message, station=context_of(self.station, self.protocol), received_at=received
            )

    def event(
        self,
        kind: TransactionEventType,
        minutes: float,
        *,
        received: datetime | None,
        **values: Any,
    ) -> TransactionResult:
        values.setdefault("device_at", at(minutes))
        message = TransactionEvent(event_type=kind, **values)
        result = self.say(message, received=received or at(minutes))
        assert isinstance(result, TransactionResult)
        return result

    def start(
        self,
        minutes: float = 0,
        *,
        tag: str | None = TAG,
        received: datetime | None = None,
        evse: int | None = 1,
        **values: Any,
    ) -> TransactionResult:
        token = IdTokenRef(uid=tag) if tag is not None else None
        return self.event(
            TransactionEventType.STARTED,
            minutes,
            received=received,
            id_token=token,
            evse=evse,
            **values,
        )

    def update(
        self, minutes: float, ref: str, *, received: datetime | None = None, **values: Any
    ) -> TransactionResult:
        return self.event(
            TransactionEventType.UPDATED, minutes, received=received, transaction_ref=ref, **values
        )

    def stop(
        self,
        minutes: float,
        ref: str | int | None,
        *,
        tag: str | None = None,
        received: datetime | None = None,
        **values: Any,
    ) -> TransactionResult:
        token = IdTokenRef(uid=tag) if tag is not None else None
        return self.event(
            TransactionEventType.ENDED,
            minutes,
            received=received,
            transaction_ref=None if ref is None else str(ref),
            id_token=token,
            **values,
        )

    def status(self, minutes: float, status: ConnectorStatus, evse: int = 1, **values: Any) -> None:
        message = StatusNotification(
            evse=evse,
            connector=1,
            status=status,
            device_at=at(minutes),
            raw_status=status.value,
            **values,
        )
        self.say(message, received=at(minutes))

    def transactions(self) -> list[Transaction]:
        with system_scope("tests"):
            rows = Transaction.objects.filter(station=self.station).select_related(
                "driver", "evse", "connector"
            )
            return list(rows.order_by("started_received_at", "created_at", "id"))

    def only(self) -> Transaction:
        (row,) = self.transactions()
        return row

    def active_at(self, evse: int = 1) -> str | None:
        """The reference of what runs at an EVSE."""
        with system_scope("tests"):
            row = Evse.objects.select_related("active_transaction").get(
                station=self.station, number=evse
            )
        return row.active_transaction.station_ref if row.active_transaction else None

    def connector(self, evse: int = 1) -> Connector:
        with system_scope("tests"):
            return Connector.objects.get(evse__station=self.station, evse__number=evse)

    def commands(self) -> list[StationCommand]:
        with system_scope("tests"):
            return list(StationCommand.objects.filter(station=self.station).order_by("id"))

    def readings(self) -> list[MeterValue]:
        with system_scope("tests"):
            rows = MeterValue.objects.filter(station=self.station)
            return list(rows.order_by("taken_at", "id"))

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """Kind without the app's name, and payload, of everything published."""
        rows = OutboxEvent.objects.filter(operator_id=self.station.operator_id).order_by("id")
        return [(row.kind.removeprefix("chargers."), row.payload) for row in rows]

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.events()]


def codes(row: Transaction) -> list[str]:
    return [warning["code"] for warning in row.warnings]
