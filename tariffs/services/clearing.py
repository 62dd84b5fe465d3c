"""Taking away what a cell of the price list has of its own, so that what is above counts."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.transaction import atomic

from accounts.services.audit import Actor
from tariffs.exceptions import UnableToAssignTariff
from tariffs.models import TariffAssignment, TariffGroup
from tariffs.resolution import Place
from tariffs.selectors.places import PlaceKey
from tariffs.services.assignments import remove


def own_assignments(
    group: TariffGroup, place: PlaceKey, now: datetime
) -> QuerySet[TariffAssignment]:
    """What a group has at just this place, now or later, in order of time."""
    columns = {
        f"{level.name.lower()}_id": place.id if level is place.level else None
        for level in (Place.LOCATION, Place.STATION, Place.EVSE)
    }
    open_ones = Q(valid_until=None) | Q(valid_until__gt=now)
    rows = TariffAssignment.objects.filter(open_ones, group=group, **columns)
    return rows.select_related("tariff", "group").order_by("valid_from", "current_type", "pk")


@atomic
def clear_cell(
    *, group: TariffGroup, place: PlaceKey, current_type: str = "", actor: Actor, now: datetime
) -> int:
    """End what the cell has of its own now, and drop what it would have later.

    Args:
        current_type: only what is for these plugs alone; "" for everything.

    Returns:
        How many assignments were ended.

    Raises:
        UnableToAssignTariff: there is nothing of its own.
    """
    rows = own_assignments(group, place, now)
    if current_type:
        rows = rows.filter(current_type=current_type)
    found = list(rows)
    if not found:
        kind = f" for {current_type} plugs alone" if current_type else ""
        raise UnableToAssignTariff(errors={"what": f"Nothing is set here{kind}, so nothing ends."})
    for row in found:
        remove(assignment=row, actor=actor, now=now)
    return len(found)
