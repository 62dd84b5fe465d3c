"""Makes of stations that an operator has, what is special about each, what was forgiven them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet, Sum

from chargers.domain.quirks import Make, Resolved, Rule, resolve
from chargers.models import ChargingStation, ForgivenFault, QuirkRule
from chargers.quirks.catalogue import catalogue


@dataclass(frozen=True, slots=True)
class Firmware:
    """Stations of one make with one firmware."""

    make: Make
    stations: int
    online: int
    resolved: Resolved


@dataclass(frozen=True, slots=True)
class KnownMake:
    """A vendor's model as it occurs in the network.

    Attributes:
        firmwares: by version.
        forgiven: faults that were forgiven to its stations, all kinds together.
    """

    vendor: str
    model: str
    firmwares: Sequence[Firmware]
    forgiven: int = 0

    @property
    def stations(self) -> int:
        return sum(firmware.stations for firmware in self.firmwares)

    @property
    def online(self) -> int:
        return sum(firmware.online for firmware in self.firmwares)

    @property
    def special(self) -> dict[str, tuple[Any, Rule]]:
        """Field → value and the rule that set it; of several firmwares the last one's."""
        return {
            name: (getattr(firmware.resolved.quirks, name), rule)
            for firmware in self.firmwares
            for name, rule in firmware.resolved.rules.items()
        }


@dataclass(frozen=True, slots=True)
class ForgivenKind:
    """One kind of fault, over the stations asked for."""

    kind: str
    action: str
    occurrences: int
    stations: int
    last_at: datetime
    example: ForgivenFault | None = field(default=None)


def own_rules() -> QuerySet[QuirkRule]:
    """The operator's rules by make."""
    return QuirkRule.objects.order_by("vendor", "model", "firmware", "pk")


def quirks_of(station: ChargingStation) -> Resolved:
    """What is special about a station, and which rule says so. One query."""
    own = QuirkRule.objects.filter(operator_id=station.operator_id)
    rules = (*catalogue(), *(row.as_rule() for row in own))
    return resolve(rules, Make(station.vendor, station.model, station.firmware_version))


def makes(search: str = "") -> list[KnownMake]:
    """Every make that has a station, by name; `search` occurs in vendor, model or firmware.

    Three queries, however many stations there are. Stations that have not said what they are and
    of which nobody typed it in come last, as the make "".
    """
    rules = [*catalogue(), *(row.as_rule() for row in own_rules())]
    found: dict[tuple[str, str], list[Firmware]] = {}
    wanted = search.casefold()
    for vendor, model, firmware, stations, online in _counted():
        if wanted and wanted not in f"{vendor} {model} {firmware}".casefold():
            continue
        make = Make(vendor, model, firmware)
        found.setdefault((vendor, model), []).append(
            Firmware(make, stations, online, resolve(rules, make))
        )
    forgiven = _forgiven_by_make()
    known = [
        KnownMake(vendor, model, firmwares, forgiven.get((vendor, model), 0))
        for (vendor, model), firmwares in found.items()
    ]
    return sorted(known, key=lambda make: (not make.vendor and not make.model, _name(make)))


def _name(make: KnownMake) -> tuple[str, str, str, str]:
    return (make.vendor.casefold(), make.model.casefold(), make.vendor, make.model)


def _counted() -> Iterable[tuple[str, str, str, int, int]]:
    rows = ChargingStation.objects.order_by("vendor", "model", "firmware_version")
    return rows.values_list("vendor", "model", "firmware_version").annotate(
        stations=Count("pk"), online=Count("pk", filter=Q(is_online=True))
    )


def _forgiven_by_make() -> Mapping[tuple[str, str], int]:
    rows = ForgivenFault.objects.order_by().values_list("station__vendor", "station__model")
    return {
        (vendor, model): total for vendor, model, total in rows.annotate(total=Sum("occurrences"))
    }


def make_of(vendor: str, model: str) -> KnownMake | None:
    """One make; None when no station is of it."""
    return next((make for make in makes() if (make.vendor, make.model) == (vendor, model)), None)


def forgiven_to_make(vendor: str, model: str) -> list[ForgivenKind]:
    """What was forgiven to the stations of a make, the most frequent first."""
    rows = ForgivenFault.objects.filter(station__vendor=vendor, station__model=model)
    kinds = (
        rows.order_by()
        .values("kind", "action")
        .annotate(total=Sum("occurrences"), stations=Count("station"), last=Max("last_at"))
        .order_by("-total", "kind", "action")
    )
    return [
        ForgivenKind(row["kind"], row["action"], row["total"], row["stations"], row["last"])
        for row in kinds
    ]


def forgiven_to_station(station_id: UUID) -> list[ForgivenKind]:
    """What was forgiven to one station, the most frequent first, each with its last example."""
    rows = ForgivenFault.objects.filter(station_id=station_id)
    return [
        ForgivenKind(row.kind, row.action, row.occurrences, 1, row.last_at, row)
        for row in rows.order_by("-occurrences", "kind", "action")
    ]


def stations_of_rule(rule: Rule) -> QuerySet[ChargingStation]:
    """The stations whose make a rule matches, whether or not a more specific one wins."""
    matching = Q(pk__in=[])
    for vendor, model, firmware, _stations, _online in _counted():
        if rule.matches(Make(vendor, model, firmware)):
            matching |= Q(vendor=vendor, model=model, firmware_version=firmware)
    return ChargingStation.objects.filter(matching).order_by("name", "pk")
