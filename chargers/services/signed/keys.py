"""Public keys of meters: typed by staff, read from the device model, or sent with a value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.transaction import atomic

from accounts.services import audit
from accounts.services.audit import Actor
from chargers.events import SecurityEventReported
from chargers.exceptions import UnableToSaveMeterKey
from chargers.models import (
    ChargingStation,
    KeySource,
    MeterPublicKey,
    SignedMeterValue,
    SignedStatus,
    StationVariable,
)
from chargers.ocmf import KeyUnreadableError, PublicKey, read_key
from events.outbox import publish

KEY_CHANGED = "MeterPublicKeyChanged"
_ORDER = (KeySource.STAFF, KeySource.DEVICE_MODEL, KeySource.STATION)
# OCA application note for 1.6: MeterPublicKey1, MeterPublicKey[1]; 2.x: FiscalMetering.PublicKey
_VARIABLES = Q(name__istartswith="MeterPublicKey") | Q(name__iexact="FiscalMetering.PublicKey")
_RECHECKED = (SignedStatus.NO_KEY, SignedStatus.INVALID, SignedStatus.VALID)


@atomic
def add_meter_key(
    *, station: ChargingStation, evse_number: int, key: str, actor: Actor, now: datetime
) -> MeterPublicKey:
    """Enter the key that is printed on a meter. It is believed before all others.

    A key that was entered before for the same EVSE is replaced; stored values are checked anew.

    Args:
        evse_number: 0 for a meter of the whole station.

    Raises:
        UnableToSaveMeterKey: `errors` by field name; nothing was saved.
    """
    if evse_number and not station.evses.filter(number=evse_number).exists():
        raise _refused("evse", "The station has no such EVSE.")
    try:
        read = read_key(key)
    except KeyUnreadableError as error:
        raise _refused("key", str(error)) from None
    _current(station.pk, evse_number).filter(source=KeySource.STAFF).exclude(
        fingerprint=read.fingerprint
    ).update(replaced_at=now)
    row, _ = MeterPublicKey.objects.update_or_create(
        station=station,
        evse_number=evse_number,
        fingerprint=read.fingerprint,
        defaults={
            "source": KeySource.STAFF,
            "key": key.strip(),
            "algorithm": read.algorithm,
            "is_unexpected": False,
            "replaced_at": None,
        },
        create_defaults={
            "operator_id": station.operator_id,
            "source": KeySource.STAFF,
            "key": key.strip(),
            "algorithm": read.algorithm,
            "first_seen_at": now,
        },
    )
    _audit(station, actor, "station.meter_key_added", row, now)
    check_again(station_id=station.pk, evse_number=evse_number)
    return row


@atomic
def remove_meter_key(*, key: MeterPublicKey, actor: Actor, now: datetime) -> None:
    """Forget a key; what was checked with it is checked anew with what is left."""
    station = key.station
    _audit(station, actor, "station.meter_key_removed", key, now)
    evse_number = key.evse_number
    key.delete()
    check_again(station_id=station.pk, evse_number=evse_number)


def _refused(field: str, message: str) -> UnableToSaveMeterKey:
    return UnableToSaveMeterKey(message, errors={field: message})


def _audit(
    station: ChargingStation, actor: Actor, action: str, key: MeterPublicKey, now: datetime
) -> None:
    changes = {"evse": key.evse_number, "fingerprint": key.fingerprint, "source": key.source}
    audit.record(
        operator=station.operator, actor=actor, action=action, obj=station, changes=changes, now=now
    )


def check_again(*, station_id: UUID, evse_number: int) -> int:
    """Have stored values checked anew by the next sweep; returns how many."""
    rows = SignedMeterValue.objects.filter(station_id=station_id, status__in=_RECHECKED)
    if evse_number:
        rows = rows.filter(evse_number=evse_number)
    return rows.update(status=SignedStatus.UNCHECKED)


def learn_key(*, value: SignedMeterValue, key: str, now: datetime) -> bool:
    """Take over a key that came with a value.

    The first key of an EVSE is believed until a person enters another. A different one later is
    kept, marked and reported: a meter was exchanged, or somebody signs in its place.

    Returns:
        Whether the key is a change.
    """
    offer = _Offer(
        operator_id=value.operator_id,
        station_id=value.station_id,
        evse_number=value.evse_number,
        key=key,
        source=KeySource.STATION,
    )
    return _learn(offer, now)


def learn_from_device_model(*, station_id: UUID, now: datetime) -> None:
    """Take over the keys that a station's settings hold, as far as they were read."""
    rows = StationVariable.objects.filter(_VARIABLES, station_id=station_id).exclude(value="")
    for row in rows:
        offer = _Offer(
            operator_id=row.operator_id,
            station_id=station_id,
            evse_number=row.evse or _number(row.name),
            key=row.value,
            source=KeySource.DEVICE_MODEL,
        )
        _learn(offer, now)


