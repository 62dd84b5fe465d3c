"""Keys of imported stations, made at the moment when they are handed out: once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.transaction import atomic

from accounts.services import audit
from accounts.services.audit import Actor
from chargers.exceptions import UnableToImport
from chargers.models import ChargingStation, ImportStatus, StationImport
from chargers.services.station_import.planning import ADDED
from chargers.services.station_keys import rotate_key


@dataclass(frozen=True, slots=True)
class HandedKey:
    """`key` is shown now and never again."""

    station: ChargingStation
    key: str


@atomic
def hand_out_keys(*, station_import: StationImport, actor: Actor, now: datetime) -> list[HandedKey]:
    """Make a key for every station that the file added without one and that never connected; not
    where somebody gave it another key meanwhile.

    Keys are kept as fingerprints only, so the list exists in this answer alone.

    Raises:
        UnableToImport: not written yet, or handed out before.
    """
    row = StationImport.objects.select_for_update().get(pk=station_import.pk)
    if row.status != ImportStatus.DONE:
        raise UnableToImport("The stations are not written yet.")
    if row.keys_handed_out_at is not None:
        raise UnableToImport("The keys were handed out before. Make new ones at the stations.")
    wanted = {
        one["station"] for one in row.report if one["outcome"] == ADDED and not one["typed_key"]
    }
    stations = ChargingStation.objects.filter(
        operator=row.operator, connected_at=None, key_set_at__lte=row.finished_at
    )
    handed = [
        HandedKey(station, rotate_key(station=station, actor=actor, now=now))
        for station in stations.select_related("operator", "location").order_by("name", "id")
        if str(station.pk) in wanted
    ]
    row.keys_handed_out_at = now
    row.save(update_fields=["keys_handed_out_at"])
    audit.record(
        operator=row.operator,
        actor=actor,
        action="station_import.keys_handed_out",
        obj=row,
        changes={"stations": len(handed)},
        now=now,
    )
    return handed
