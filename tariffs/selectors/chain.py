"""The tariff groups as the chain in which they are asked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from tariffs.models import Audience, TariffAssignment, TariffGroup

_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A group in the chain.

    Attributes:
        number: from 1, as it is asked.
        members: names of its driver groups, for the audience `groups`.
        tariffs: the first few tariffs that it pays, by name.
        more_tariffs: how many others.
        places: how many assignments hold now or later.
        shadowed_by: an earlier group of everybody that has a price everywhere, so that this one
            is never asked; None: it may be.
    """

    group: TariffGroup
    number: int
    members: tuple[str, ...]
    tariffs: tuple[str, ...]
    more_tariffs: int
    places: int
    shadowed_by: TariffGroup | None


def valid_now_or_later(now: datetime) -> QuerySet[TariffAssignment]:
    """Assignments that have not ended."""
    return TariffAssignment.objects.filter(Q(valid_until=None) | Q(valid_until__gt=now))


def chain(now: datetime) -> list[Link]:
    """Every group in order. Four queries."""
    groups = list(TariffGroup.objects.prefetch_related("driver_groups"))
    names, places = _uses(now)
    everywhere = _priced_everywhere(now)
    found: list[Link] = []
    blocking: TariffGroup | None = None
    for number, group in enumerate(groups, start=1):
        tariffs = sorted(names[group.pk], key=str.casefold)
        found.append(
            Link(
                group=group,
                number=number,
                members=tuple(sorted(one.name for one in group.driver_groups.all())),
                tariffs=tuple(tariffs[:_SHOWN]),
                more_tariffs=max(0, len(tariffs) - _SHOWN),
                places=places[group.pk],
                shadowed_by=blocking,
            )
        )
        if blocking is None and group.audience == Audience.EVERYONE and group.pk in everywhere:
            blocking = group
    return found


def _uses(now: datetime) -> tuple[dict[UUID, list[str]], dict[UUID, int]]:
    """Names of tariffs, and numbers of places, by group."""
    names: dict[UUID, list[str]] = defaultdict(list)
    places: dict[UUID, int] = defaultdict(int)
    counted = valid_now_or_later(now).order_by().values("group", "tariff__name")
    for row in counted.annotate(places=Count("pk")):
        places[row["group"]] += row["places"]
        if row["tariff__name"]:
            names[row["group"]].append(row["tariff__name"])
    return names, places


def _priced_everywhere(now: datetime) -> set[UUID]:
    """Groups with an assignment of the whole network that holds now and has no end."""
    rows = TariffAssignment.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=now),
        location=None,
        station=None,
        evse=None,
        current_type="",
        valid_until=None,
    )
    return set(rows.values_list("group", flat=True))
