"""Which price a customer pays at a plug, and why: for one plug in four queries, for many in three."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Driver
from chargers.models import Evse, Transaction
from tariffs import resolution as pure
from tariffs.models import TariffAssignment, TariffGroup, TariffVersion
from tariffs.resolution import Candidate, Customer, Decision, Place, Verdict
from tariffs.selectors.tariffs import versions_at

# What was over this long before is no longer told as a candidate.
REMEMBERED = timedelta(days=90)
# More plugs than these are not named in the query: all assignments are read.
_NAMED_PLUGS = 200
# Nobody is identified by these (OCPP IdTokenEnumType).
_GUEST_TYPES = frozenset({"NoAuthorization", "DirectPayment"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plug:
    """A plug by its place; `evse` None and `current_type` "" where the EVSE is not known."""

    location: UUID
    station: UUID
    evse: int | None
    current_type: str

    @classmethod
    def of(cls, evse: Evse) -> Self:
        """One query, unless the EVSE came with its station."""
        return cls(
            location=evse.station.location_id,
            station=evse.station_id,
            evse=evse.pk,
            current_type=evse.current_type,
        )

    def covering(self) -> list[tuple[Place, object]]:
        """The places that cover it."""
        return [
            (Place.NETWORK, None),
            (Place.LOCATION, self.location),
            (Place.STATION, self.station),
            (Place.EVSE, self.evse),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What a customer pays, and why.

    Attributes:
        version: of the tariff that holds, with its tariff; None: denied, or nothing was found.
        group: key of the tariff group that decided.
        denied: the customer may not charge here.
        verdicts: every candidate with the reason why it won or lost, in the order of asking.
    """

    version: TariffVersion | None
    group: UUID | None
    denied: bool
    verdicts: tuple[Verdict, ...]

    def explanation(self) -> list[dict[str, Any]]:
        """The candidates as JSON, for `PinnedTariff.explanation`; words: `tariffs.why`."""
        return [verdict.as_json() for verdict in self.verdicts]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """Assignments of one operator as they stand at one instant. Resolving asks no query.

    Attributes:
        at: the instant.
        by_place: (place, its key) -> candidates there.
        versions: key -> version, with its tariff.
    """

    at: datetime
    by_place: Mapping[tuple[Place, object], Sequence[Candidate]] = field(repr=False)
    versions: Mapping[UUID, TariffVersion] = field(repr=False)

    def resolve(self, plug: Plug, customer: Customer) -> Resolution:
        """What the customer pays at the plug."""
        decision = pure.decide(
            self.candidates(plug), customer=customer, current_type=plug.current_type, at=self.at
        )
        return self._found(decision)

    def candidates(self, plug: Plug) -> list[Candidate]:
        """Every assignment whose place covers the plug."""
        return [one for place in plug.covering() for one in self.by_place.get(place, ())]

    def _found(self, decision: Decision) -> Resolution:
        winner = decision.winner
        version = self.versions[winner.version] if winner and winner.version else None
        return Resolution(
            version=version,
            group=winner.group.key if winner else None,
            denied=decision.denied,
            verdicts=decision.verdicts,
        )


def resolve(*, evse: Evse, customer: Customer, at: datetime) -> Resolution:
    """What a customer pays at a plug. At most four queries."""
    return resolve_plug(operator_id=evse.operator_id, plug=Plug.of(evse), customer=customer, at=at)


def resolve_plug(*, operator_id: UUID, plug: Plug, customer: Customer, at: datetime) -> Resolution:
    """The same for a plug of which only the place is known. At most three queries."""
    return price_list(operator_id=operator_id, at=at, plugs=[plug]).resolve(plug, customer)


def resolve_many(
    *, evses: Iterable[Evse], customer: Customer, at: datetime
) -> dict[int, Resolution]:
    """EVSE -> what the customer pays there. Three queries, if they came with their stations."""
    rows = list(evses)
    if not rows:
        return {}
    plugs = {evse.pk: Plug.of(evse) for evse in rows}
    prices = price_list(operator_id=rows[0].operator_id, at=at, plugs=list(plugs.values()))
    return {pk: prices.resolve(plug, customer) for pk, plug in plugs.items()}


def price_list(
    *, operator_id: UUID, at: datetime, plugs: Sequence[Plug] | None = None
) -> PriceList:
    """The assignments of an operator at an instant. Three queries, however many there are.

    Args:
        plugs: only what covers these; None for the whole network.
    """
    rows = list(_assignments(operator_id, at, plugs))
    tariffs = {row.tariff.pk: row.tariff for row in rows if row.tariff}
    versions = versions_at(list(tariffs), at) if tariffs else {}
    for key, found in versions.items():
        found.tariff = tariffs[key]
    groups = _groups({row.group_id: row.group for row in rows})
    by_place: dict[tuple[Place, object], list[Candidate]] = defaultdict(list)
    for row in rows:
        version = versions.get(row.tariff_id) if row.tariff_id else None
        by_place[place_of(row)].append(_candidate(row, groups[row.group_id], version))
    return PriceList(
        at=at, by_place=by_place, versions={version.pk: version for version in versions.values()}
    )


