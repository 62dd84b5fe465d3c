"""What lists and reservations learn from events (`csms.wiring.SUBSCRIBERS`); each may run twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.events import DriverBlocked, IdTokenChanged
from chargers.domain.commands import (
    CancelReservation,
    GetLocalListVersion,
    ReserveNow,
    SendLocalList,
)
from chargers.events import CommandFinished
from chargers.models import CommandStatus, LocalList, StationCommand
from chargers.services.command_queue import queue_command
from chargers.services.local_lists.sync import advance, mark_due

_LIST_COMMANDS = (SendLocalList.kind, GetLocalListVersion.kind)
_TIMEOUT = timedelta(seconds=60)


def tokens_changed(event: IdTokenChanged | DriverBlocked, now: datetime) -> None:
    """Managed lists of the operator are due in a moment."""
    mark_due(operator_id=event.operator_id, now=now)


def list_command_finished(event: CommandFinished, now: datetime) -> None:
    """The next message of a list goes out as soon as the last was answered."""
    if event.command not in _LIST_COMMANDS:
        return
    for key in LocalList.objects.filter(command=event.subject_id).values_list("pk", flat=True):
        advance(list_id=key, now=now)


def unanswered_reservation(event: CommandFinished, now: datetime) -> None:
    """A station that kept an EVSE and whose answer was lost must not keep it for nobody."""
    if event.command != ReserveNow.kind or event.status != CommandStatus.TIMED_OUT:
        return
    asked = StationCommand.objects.filter(pk=event.subject_id).first()
    if asked is None:
        return
    order = CancelReservation(reservation_id=asked.arguments["reservation_id"])
    already = StationCommand.objects.filter(
        station_id=asked.station_id, kind=order.kind, arguments=order.to_json()
    )
    if not already.exists():
        queue_command(
            operator_id=asked.operator_id,
            station_id=asked.station_id,
            command=order,
            now=now,
            timeout=_TIMEOUT,
        )
