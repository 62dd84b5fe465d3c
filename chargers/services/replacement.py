"""Another machine in the place of a station: everything that people know of it goes on."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.transaction import atomic

from accounts.services import audit
from accounts.services.audit import Actor
from chargers.domain.review import Finding, Oddity
from chargers.domain.station_keys import generate_key
from chargers.domain.vocabulary import ConnectorStatus
from chargers.exceptions import UnableToSaveStation
from chargers.models import (
    ChargingStation,
    Connector,
    Evse,
    ReplacedHardware,
    Transaction,
)
from chargers.services.certificates.staff import revoke_all_of_station
from chargers.services.command_queue import abandon_commands
from chargers.services.commissioning import begin_commissioning
from chargers.services.old_machine import forget_old_machine
from chargers.services.station_fields import replacement_errors, text
from chargers.services.station_keys import hashed
from chargers.services.stations import AddedStation, NewEvse, disconnect, typed_warnings
from chargers.services.transactions.closing import end_provisionally
from common.ids import RandomBits, random_code

# What only the machine itself can say, or what belongs to its connections.
_FORGOTTEN: dict[str, Any] = {
    "firmware_version": "",
    "iccid": "",
    "imsi": "",
    "protocol": "",
    "pending_key_hash": "",
    "pending_key_set_at": None,
    "status": "",
    "error_code": "",
    "is_online": False,
    "connected_at": None,
    "booted_at": None,
    "boot_reason": "",
}


@atomic
def replace_hardware(
    *,
    station: ChargingStation,
    evses: Sequence[NewEvse],
    actor: Actor,
    now: datetime,
    identity: str = "",
    keep_identity: bool = False,
    key: str = "",
    vendor: str = "",
    model: str = "",
    serial_number: str = "",
    note: str = "",
    randbits: RandomBits = secrets.randbits,
) -> AddedStation:
    """Put another machine in a station's place, with a key of its own.

    Name, code (and with it the QR code), location, sessions and whatever hangs on the station
    stay. Sessions that run are closed provisionally. The old key opens nothing from this moment, certificates are
    revoked; variables and meter keys of the old machine are forgotten. An EVSE that the new machine does
    not have goes out of service when it has sessions, and goes away when it has none.

    Args:
        evses: of the new machine, in the order of their numbers.
        identity: typed; else a random one, or with `keep_identity` the present one.

    Raises:
        UnableToSaveStation: `errors` by field name; nothing was saved.
    """
    row = (
        ChargingStation.objects.select_for_update(of=("self",))
        .select_related("operator")
        .get(pk=station.pk)
    )
    chosen = text(identity) or (
        row.identity if keep_identity else random_code(16, randbits=randbits)
    )
    values = {
        "identity": chosen,
        "evses": evses,
        "key": key,
        "vendor": text(vendor),
        "model": text(model),
        "serial_number": text(serial_number),
    }
    errors = replacement_errors(row, values)
    if errors:
        raise UnableToSaveStation("The hardware cannot be replaced like this.", errors=errors)
    _end_sessions(row, now)
    abandon_commands(station_id=row.pk, reason="the hardware was replaced", now=now)
    former = _remember(row, text(note)[:500], now)
    plain = key or generate_key(randbits=randbits)
    _renew(row, values, plain, now)
    _adapt_evses(row, evses)
    forget_old_machine(row, now)
    revoke_all_of_station(station=row, reason="hardware replaced", actor=actor, now=now)
    begin_commissioning(station=row, vendor=row.vendor, model=row.model, evses=len(evses), now=now)
    _audit(former, row, {"key": "typed key"} if key else {}, actor, now)
    disconnect(row)
    return AddedStation(station=row, key=plain, warnings=typed_warnings(text(identity), key))


def _end_sessions(row: ChargingStation, now: datetime) -> None:
    running = Transaction.objects.filter(active_at__station=row).values_list("pk", flat=True)
    for transaction_id in list(running):
        reason = Finding(Oddity.HARDWARE_REPLACED)
        end_provisionally(transaction_id=transaction_id, reason=reason, now=now)


def _remember(row: ChargingStation, note: str, now: datetime) -> ReplacedHardware:
    before = ReplacedHardware.objects.filter(station=row).first()
    return ReplacedHardware.objects.create(
        operator=row.operator,
        station=row,
        identity=row.identity,
        vendor=row.vendor,
        model=row.model,
        serial_number=row.serial_number,
        firmware_version=row.firmware_version,
        protocol=row.protocol,
        evses=[_told(evse) for evse in row.evses.prefetch_related("connectors")],
        used_from=before.used_until if before else row.created_at,
        used_until=now,
        note=note,
    )


def _told(evse: Evse) -> dict[str, Any]:
    return {
        "number": evse.number,
        "current_type": evse.current_type,
        "max_power_w": evse.max_power_w,
        "connectors": [connector.type for connector in evse.connectors.all()],
    }


def _renew(row: ChargingStation, values: dict[str, Any], plain: str, now: datetime) -> None:
    changes = {
        **_FORGOTTEN,
        "identity": values["identity"],
        "vendor": values["vendor"],
        "model": values["model"],
        "serial_number": values["serial_number"],
        "key_hash": hashed(plain),
        "key_set_at": now,
        # Whatever the old socket still wants to say of itself names an older epoch.
        "connection_epoch": row.connection_epoch + 1,
        "heartbeat_interval_seconds": settings.OCPP_HEARTBEAT_INTERVAL_SECONDS,
        "tolerated": {},
    }
    if row.is_online:
        changes["disconnected_at"] = now
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))


def _adapt_evses(row: ChargingStation, evses: Sequence[NewEvse]) -> None:
    known = {evse.number: evse for evse in row.evses.all()}
    for number, new in enumerate(evses, start=1):
        evse = known.pop(number, None) or Evse(
            operator_id=row.operator_id, station=row, number=number
        )
        evse.current_type, evse.max_power_w = new.current_type, new.max_power_w
        evse.is_operative = True
        evse.save()
        _adapt_connectors(evse, new)
    for evse in known.values():
        _retire(evse)


def _adapt_connectors(evse: Evse, new: NewEvse) -> None:
    evse.connectors.filter(number__gt=len(new.connectors)).delete()
    for number, kind in enumerate(new.connectors, start=1):
        Connector.objects.update_or_create(
            evse=evse,
            number=number,
            defaults={
                "operator_id": evse.operator_id,
                "type": kind,
                "status": ConnectorStatus.UNAVAILABLE.value,
                "charging_state": "",
                "raw_status": "",
                "error_code": "",
                "vendor_error_code": "",
                "info": "",
                "status_at": None,
            },
        )


def _retire(evse: Evse) -> None:
    """Sessions keep the place where they ran; a place without any is not missed."""
    if not Transaction.objects.filter(evse=evse).exists():
        evse.delete()
        return
    evse.connectors.all().delete()
    evse.is_operative = False
    evse.save(update_fields=["is_operative"])


def _audit(
    former: ReplacedHardware,
    row: ChargingStation,
    typed: dict[str, str],
    actor: Actor,
    now: datetime,
) -> None:
    told: dict[str, Any] = {
        name: [getattr(former, name), getattr(row, name)]
        for name in ("vendor", "model", "serial_number")
        if getattr(former, name) != getattr(row, name)
    }
    if former.identity != row.identity:
        told["identity"] = [former.identity, row.identity]
    told |= typed
    audit.record(
        operator=row.operator,
        actor=actor,
        action="station.hardware_replaced",
        obj=row,
        changes=told,
        now=now,
    )
