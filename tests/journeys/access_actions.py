"""What the second process does about lists and reservations; imported by `site_actions`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts.models import IdToken
from accounts.services.audit import Actor
from accounts.services.tokens import block_id_token
from chargers.models import ChargingStation, Evse, LocalList, Reservation
from chargers.services.local_lists.control import manage_list
from chargers.services.local_lists.sync import sync_due_lists
from chargers.services.reservations import booking
from common.clock import utc_now
from events.dispatch import dispatch_pending

ACTOR = Actor.system("journeys")

Row = dict[str, Any]


def keep_list(identity: str) -> None:
    """Keep a station's list in step, beginning now."""
    manage_list(station=_station(identity), is_managed=True, actor=ACTOR, now=utc_now())
    sync_lists()


def sync_lists() -> int:
    """What the worker does every few seconds, as if some had gone by."""
    dispatch_pending(now=utc_now())
    return sync_due_lists(now=utc_now() + timedelta(seconds=10))


def block_token(uid: str) -> None:
    block_id_token(token=IdToken.objects.get(uid=uid), blocked=True, actor=ACTOR, now=utc_now())


def local_list(identity: str) -> Row:
    fields = ("state", "version", "entry_count", "last_error")
    row: Row = LocalList.objects.values(*fields).get(station__identity=identity)
    return row


def reserve(identity: str, evse: int, uid: str, minutes: float) -> str:
    now = utc_now()
    row = booking.reserve(
        station=_station(identity),
        evse=Evse.objects.get(station__identity=identity, number=evse),
        id_token=IdToken.objects.select_related("driver").get(uid=uid),
        expires_at=now + timedelta(minutes=minutes),
        now=now,
        actor=ACTOR,
    )
    return str(row.pk)


def cancel_reservation(reservation_id: str) -> str:
    row = Reservation.objects.select_related("station__operator").get(pk=reservation_id)
    return str(booking.cancel_reservation(reservation=row, now=utc_now()).pk)


def reservation(reservation_id: str) -> Row:
    fields = ("status", "note", "number", "transaction_id", "expires_at")
    row: Row = Reservation.objects.values(*fields).get(pk=reservation_id)
    return row


def reserved_until(identity: str) -> list[datetime | None]:
    rows = Evse.objects.filter(station__identity=identity).order_by("number")
    return list(rows.values_list("reserved_until", flat=True))


def _station(identity: str) -> ChargingStation:
    return ChargingStation.objects.select_related("operator").get(identity=identity)


ACCESS_ACTIONS = (
    keep_list,
    sync_lists,
    block_token,
    local_list,
    reserve,
    cancel_reservation,
    reservation,
    reserved_until,
)
