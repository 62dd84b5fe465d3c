"""What stations report besides charging: the grid."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chargers.domain.context import StationContext
from chargers.domain.messages import (
    NotifyDerAlarm,
)
from chargers.domain.results import Acknowledged
from chargers.events import GridAlarmReported
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
