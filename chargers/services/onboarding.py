"""A station with everything around it, added in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.transaction import atomic

from accounts.models import Operator
from accounts.services.audit import Actor
from chargers.models import Location
from chargers.services.commissioning import begin_commissioning
from chargers.services.locations import add_location
from chargers.services.station_security import update_security
from chargers.services.stations import AddedStation, NewEvse, add_station, update_station


@atomic
def onboard_station(
    *,
    operator: Operator,
    location: Location | Mapping[str, Any],
    name: str,
    evses: Sequence[NewEvse],
    actor: Actor,
    now: datetime,
    code: str = "",
    vendor: str = "",
    model: str = "",
    identity: str = "",
    key: str = "",
    min_security_profile: int | None = None,
) -> AddedStation:
    """Add a station, and its location when that is new, too; its commissioning begins.

    Args:
        location: one that exists, or the fields of `add_location` for a new one.
        vendor: as known beforehand; a BootNotification says it better.
        min_security_profile: a connection with a lower one is refused; None: as by default.

    Raises:
        UnableToSaveLocation: the new location cannot be added; nothing was saved.
        UnableToSaveStation: the station cannot be added; nothing was saved, no location either.
    """
    site = (
        location
        if isinstance(location, Location)
        else add_location(operator=operator, actor=actor, now=now, **location)
    )
    added = add_station(
        operator=operator,
        location=site,
        name=name,
        code=code,
        identity=identity,
        key=key,
        evses=evses,
        actor=actor,
        now=now,
    )
    if vendor or model:
        update_station(
            station=added.station, changes={"vendor": vendor, "model": model}, actor=actor, now=now
        )
    if min_security_profile is not None:
        update_security(
            station=added.station, min_security_profile=min_security_profile, actor=actor, now=now
        )
    begin_commissioning(
        station=added.station,
        vendor=added.station.vendor,
        model=added.station.model,
        evses=len(evses),
        now=now,
    )
    return added