def _number(name: str) -> int:
    """The connector at the end of a 1.6 key's name, 0 for none."""
    digits = name.rstrip("]").lstrip().casefold().removeprefix("meterpublickey").strip("[ ")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 5 else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    """A key that a station tells of."""

    operator_id: UUID
    station_id: UUID
    evse_number: int
    key: str
    source: KeySource


def _learn(offer: _Offer, now: datetime) -> bool:
    try:
        read = read_key(offer.key)
    except KeyUnreadableError:
        return False
    known = MeterPublicKey.objects.filter(
        station_id=offer.station_id,
        evse_number=offer.evse_number,
        fingerprint=read.fingerprint,
    ).first()
    if known is not None and known.replaced_at is None:
        return False
    return _take_over(offer, read, known, now)


def _take_over(offer: _Offer, read: PublicKey, known: MeterPublicKey | None, now: datetime) -> bool:
    others = _current(offer.station_id, offer.evse_number)
    is_change = others.exists()
    others.filter(source=offer.source).update(replaced_at=now)
    if known is not None:
        known.replaced_at, known.is_unexpected = None, is_change
        known.save(update_fields=["replaced_at", "is_unexpected"])
    else:
        MeterPublicKey.objects.create(
            operator_id=offer.operator_id,
            station_id=offer.station_id,
            evse_number=offer.evse_number,
            key=offer.key.strip(),
            fingerprint=read.fingerprint,
            algorithm=read.algorithm,
            source=offer.source,
            is_unexpected=is_change,
            first_seen_at=now,
        )
    if is_change:
        _report(offer, read, now)
    return is_change


def _report(offer: _Offer, read: PublicKey, now: datetime) -> None:
    known = f"EVSE {offer.evse_number}: key {read.fingerprint[:16]} in place of the known one"
    event = SecurityEventReported(
        operator_id=offer.operator_id,
        subject_id=offer.station_id,
        event_type=KEY_CHANGED,
        tech_info=known,
    )
    publish(event, now=now)


def _current(station_id: UUID, evse_number: int) -> QuerySet[MeterPublicKey]:
    return MeterPublicKey.objects.filter(
        station_id=station_id, evse_number=evse_number, replaced_at=None
    )


def keys_for(*, station_id: UUID, evse_number: int) -> list[MeterPublicKey]:
    """Keys that a value of this EVSE may be checked with: only those of the best source."""
    rows = MeterPublicKey.objects.filter(
        station_id=station_id, evse_number__in={evse_number, 0}, replaced_at=None
    )
    return _best(list(rows), evse_number)


def _best(rows: Sequence[MeterPublicKey], evse_number: int) -> list[MeterPublicKey]:
    for source in _ORDER:
        own = [row for row in rows if row.source == source and row.evse_number == evse_number]
        shared = [row for row in rows if row.source == source and row.evse_number == 0]
        if own or shared:
            return own or shared
    return []


def readable(rows: Iterable[MeterPublicKey]) -> list[tuple[MeterPublicKey, PublicKey]]:
    """Rows with what their texts say."""
    found = []
    for row in rows:
        try:
            found.append((row, read_key(row.key)))
        except KeyUnreadableError:
            continue
    return found
