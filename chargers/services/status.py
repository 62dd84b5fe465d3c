"""StatusNotification: what a connector shows, and in 1.6 the charging state of its session."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import BigIntegerField, CharField, DateTimeField, UUIDField

from chargers.domain.context import StationContext
from chargers.domain.messages import StatusNotification
from chargers.domain.results import Acknowledged
from chargers.events import ConnectorStatusChanged
from chargers.models import ChargingStation, Connector, Transaction
from chargers.services.hardware import find_connector_at
from chargers.services.reservations.ending import follow_connector
from chargers.services.transactions.states import add_state
from common.prepared import Param, PreparedUpdate
from events.outbox import publish

_CONTENT = (
    "status",
    "charging_state",
    "raw_status",
    "error_code",
    "vendor_id",
    "vendor_error_code",
    "info",
)
_SAVE = PreparedUpdate(
    lambda: Connector.objects.filter(pk=Param("pk", BigIntegerField())),
    lambda: {
        **{name: Param(name, CharField()) for name in _CONTENT},
        "status_at": Param("status_at", DateTimeField()),
    },
)

_SHOW = PreparedUpdate(
    lambda: Transaction.objects.filter(pk=Param("pk", UUIDField())).exclude(
        charging_state=Param("charging_state", CharField())
    ),
    lambda: {"charging_state": Param("charging_state", CharField())},
)


@transaction.atomic
def record_status(
    message: StatusNotification, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """Keep the latest status in the order of arrival; publish it when it says something new.

    EVSE 0 is the station as a whole. Numbers out of bounds are confirmed and ignored.
    """
    if message.evse == 0:
        _record_for_station(message, station, received_at)
        return Acknowledged()
    # 1.6 knows no connectors below its "connector": the decoder says 1, tolerate 0.
    connector = find_connector_at(
        station=station, evse=message.evse, connector=message.connector or 1
    )
    if connector is not None:
        _record_for_connector(message, station, connector, received_at)
    return Acknowledged()


def _record_for_station(
    message: StatusNotification, station: StationContext, received_at: datetime
) -> None:
    row = ChargingStation.objects.get(pk=station.station_id)
    new = {"status": message.status.value, "error_code": message.error_code[:50]}
    old_status = row.status
    if all(getattr(row, name) == value for name, value in new.items()):
        return
    ChargingStation.objects.filter(pk=row.pk).update(**new)
    publish(_changed(message, station, old_status), now=received_at)


def _record_for_connector(
    message: StatusNotification,
    station: StationContext,
    connector: Connector,
    received_at: datetime,
) -> None:
    old_status = connector.status
    content = _content(message)
    is_news = any(getattr(connector, name) != value for name, value in content.items())
    # By our clock (Q36): a station's may be an hour off, and whoever asks for how long a fault has
    # been there compares with ours.
    _SAVE.run(pk=connector.pk, **content, status_at=received_at)
    if is_news:
        _show_on_transaction(message, station, connector.evse.active_transaction_id, received_at)
        follow_connector(connector.evse, old=old_status, new=message.status.value, now=received_at)
        publish(_changed(message, station, old_status), now=received_at)


def _content(message: StatusNotification) -> dict[str, str]:
    return {
        "status": message.status.value,
        "charging_state": message.charging_state.value if message.charging_state else "",
        "raw_status": message.raw_status[:40],
        "error_code": message.error_code[:50],
        "vendor_id": message.vendor_id[:255],
        "vendor_error_code": message.vendor_error_code[:50],
        "info": message.info[:500],
    }


def _show_on_transaction(
    message: StatusNotification,
    station: StationContext,
    active_id: UUID | None,
    received_at: datetime,
) -> None:
    """1.6 says "SuspendedEV" in a status only: the session shows it and keeps it in its history."""
    state = message.charging_state
    if active_id is None or state is None:
        return
    if _SHOW.run(pk=active_id, charging_state=state.value):
        add_state(
            operator_id=station.operator_id,
            transaction_id=active_id,
            state=state,
            device_at=message.device_at,
            received_at=received_at,
        )


def _changed(
    message: StatusNotification, station: StationContext, old_status: str
) -> ConnectorStatusChanged:
    return ConnectorStatusChanged(
        operator_id=station.operator_id,
        subject_id=station.station_id,
        evse=message.evse,
        connector=message.connector,
        old_status=old_status,
        status=message.status.value,
        charging_state=message.charging_state.value if message.charging_state else "",
        error_code=message.error_code[:50],
        vendor_error_code=message.vendor_error_code[:50],
    )
