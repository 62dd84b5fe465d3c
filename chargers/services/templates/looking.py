"""Stations held against the templates that decide their values. Reads, writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chargers.domain.templates import (
    ACTUAL,
    Compared,
    Decided,
    ItemState,
    Reported,
    Step,
    Template,
    compare,
    step_of,
)
from chargers.models import ChargingStation, ConfigurationCheck, StationVariable
from chargers.ocpp.well_known import family_of
from chargers.services.device_model.variables import characteristics_of, known_of_stations
from chargers.services.templates.matching import decided_at, names_of, templates_of

MOST_ITEMS = 100


@dataclass(frozen=True, slots=True)
class Against:
    """One station against one template: the values that the template decides there."""

    template: Template
    values: Sequence[Compared]

    @property
    def step(self) -> Step:
        return step_of(each.state for each in self.values)

    def count(self, state: ItemState) -> int:
        return sum(each.state is state for each in self.values)

    def told(self) -> list[dict[str, str]]:
        """What is not in step, as it is kept."""
        return [
            {
                "name": each.decided.item.name,
                "own": each.decided.own,
                "attribute": each.decided.item.attribute,
                "state": each.state.value,
                "want": each.decided.item.value,
                "have": each.have[:500],
            }
            for each in self.values
            if each.state is not ItemState.IN_STEP
        ][:MOST_ITEMS]


def look_at(
    stations: Iterable[ChargingStation],
    templates: Mapping[UUID, list[Template]] | None = None,
) -> dict[UUID, list[Against]]:
    """Station → each matching template that decides something there, best first. Four queries.

    Args:
        templates: by operator; those of the table by default.
    """
    rows = list(stations)
    if templates is None:
        templates = templates_of(row.operator_id for row in rows)
    decided = {row.pk: decided_at(row, templates.get(row.operator_id, ())) for row in rows}
    known = known_of_stations(station_ids=decided, names=names_of(decided))
    checks = ConfigurationCheck.objects.filter(station_id__in=decided)
    unknown = {key: set(names) for key, names in checks.values_list("station_id", "unknown_names")}
    return {
        row.pk: _by_template(
            [
                compare(each, reported(row, each, known.get(row.pk, {}), unknown.get(row.pk)))
                for each in decided[row.pk]
            ]
        )
        for row in rows
    }


def _by_template(values: Iterable[Compared]) -> list[Against]:
    found: dict[str, list[Compared]] = {}
    for each in values:
        found.setdefault(each.decided.template.key, []).append(each)
    against = [Against(each[0].decided.template, each) for each in found.values()]
    return sorted(against, key=lambda each: each.template.rank, reverse=True)


def reported(
    station: ChargingStation,
    decided: Decided,
    known: Mapping[str, StationVariable],
    unknown: set[str] | None,
) -> Reported:
    """What a station said of one of its values."""
    row = known.get(decided.own)
    traits = characteristics_of(decided.own, row, family_of(station.protocol))
    if row is None:
        return Reported(
            is_unknown=decided.own in (unknown or ()),
            data_type=traits.data_type,
            unit=traits.unit,
        )
    attribute = decided.item.attribute
    mutability = (row.attributes.get("mutability") or {}).get(attribute)
    return Reported(
        value=_value_of(row, attribute),
        is_read_only=mutability == "ReadOnly" if mutability else row.is_read_only,
        is_write_only=mutability == "WriteOnly",
        data_type=traits.data_type,
        unit=traits.unit,
    )


def _value_of(row: StationVariable, attribute: str) -> str | None:
    if attribute == ACTUAL:
        return row.value
    told = (row.attributes.get("values") or {}).get(attribute)
    return None if told is None else str(told)
