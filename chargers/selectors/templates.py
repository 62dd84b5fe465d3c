"""Configuration templates and how far stations are from them, for pages and the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from chargers.domain.templates import Step
from chargers.models import (
    ChargingStation,
    ConfigurationRollout,
    ConfigurationTemplate,
    Location,
    RolloutStation,
    StationVariable,
    TemplateDrift,
)
from chargers.ocpp.secrets import is_secret

_MAKES = 40
_FIELDS = (
    "name",
    "note",
    "vendor",
    "model",
    "firmware",
    "protocol",
    "items",
    "is_enforced",
    "applies_to_new",
)


def values_of(template: ConfigurationTemplate) -> dict[str, Any]:
    """What a template says, as `save_template` takes it. One query."""
    places = [place.location_id for place in template.places.all()]
    locations = list(Location.objects.filter(pk__in=places)) if places else []
    return {**{name: getattr(template, name) for name in _FIELDS}, "locations": locations}


def templates_with_counts() -> list[tuple[ConfigurationTemplate, dict[str, int]]]:
    """Templates by name, each with step → number of stations. Three queries."""
    rows = ConfigurationTemplate.objects.prefetch_related("places__location").order_by("name")
    counted = TemplateDrift.objects.order_by().values_list("template_id", "step")
    counts: dict[UUID, dict[str, int]] = {}
    for template_id, step, n in counted.annotate(n=Count("pk")):
        counts.setdefault(template_id, {})[step] = n
    return [(row, counts.get(row.pk, {})) for row in rows]


def drifts_of(template: ConfigurationTemplate) -> QuerySet[TemplateDrift]:
    """Its stations, each with how far it is."""
    rows = TemplateDrift.objects.filter(template=template)
    return rows.select_related("station", "station__location", "template")


def filtered(
    rows: QuerySet[TemplateDrift], *, step: str = "", search: str = ""
) -> QuerySet[TemplateDrift]:
    """Of one step; every word of `search` occurs in the station's name, code or place."""
    if step:
        rows = rows.filter(step=step)
    for word in search.replace("\x00", "").split()[:8]:
        rows = rows.filter(
            Q(station__name__icontains=word)
            | Q(station__code__icontains=word)
            | Q(station__location__name__icontains=word)
        )
    return rows


def step_counts(template: ConfigurationTemplate) -> dict[str, int]:
    """Step → number of stations. One query."""
    rows = TemplateDrift.objects.filter(template=template).order_by()
    return dict(rows.values_list("step").annotate(n=Count("pk")))


def drifts_at(station_id: UUID) -> list[TemplateDrift]:
    """The templates that are for a station and how far it is from each. One query."""
    rows = TemplateDrift.objects.filter(station_id=station_id)
    return list(rows.select_related("station", "template").order_by("template__name"))


def is_drifting() -> Q:
    """Stations that differ from a template that is enforced."""
    drifting = TemplateDrift.objects.filter(step=Step.DIFFERS, template__is_enforced=True)
    return Q(pk__in=drifting.order_by().values("station"))


def drifting_stations() -> QuerySet[ChargingStation]:
    return ChargingStation.objects.filter(is_drifting())


def rollouts_of(template: ConfigurationTemplate) -> QuerySet[ConfigurationRollout]:
    """Latest first, with who asked."""
    rows = ConfigurationRollout.objects.filter(template=template).defer("items")
    return rows.select_related("requested_by", "requested_by_key").order_by("-id")


def rollout_stations(rollout: ConfigurationRollout, state: str = "") -> QuerySet[RolloutStation]:
    """Stations of a roll-out in the order in which they were taken in."""
    rows = RolloutStation.objects.filter(rollout=rollout).select_related("station")
    return (rows.filter(state=state) if state else rows).order_by("id")


def known_names(search: str, *, limit: int = 20) -> list[tuple[str, int]]:
    """Variables that may be written, most frequent first, with how many makes have told them.

    One station of each make is looked at, of the makes with the most stations: stations of a make
    have the same variables. Two queries.
    """
    makes = ChargingStation.objects.order_by().values("vendor", "model", "protocol")
    counted = makes.annotate(n=Count("pk"), one=Max("identity")).order_by("-n")
    identities = [row["one"] for row in counted[:_MAKES]]
    rows = StationVariable.objects.filter(station__identity__in=identities, is_read_only=False)
    for word in search.replace("\x00", "").split()[:8]:
        rows = rows.filter(name__icontains=word)
    named = rows.order_by().values_list("name").annotate(n=Count("station", distinct=True))
    found = list(named.order_by("-n", "name")[: 2 * limit])
    return [(name, n) for name, n in found if not is_secret(name)][:limit]
