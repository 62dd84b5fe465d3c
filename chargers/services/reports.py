"""What stations report besides charging: the grid."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chargers.domain.context import StationContext
from chargers.domain.messages import (
    NotifyDerAlarm,
    NotifyDerStartStop,
)
from chargers.domain.results import Acknowledged
from chargers.events import GridAlarmReported, GridControlChanged
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
def record_der_start_stop(
    message: NotifyDerStartStop, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """NotifyDERStartStop (OCPP 2.1 block R): a scheduled control for the grid began or ended."""
    event = GridControlChanged(
        operator_id=station.operator_id,
        subject_id=station.station_id,
        control_id=message.control_id,
        started=message.started,
        superseded=", ".join(message.superseded),
    )
    publish(event, now=received_at)
    return Acknowledged()
