"""Reservations asked for and cancelled by people and programs (OCPP 2.0.1 H01, H02)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max
from django.db.transaction import atomic

from accounts.models import IdToken
from accounts.services.audit import Actor
from chargers.domain.commands import CancelReservation, ReserveNow
from chargers.exceptions import UnableToReserve
from chargers.models import (
    ChargingStation,
    Connector,
    Evse,
    Reservation,
    ReservationStatus,
    StationCommand,
)
from chargers.ocpp.access import AccessSetting
from chargers.selectors.access import access_settings
from chargers.services.authorization import group_uid
from chargers.services.commands import request_command, token_fault
from chargers.services.reservations.states import flag_evses, open_reservations, tell

LONGEST = timedelta(hours=24)


@atomic
def reserve(
    *,
    station: ChargingStation,
    evse: Evse | None,
    id_token: IdToken,
    expires_at: datetime,
    now: datetime,
    connector_type: str = "",
    actor: Actor | None = None,
) -> Reservation:
    """Ask a station to keep an EVSE, or any, for a token. Its answer moves the row on.

    Args:
        connector_type: the plug that is wanted, where the EVSE does not say it.
        expires_at: at most a day ahead.

    Raises:
        UnableToReserve: `errors` by field name (evse, id_token, expires_at, connector_type).
        UnableToCommand: the station is disabled or offline.
    """
    # One at a time at a station: numbers and the check of free EVSEs must not race.
    locked = ChargingStation.objects.select_for_update().get(pk=station.pk)
    faults = {
        "id_token": token_fault(locked, id_token, now),
        "expires_at": _time_fault(expires_at, now),
        "evse": _any_fault(locked) if evse is None else _evse_fault(locked, evse),
        "connector_type": _plug_fault(locked, evse, connector_type),
    }
    errors = {field: fault for field, fault in faults.items() if fault}
    if errors:
        raise UnableToReserve(errors=errors)
    row = Reservation(
        operator_id=station.operator_id,
        station=locked,
        evse=evse,
        connector_type=connector_type,
        number=_next_number(locked),
        id_token=id_token,
        id_token_uid=id_token.uid,
        id_token_type=id_token.type,
        driver=id_token.driver,
        parent_uid=group_uid(id_token),
        expires_at=expires_at.replace(microsecond=0),
        requested_by=actor.user if actor else None,
        requested_by_key=actor.api_key if actor else None,
        created_at=now,
    )
    row.command = request_command(station=station, command=_order(row), now=now, actor=actor)
    row.save(force_insert=True)
    flag_evses(station.pk)
    tell(row, now=now)
    return row


def _next_number(station: ChargingStation) -> int:
    highest = Reservation.objects.filter(station=station).aggregate(highest=Max("number"))
    return (highest["highest"] or 0) + 1


def _order(row: Reservation) -> ReserveNow:
    return ReserveNow(
        reservation_id=row.number,
        expires_at=row.expires_at,
        id_token_uid=row.id_token_uid,
        id_token_type=row.id_token_type,
        parent_uid=row.parent_uid,
        evse=row.evse.number if row.evse else None,
        connector_type=row.connector_type,
    )


def _time_fault(expires_at: datetime, now: datetime) -> str:
    if expires_at <= now:
        return "The end of a reservation must lie in the future."
    return "Reserve at most 24 hours ahead." if expires_at - now > LONGEST else ""


def _evse_fault(station: ChargingStation, evse: Evse) -> str:
    if evse.station_id != station.pk:
        return "This EVSE belongs to another station."
    current = Evse.objects.get(pk=evse.pk)
    if current.active_transaction_id is not None:
        return f"EVSE {evse.number} is in use."
    if not current.is_operative:
        return f"EVSE {evse.number} is out of service."
    if any(row.evse_id == evse.pk for row in open_reservations(station.pk)):
        return f"EVSE {evse.number} is reserved already."
    return ""


def _any_fault(station: ChargingStation) -> str:
    if access_settings(station).get(AccessSetting.RESERVE_ANY, "").lower() == "false":
        return "This station cannot keep just any EVSE: choose one."
    free = Evse.objects.filter(station=station, is_operative=True, active_transaction=None)
    if free.count() <= len(open_reservations(station.pk)):
        return "No EVSE of this station is free."
    return ""


def _plug_fault(station: ChargingStation, evse: Evse | None, connector_type: str) -> str:
    if not connector_type:
        return ""
    plugs = Connector.objects.filter(evse__station=station, type=connector_type)
    if evse is not None:
        plugs = plugs.filter(evse=evse)
    return "" if plugs.exists() else "There is no such plug here."


@atomic
def cancel_reservation(
    *, reservation: Reservation, now: datetime, actor: Actor | None = None
) -> StationCommand:
    """Ask the station to give the EVSE free; the row is cancelled once it has said so.

    Raises:
        UnableToReserve: it has ended, or the station has not even confirmed it.
        UnableToCommand: the station is unreachable.
    """
    row = Reservation.objects.select_for_update().get(pk=reservation.pk)
    if not row.is_open:
        raise UnableToReserve("This reservation has ended.")
    if row.status == ReservationStatus.PENDING:
        raise UnableToReserve("The station has not answered yet; try again in a moment.")
    command = CancelReservation(reservation_id=row.number)
    return request_command(station=reservation.station, command=command, now=now, actor=actor)
