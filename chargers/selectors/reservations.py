"""Reservations for pages and the API."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from chargers.models import Reservation, ReservationStatus

_ENDED_WELL = (ReservationStatus.USED, ReservationStatus.EXPIRED, ReservationStatus.CANCELLED)
_GROUPS: dict[str, tuple[str, ...]] = {
    "open": tuple(ReservationStatus.open()),
    "used": (ReservationStatus.USED,),
    "ended": (ReservationStatus.EXPIRED, ReservationStatus.CANCELLED),
    "refused": tuple(
        status
        for status in ReservationStatus
        if status not in _ENDED_WELL and status not in ReservationStatus.open()
    ),
}


def reservations(*, text: str = "", state: str = "") -> QuerySet[Reservation]:
    """The operator's reservations with what a list shows of them.

    Args:
        text: in the token's number, or the name of driver, station or location.
        state: "open", "used", "ended", "refused", anything else for all.
    """
    rows: QuerySet[Reservation] = Reservation.objects.all()
    if text := text.replace("\x00", "").strip():
        rows = rows.filter(
            Q(id_token_uid__istartswith=text)
            | Q(driver__full_name__icontains=text)
            | Q(station__name__icontains=text)
            | Q(station__code__istartswith=text)
            | Q(station__location__name__icontains=text)
        )
    if state in _GROUPS:
        rows = rows.filter(status__in=_GROUPS[state])
    return with_parts(rows)


def with_parts(rows: QuerySet[Reservation]) -> QuerySet[Reservation]:
    return rows.select_related("station__location", "evse", "driver", "transaction", "id_token")


def reservations_at(station_id: UUID, *, limit: int = 10) -> list[Reservation]:
    """Latest first, of one station."""
    rows = Reservation.objects.filter(station_id=station_id)
    return list(with_parts(rows).order_by("-number")[:limit])
