"""BootNotification and Heartbeat."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import UUIDField

from chargers.domain.context import StationContext
from chargers.domain.messages import BootNotification, Heartbeat
from chargers.domain.quirks import Make
from chargers.domain.results import BootResult, HeartbeatResult
from chargers.domain.vocabulary import RegistrationStatus
from chargers.events import StationBooted
from chargers.models import ChargingStation
from chargers.services.maintenance.reports import close_update_by_boot
from chargers.services.quirks import resolve_make
from common.prepared import Param, Prepared, save_fields, update_of
from events.outbox import publish

_CONTENT = (
    "vendor",
    "model",
    "serial_number",
    "firmware_version",
    "iccid",
    "imsi",
    "boot_reason",
)
_SAVED = (*_CONTENT, "booted_at", "status", "error_code")
_SAVE = update_of(ChargingStation, *_SAVED)
_STATION = Prepared(
    lambda: (
        ChargingStation.objects.filter(pk=Param("pk", UUIDField()))
        .only("operator_id", "registration_status", "heartbeat_interval_seconds", *_SAVED)
        .order_by()
    )
)
# A station that got no usable answer repeats its boot every few seconds.
_REPEATED_WITHIN = timedelta(seconds=60)


@transaction.atomic
def record_boot(
    message: BootNotification, *, station: StationContext, received_at: datetime
) -> BootResult:
    """Remember what the station is (OCPP 2.0.1 B01 to B03); never refuses, ends no session.

    The same content within a minute changes nothing and publishes nothing.
    """
    (row,) = _STATION.all(pk=station.station_id)
    content = _content(message)
    if not _is_repeated(row, content, received_at):
        close_update_by_boot(
            station_id=row.pk,
            before=row.firmware_version,
            after=content["firmware_version"],
            now=received_at,
        )
        _store(row, content, received_at)
        publish(_booted(message, station), now=received_at)
    make = Make(content["vendor"], content["model"], content["firmware_version"])
    quirks = resolve_make(operator_id=row.operator_id, make=make).quirks
    wished = row.heartbeat_interval_seconds or settings.OCPP_HEARTBEAT_INTERVAL_SECONDS
    return BootResult(
        status=RegistrationStatus(row.registration_status),
        now=received_at,
        interval_seconds=quirks.heartbeat_seconds(wished),
        quirks=quirks,
    )


def _content(message: BootNotification) -> dict[str, str]:
    return {
        "vendor": message.vendor[:50],
        "model": message.model[:50],
        "serial_number": message.serial_number[:50],
        "firmware_version": message.firmware_version[:50],
        "iccid": message.iccid[:30],
        "imsi": message.imsi[:30],
        "boot_reason": message.reason[:40],
    }


def _is_repeated(row: ChargingStation, content: dict[str, str], received_at: datetime) -> bool:
    return (
        row.booted_at is not None
        and received_at - row.booted_at < _REPEATED_WITHIN
        and all(getattr(row, name) == value for name, value in content.items())
    )


def _store(row: ChargingStation, content: dict[str, str], received_at: datetime) -> None:
    for name, value in content.items():
        setattr(row, name, value)
    row.booted_at = received_at
    # What it said of itself as a whole was said before; not every station takes it back after.
    row.status = row.error_code = ""
    save_fields(_SAVE, row)


def _booted(message: BootNotification, station: StationContext) -> StationBooted:
    return StationBooted(
        operator_id=station.operator_id,
        subject_id=station.station_id,
        reason=message.reason[:40],
        firmware_version=message.firmware_version[:50],
    )


def answer_heartbeat(
    message: Heartbeat,  # noqa: ARG001 -- says nothing but "here I am"
    *,
    station: StationContext,  # noqa: ARG001
    received_at: datetime,
) -> HeartbeatResult:
    """Tell the station the time; that it lives is kept by the connection."""
    return HeartbeatResult(now=received_at)
