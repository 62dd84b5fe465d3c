"""Keys of stations: made, typed, sent over the air; kept as fingerprints only."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.transaction import atomic

from accounts.services import audit
from accounts.services.audit import Actor
from chargers.domain import commands as wire
from chargers.domain.station_keys import MIN_TYPED_LENGTH, generate_key, hash_key, key_matches
from chargers.exceptions import UnableToCommand, UnableToSetKey
from chargers.models import ChargingStation, StationCommand
from chargers.services.admission import AdmittedStation
from chargers.services.commands import request_command
from common.ids import RandomBits

TYPED_KEY_WARNING = "A typed key is weaker than a generated one. Replace it when you can."


def hashed(key: str) -> str:
    return hash_key(key.encode(), pepper=settings.CREDENTIAL_PEPPER)


def check_key(*, station: ChargingStation | None, candidate: bytes) -> bool:
    """Whether a station showed its key; None (unknown station) costs the same time."""
    stored = station.key_hash if station is not None else ""
    return key_matches(candidate, stored_hash=stored, pepper=settings.CREDENTIAL_PEPPER)


@atomic
def rotate_key(
    *,
    station: ChargingStation,
    actor: Actor,
    now: datetime,
    randbits: RandomBits = secrets.randbits,
) -> str:
    """Give a station a new random key, shown once. The old one opens no new connection."""
    key = generate_key(randbits=randbits)
    _set_key(station, key, actor=actor, action="station.key_rotated", now=now)
    return key


@atomic
def set_fixed_key(
    *, station: ChargingStation, key: str, actor: Actor, now: datetime
) -> tuple[str, ...]:
    """Store the key of a station whose own cannot be changed. Returns warnings.

    Raises:
        UnableToSetKey: shorter than 12 characters.
    """
    if len(key) < MIN_TYPED_LENGTH:
        message = f"A key needs at least {MIN_TYPED_LENGTH} characters."
        raise UnableToSetKey(message, errors={"key": message})
    _set_key(station, key, actor=actor, action="station.key_typed", now=now, key="typed key")
    return (TYPED_KEY_WARNING,)


def _set_key(
    station: ChargingStation,
    plain: str,
    *,
    actor: Actor,
    action: str,
    now: datetime,
    **changes: str,
) -> None:
    station.key_hash = hashed(plain)
    station.key_set_at = now
    station.pending_key_hash, station.pending_key_set_at = "", None
    station.save(update_fields=["key_hash", "key_set_at", "pending_key_hash", "pending_key_set_at"])
    _audit(station, actor, action, now, **changes)


def _audit(
    station: ChargingStation, actor: Actor, action: str, now: datetime, **changes: Any
) -> None:
    audit.record(
        operator=station.operator, actor=actor, action=action, obj=station, changes=changes, now=now
    )


@atomic
def send_new_key(
    *,
    station: ChargingStation,
    actor: Actor,
    now: datetime,
    randbits: RandomBits = secrets.randbits,
) -> StationCommand:
    """Send a connected station a new random key (A01); nobody gets to see it.

    The present key stays valid until the station has connected with the new one, so neither a
    refusal nor a lost connection in mid-change leaves it outside.

    Raises:
        UnableToCommand: unreachable, or a key that it may have got is not decided on yet.
    """
    locked = ChargingStation.objects.select_for_update().get(pk=station.pk)
    if locked.pending_key_hash:
        raise UnableToCommand(
            f"{station.name} was sent a new key and has not come back with it yet."
            " Discard that one first."
        )
    key = generate_key(randbits=randbits)
    row = request_command(station=station, command=wire.RotateKey(key=key), actor=actor, now=now)
    station.pending_key_hash, station.pending_key_set_at = hashed(key), now
    station.save(update_fields=["pending_key_hash", "pending_key_set_at"])
    return row


@atomic
def discard_pending_key(*, station: ChargingStation, actor: Actor, now: datetime) -> bool:
    """Give up a key that the station has never come with: it opens nothing any more.

    Returns:
        False when there was none.
    """
    if not station.pending_key_hash:
        return False
    _drop(station)
    _audit(station, actor, "station.pending_key_discarded", now)
    return True


def _drop(station: ChargingStation) -> None:
    station.pending_key_hash, station.pending_key_set_at = "", None
    station.save(update_fields=["pending_key_hash", "pending_key_set_at"])


def confirm_pending_key(*, station: AdmittedStation, now: datetime) -> None:
    """The station came with its new key: that is the key now. In the caller's transaction."""
    rows = ChargingStation.objects.filter(
        pk=station.station_id, pending_key_hash=station.pending_key_hash
    )
    confirmed = rows.update(
        key_hash=station.pending_key_hash,
        key_set_at=now,
        pending_key_hash="",
        pending_key_set_at=None,
    )
    if confirmed:
        row = ChargingStation.objects.select_related("operator").get(pk=station.station_id)
        _audit(row, Actor.system("the station itself"), "station.key_confirmed", now)
