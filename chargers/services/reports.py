"""What stations report besides charging: the grid, their device model."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from chargers.domain.context import StationContext
from chargers.domain.messages import (
    NotifyDerAlarm,
    NotifyReport,
    ReportedVariable,
)
from chargers.domain.results import Acknowledged
from chargers.domain.variables import variable_name
from chargers.events import GridAlarmReported
from chargers.models import StationVariable
from chargers.ocpp.secrets import is_secret
from events.outbox import publish


@transaction.atomic
def record_der_alarm(
    message: NotifyDerAlarm, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """NotifyDERAlarm (OCPP 2.1 block R): the grid is out of bounds, or within them again."""
    event = GridAlarmReported(
        operator_id=station.operator_id,
        subject_id=station.station_id,
        control_type=message.control_type,
        fault=message.fault,
        ended=message.ended,
        info=message.info,
    )
    publish(event, now=received_at)
    return Acknowledged()


@transaction.atomic
def record_report(
    message: NotifyReport, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """NotifyReport (B07): the station's variables, written over what was known."""
    store_variables(
        station=station, rows=(_row(v) for v in message.variables), reported_at=received_at
    )
    return Acknowledged()


def _row(reported: ReportedVariable) -> StationVariable:
    return StationVariable(
        name=variable_name(reported),
        evse=reported.evse or 0,
        connector=reported.connector or 0,
        value=reported.attributes.get("Actual", ""),
        is_read_only=reported.is_read_only,
        attributes={"values": dict(reported.attributes), **reported.characteristics},
    )


def store_variables(
    *, station: StationContext, rows: Iterable[StationVariable], reported_at: datetime
) -> None:
    """Insert or overwrite variables; of the same name twice, the later wins. Secrets are blanked."""
    unique: dict[tuple[str, int, int], StationVariable] = {}
    for row in rows:
        row.operator_id = station.operator_id
        row.station_id = station.station_id
        row.reported_at = reported_at
        row.name = row.name[:255]
        if is_secret(row.name):
            row.value, row.attributes = "", {}
        unique[row.name, row.evse, row.connector] = row
    StationVariable.objects.bulk_create(
        unique.values(),
        update_conflicts=True,
        unique_fields=["station", "name", "evse", "connector"],
        update_fields=["value", "is_read_only", "attributes", "reported_at"],
    )