def place_of(row: TariffAssignment) -> tuple[Place, object]:
    """Where an assignment holds: the kind of place and its key."""
    if row.evse_id is not None:
        return Place.EVSE, row.evse_id
    if row.station_id is not None:
        return Place.STATION, row.station_id
    if row.location_id is not None:
        return Place.LOCATION, row.location_id
    return Place.NETWORK, None


def _assignments(
    operator_id: UUID, at: datetime, plugs: Sequence[Plug] | None
) -> QuerySet[TariffAssignment]:
    rows = TariffAssignment.objects.filter(operator_id=operator_id).exclude(
        valid_until__lt=at - REMEMBERED
    )
    if plugs is not None and len(plugs) <= _NAMED_PLUGS:
        rows = rows.filter(
            Q(location=None, station=None, evse=None)
            | Q(location__in={plug.location for plug in plugs})
            | Q(station__in={plug.station for plug in plugs})
            | Q(evse__in={plug.evse for plug in plugs if plug.evse is not None})
        )
    return rows.select_related("group", "tariff")


def _groups(rows: Mapping[UUID, TariffGroup]) -> dict[UUID, pure.Group]:
    members = _driver_groups([key for key, row in rows.items() if row.audience == "groups"])
    return {
        key: pure.Group(
            key=key,
            name=row.name,
            position=row.position,
            audience=pure.Audience(row.audience),
            driver_groups=frozenset(members.get(key, ())),
        )
        for key, row in rows.items()
    }


def _driver_groups(groups: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """Tariff group -> keys of the driver groups that it is for."""
    if not groups:
        return {}
    found: dict[UUID, set[UUID]] = defaultdict(set)
    # The rows between carry no operator; their groups come from rows that do.
    between = TariffGroup.driver_groups.through._default_manager
    pairs = between.filter(tariffgroup_id__in=groups)
    for group, driver_group in pairs.values_list("tariffgroup_id", "drivergroup_id"):
        found[group].add(driver_group)
    return found


def _candidate(
    row: TariffAssignment, group: pure.Group, version: TariffVersion | None
) -> Candidate:
    tariff = row.tariff
    return Candidate(
        key=row.pk,
        group=group,
        place=place_of(row)[0],
        current_type=row.current_type,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        tariff=row.tariff_id,
        tariff_name=tariff.name if tariff else "",
        archived_at=tariff.archived_at if tariff else None,
        version=version.pk if version else None,
        version_number=version.number if version else 0,
    )


def customer_of(driver: Driver | None, *, is_ad_hoc: bool = False) -> Customer:
    """A driver with the groups of that driver (one query), a guest, or nobody."""
    return Customer(is_ad_hoc=is_ad_hoc) if driver is None else _registered(driver.pk)


def customers_of(operator_id: UUID) -> Callable[[Driver | None], Customer]:
    """`customer_of` for any of an operator's drivers. One query, at once."""
    rows = Driver.groups.through._default_manager.filter(driver__operator_id=operator_id)
    groups: dict[UUID, set[UUID]] = defaultdict(set)
    for driver_id, group_id in rows.values_list("driver_id", "drivergroup_id"):
        groups[driver_id].add(group_id)

    def known(driver: Driver | None) -> Customer:
        if driver is None:
            return Customer.nobody()
        return Customer(driver=driver.pk, groups=frozenset(groups.get(driver.pk, ())))

    return known


def customer_of_transaction(transaction: Transaction) -> Customer:
    """Who charges in a session. A token without a driver is nobody; without a token: a guest."""
    if transaction.driver_id is not None:
        return _registered(transaction.driver_id)
    return Customer(is_ad_hoc=transaction.id_token_type in _GUEST_TYPES)


def _registered(driver: UUID) -> Customer:
    memberships = Driver.groups.through._default_manager.filter(driver_id=driver)
    groups = memberships.values_list("drivergroup_id", flat=True)
    return Customer(driver=driver, groups=frozenset(groups))


def plug_of_transaction(transaction: Transaction) -> Plug:
    """Where a session is, at the location at which it began."""
    evse = transaction.evse
    return Plug(
        location=transaction.location_id,
        station=transaction.station_id,
        evse=transaction.evse_id,
        current_type=evse.current_type if evse else "",
    )
