"""Refused upgrades, kept for people: a row per station and cause, a short list of strangers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from chargers import live
from chargers.domain.security import HandshakeFault, Noticed
from chargers.models import ChargingStation, FailedHandshake, UnknownHandshake
from chargers.services.security_events import note_security_event
from common.tenancy import system_scope

MAX_UNKNOWN = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedAttempts:
    """What a web process has gathered about one identity and cause since it last told.

    Attributes:
        identity: as asked for, "" when it was unreadable.
        is_guessing: so many that somebody seems to guess the key.
    """

    identity: str
    fault: HandshakeFault
    count: int
    last_at: datetime
    address: str
    is_guessing: bool = False


@transaction.atomic
def store_failed_handshakes(attempts: Sequence[FailedAttempts]) -> None:
    """Add up what was refused. Called every few seconds, never while a peer waits for its answer."""
    with system_scope("gateway: handshakes under any identity"):
        known = {
            identity: (station_id, operator_id)
            for identity, station_id, operator_id in ChargingStation.objects.filter(
                identity__in={attempt.identity for attempt in attempts}
            ).values_list("identity", "pk", "operator_id")
        }
        for attempt in attempts:
            owner = known.get(attempt.identity)
            if owner is not None:
                _store_known(attempt, *owner)
            elif attempt.identity:
                key = {"identity": attempt.identity}
                _add_up(UnknownHandshake.objects.all(), attempt, key=key)
        _forget_oldest_unknown()


def _store_known(attempt: FailedAttempts, station_id: UUID, operator_id: UUID) -> None:
    key = {"station_id": station_id, "fault": attempt.fault.value}
    _add_up(FailedHandshake.objects.all(), attempt, key=key, operator_id=operator_id)
    # Somebody on site may be waiting for this very station.
    live.touch(operator_id=operator_id, station_ids=[station_id])
    what = _NOTICED.get(attempt.fault) or (Noticed.KEY_GUESSING if attempt.is_guessing else None)
    if what is not None:
        note_security_event(
            station_id=station_id,
            operator_id=operator_id,
            what=what,
            detail=f"last from {attempt.address or 'an unknown address'}",
            now=attempt.last_at,
        )


_NOTICED = {HandshakeFault.RECONNECT_LOOP: Noticed.RECONNECT_LOOP}


def _add_up(
    rows: QuerySet[Any], attempt: FailedAttempts, *, key: dict[str, Any], **first: Any
) -> None:
    """Count the attempt on the row of this key; a new row gets `first`, too."""
    latest = {"last_at": attempt.last_at, "last_address": attempt.address or None}
    new = {**first, **latest, "count": attempt.count, "first_at": attempt.last_at}
    row, is_new = rows.get_or_create(**key, defaults=new)
    if not is_new:
        rows.filter(pk=row.pk).update(count=F("count") + attempt.count, **latest)


def _forget_oldest_unknown() -> None:
    surplus = UnknownHandshake.objects.order_by("-last_at", "-pk").values_list("pk", flat=True)
    UnknownHandshake.objects.filter(pk__in=list(surplus[MAX_UNKNOWN : MAX_UNKNOWN * 5])).delete()
