"""Which templates mean which stations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from django.db.models import Q, QuerySet

from chargers.domain.quirks import Make
from chargers.domain.templates import Decided, Item, Subject, Template, decide
from chargers.models import ChargingStation, ConfigurationTemplate
from chargers.ocpp.well_known import BY_ID, Family, family_of, may_have, own_name

FIELDS = (
    "id",
    "operator_id",
    "location_id",
    "vendor",
    "model",
    "firmware_version",
    "protocol",
    "created_at",
)


def templates_of(operator_ids: Iterable[UUID]) -> dict[UUID, list[Template]]:
    """Operator → its templates. Two queries."""
    rows = ConfigurationTemplate.objects.filter(operator_id__in=set(operator_ids))
    found: dict[UUID, list[Template]] = {}
    for row in rows.prefetch_related("places"):
        found.setdefault(row.operator_id, []).append(row.as_template())
    return found


def subject_of(station: ChargingStation) -> Subject:
    return Subject(
        make=Make(station.vendor, station.model, station.firmware_version),
        location=str(station.location_id),
        protocol=station.protocol,
    )


def decided_at(station: ChargingStation, templates: Iterable[Template]) -> list[Decided]:
    """Every wanted value at a station with the template that decides it; no query.

    Before a station's first connection nothing is known of how it names its settings.
    """
    family = family_of(station.protocol)
    if family is None:
        return []

    def own(template: Template, item: Item) -> str:
        if item.name in BY_ID:
            return own_name(item.name, family)
        # Vendors have keys with dots in them: whoever names the protocol knows.
        is_sure = family is Family.KEYS and template.protocol == station.protocol
        return item.name if is_sure or may_have(item.name, family) else ""

    return decide(templates, subject_of(station), own)


def with_items(templates: Iterable[Template], changed: Template) -> list[Template]:
    """The templates, of which one says something else (or is gone from the table)."""
    others = [each for each in templates if each.key != changed.key]
    return [*others, changed]


def matching_stations(template: ConfigurationTemplate) -> QuerySet[ChargingStation]:
    """Stations that a template is for, whether or not a more specific one decides. Two queries."""
    pure = replace(template.as_template(), items=())
    rows = ChargingStation.objects.filter(operator_id=template.operator_id)
    if pure.locations:
        rows = rows.filter(location_id__in=pure.locations)
    if pure.protocol:
        rows = rows.filter(protocol=pure.protocol)
    if not (template.vendor or template.model or template.firmware):
        return rows
    makes = Q(pk__in=[])
    names = ("vendor", "model", "firmware_version")
    for make in rows.order_by().values_list(*names).distinct():
        if pure.make.matches(Make(*make)):
            makes |= Q(**dict(zip(names, make, strict=True)))
    return rows.filter(makes)


def names_of(decided: Mapping[UUID, list[Decided]]) -> set[str]:
    """The stations' own names of all wanted values."""
    return {each.own for values in decided.values() for each in values if each.own}
