"""Stations: added, changed, keyed, taken out of use. Every change leaves an audit entry."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypedDict
from uuid import UUID

from django.conf import settings
from django.db.transaction import atomic, on_commit

from accounts.models import Operator
from accounts.services import audit
from accounts.services.audit import Actor
from chargers import ports
from chargers.domain.station_keys import generate_key
from chargers.exceptions import UnableToDeleteStation, UnableToSaveStation
from chargers.models import (
    ChargingStation,
    Connector,
    ConnectorType,
    CurrentType,
    Evse,
    Location,
)
from chargers.services.station_fields import (
    SHORT_IDENTITY,
    new_station_errors,
    station_errors,
    text,
)
from chargers.services.station_keys import TYPED_KEY_WARNING, hashed
from common.ids import RandomBits, random_code, uuid7


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvse:
    """An EVSE of a new station; they are numbered 1, 2, … in order, connectors likewise.

    Attributes:
        max_power_w: rated power, W; the ceiling of what its meter is believed.
    """

    current_type: CurrentType = CurrentType.AC
    max_power_w: int = 22_000
    connectors: tuple[ConnectorType, ...] = (ConnectorType.TYPE2,)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedStation:
    """`key` is shown now and never again; `warnings` are sentences for the person."""

    station: ChargingStation
    key: str
    warnings: tuple[str, ...] = ()


class StationChanges(TypedDict, total=False):
    name: str
    code: str
    location: Location
    vendor: str
    model: str
    serial_number: str
    heartbeat_interval_seconds: int
    external_id: str
    metadata: dict[str, Any]


@atomic
def add_station(
    *,
    operator: Operator,
    location: Location,
    name: str,
    evses: Sequence[NewEvse],
    actor: Actor,
    now: datetime,
    code: str = "",
    identity: str = "",
    key: str = "",
    external_id: str = "",
    metadata: dict[str, Any] | None = None,
    station_id: UUID | None = None,
    randbits: RandomBits = secrets.randbits,
) -> AddedStation:
    """Add a station with its EVSEs and connectors; identity, code and key are random by default.

    Args:
        identity: typed in for a station whose own cannot be changed; a short one is warned of.
        key: typed in for the same reason (12 characters or more), warned of.
        station_id: for callers who may have to find out later whether it was added.

    Raises:
        UnableToSaveStation: `errors` by field name; nothing was saved.
    """
    values: dict[str, Any] = {
        "name": text(name),
        "code": text(code) or random_code(8, randbits=randbits),
        "identity": text(identity) or random_code(16, randbits=randbits),
        "location": location,
        "evses": evses,
        "key": key,
    }
    errors = new_station_errors(operator, values)
    if errors:
        raise UnableToSaveStation("The station cannot be added.", errors=errors)
    plain = key or generate_key(randbits=randbits)
    station = ChargingStation.objects.create(
        id=station_id or uuid7(),
        operator=operator,
        location=location,
        name=values["name"],
        code=values["code"],
        identity=values["identity"],
        key_hash=hashed(plain),
        key_set_at=now,
        heartbeat_interval_seconds=settings.OCPP_HEARTBEAT_INTERVAL_SECONDS,
        external_id=external_id,
        metadata=metadata or {},
        created_at=now,
    )
    _add_evses(station, evses)
    told = {"code": station.code, "evses": len(evses), **_typed(identity, key)}
    _audit(station, actor, "station.added", told, now)
    return AddedStation(station=station, key=plain, warnings=typed_warnings(identity, key))


def _typed(identity: str, key: str) -> dict[str, str]:
    """What people brought along instead of taking ours, for the audit trail."""
    typed = {"identity": "typed identity" if identity else "", "key": "typed key" if key else ""}
    return {name: words for name, words in typed.items() if words}


def _add_evses(station: ChargingStation, evses: Sequence[NewEvse]) -> None:
    for number, new in enumerate(evses, start=1):
        evse = Evse.objects.create(
            operator_id=station.operator_id,
            station=station,
            number=number,
            current_type=new.current_type,
            max_power_w=new.max_power_w,
        )
        Connector.objects.bulk_create(
            Connector(operator_id=station.operator_id, evse=evse, number=position, type=kind)
            for position, kind in enumerate(new.connectors, start=1)
        )


def typed_warnings(identity: str, key: str) -> tuple[str, ...]:
    """Sentences for the person who typed an identity or a key instead of taking ours."""
    found = []
    if identity and len(identity.strip()) < SHORT_IDENTITY:
        found.append("The identity is short and easily guessed; only the key protects the station.")
    if key:
        found.append(TYPED_KEY_WARNING)
    return tuple(found)


def _audit(
    station: ChargingStation, actor: Actor, action: str, changes: dict[str, Any], now: datetime
) -> None:
    audit.record(
        operator=station.operator, actor=actor, action=action, obj=station, changes=changes, now=now
    )


@atomic
def update_station(
    *, station: ChargingStation, changes: StationChanges, actor: Actor, now: datetime
) -> ChargingStation:
    """Change what people say about a station; what it says itself comes by BootNotification.

    Raises:
        UnableToSaveStation: `errors` by field name; nothing was saved.
    """
    cleaned = {
        name: text(value) if isinstance(value, str) else value for name, value in changes.items()
    }
    errors = station_errors(station, cleaned)
    if errors:
        raise UnableToSaveStation("The station cannot be changed like this.", errors=errors)
    differences = audit.differences(station, cleaned)
    if differences:
        for name in differences:
            setattr(station, name, cleaned[name])
        station.save(update_fields=list(differences))
        _audit(station, actor, "station.changed", differences, now)
    return station


@atomic
def set_enabled(
    *, station: ChargingStation, is_enabled: bool, actor: Actor, now: datetime
) -> ChargingStation:
    """Let a station connect, or refuse it from now on; its present connection is void at once."""
    if station.is_enabled == is_enabled:
        return station
    station.is_enabled = is_enabled
    station.save(update_fields=["is_enabled"])
    if not is_enabled:
        disconnect(station)
    action = "station.enabled" if is_enabled else "station.disabled"
    _audit(station, actor, action, {"is_enabled": [not is_enabled, is_enabled]}, now)
    return station


def disconnect(station: ChargingStation) -> None:
    """Have the station's socket closed after the commit."""
    on_commit(partial(ports.command_waker().disconnect, station.pk), robust=True)


@atomic
def delete_station(*, station: ChargingStation, actor: Actor, now: datetime) -> None:
    """Remove a station that never charged.

    Raises:
        UnableToDeleteStation: it has transactions, which are kept; disable it instead.
    """
    if station.transactions.exists():
        raise UnableToDeleteStation(
            f"{station.name} has transactions, which must be kept. Disable it instead."
        )
    _audit(station, actor, "station.deleted", {"code": station.code, "name": station.name}, now)
    disconnect(station)
    station.delete()
