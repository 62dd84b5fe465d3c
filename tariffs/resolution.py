"""Which of the assignments that cover a plug decides its price. Pure; rules in docs/tariffs.md.

Plain values in, a decision out: the order of the candidates never matters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any, Self
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Place(IntEnum):
    """Where an assignment holds; the greater, the more specific."""

    NETWORK = 0
    LOCATION = 1
    STATION = 2
    EVSE = 3


class Audience(StrEnum):
    """Whom a group is for; values of `tariffs.models.Audience`."""

    EVERYONE = "everyone"
    REGISTERED = "registered"
    AD_HOC = "ad_hoc"
    GROUPS = "groups"


class Reason(StrEnum):
    """Why a candidate decides, or why not. Words: `tariffs.why`."""

    WON = "won"
    NOT_FOR_THIS_CUSTOMER = "not_for_this_customer"
    OTHER_CURRENT_TYPE = "other_current_type"
    NOT_VALID_YET = "not_valid_yet"
    NOT_VALID_ANY_MORE = "not_valid_any_more"
    TARIFF_ARCHIVED = "tariff_archived"
    NO_VERSION_YET = "no_version_yet"
    ANOTHER_GROUP_FIRST = "another_group_first"
    LESS_SPECIFIC_PLACE = "less_specific_place"
    LESS_SPECIFIC_CURRENT_TYPE = "less_specific_current_type"
    LATER_ONE_HOLDS = "later_one_holds"


@dataclass(frozen=True, slots=True)
class Customer:
    """Who charges, as far as a price depends on it.

    Attributes:
        driver: key of a registered driver; None: a guest, or a card that belongs to nobody.
        groups: keys of the driver's groups.
        is_ad_hoc: a guest, who identifies himself by no token of the operator.
    """

    driver: UUID | None = None
    groups: frozenset[UUID] = frozenset()
    is_ad_hoc: bool = False

    @classmethod
    def guest(cls) -> Self:
        """Somebody who pays ad hoc."""
        return cls(is_ad_hoc=True)

    @classmethod
    def nobody(cls) -> Self:
        """A card of the operator without a driver: only what is for everyone fits."""
        return cls()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A tariff group, asked in order of `(position, key)`."""

    key: UUID
    name: str
    position: int
    audience: Audience
    driver_groups: frozenset[UUID] = frozenset()

    def fits(self, customer: Customer) -> bool:
        match self.audience:
            case Audience.EVERYONE:
                return True
            case Audience.REGISTERED:
                return customer.driver is not None
            case Audience.AD_HOC:
                return customer.is_ad_hoc
            case Audience.GROUPS:
                return not self.driver_groups.isdisjoint(customer.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An assignment whose place covers the plug.

    Attributes:
        key: of the assignment.
        current_type: "AC", "DC", or "" for both.
        tariff: key of the tariff; None: no charging here.
        archived_at: when the tariff was archived.
        version: key of the tariff's version at the instant asked for; None: none is valid yet.
        version_number: its number, 0 for none.
    """

    key: UUID
    group: Group
    place: Place
    current_type: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    tariff: UUID | None
    tariff_name: str = ""
    archived_at: datetime | None = None
    version: UUID | None = None
    version_number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A candidate with the reason why it won or lost; `winner` is what decided, if anything."""

    candidate: Candidate
    reason: Reason
    winner: Candidate | None

    def as_json(self) -> dict[str, Any]:
        """Everything that `tariffs.why` needs to say it in words, now or in years."""
        it, won = self.candidate, self.winner
        return {
            "assignment": str(it.key),
            "reason": str(self.reason),
            "group": str(it.group.key),
            "group_name": it.group.name,
            "audience": str(it.group.audience),
            "tariff": it.tariff and str(it.tariff),
            "tariff_name": it.tariff_name,
            "version": it.version and str(it.version),
            "version_number": it.version_number,
            "place": it.place.name.lower(),
            "current_type": it.current_type,
            "valid_from": it.valid_from and it.valid_from.isoformat(),
            "valid_until": it.valid_until and it.valid_until.isoformat(),
            "winner_group": won.group.name if won else "",
            "winner_place": won.place.name.lower() if won else "",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What holds at the plug.

    Attributes:
        winner: None: no assignment holds, so no price is known.
        verdicts: every candidate, in the order in which they are asked.
    """

    winner: Candidate | None
    verdicts: tuple[Verdict, ...]

    @property
    def denied(self) -> bool:
        """The customer may not charge here."""
        return self.winner is not None and self.winner.tariff is None


def decide(
    candidates: Iterable[Candidate], *, customer: Customer, current_type: str, at: datetime
) -> Decision:
    """The assignment that decides, and why each of the others does not.

    Args:
        candidates: assignments whose place covers the plug, in any order.
        current_type: of the plug, "" where it is not known.
        at: the instant for which the price is asked.
    """
    ordered = sorted(candidates, key=_order)
    reasons = [_unfit(candidate, customer, current_type, at) for candidate in ordered]
    fitting = [one for one, reason in zip(ordered, reasons, strict=True) if reason is None]
    winner = fitting[0] if fitting else None
    return Decision(
        winner=winner,
        verdicts=tuple(
            Verdict(candidate=one, reason=reason or _lost(one, winner), winner=winner)
            for one, reason in zip(ordered, reasons, strict=True)
        ),
    )


def _order(candidate: Candidate) -> tuple[Any, ...]:
    """The first that fits wins: the group's order, then the more specific, then the younger."""
    begin = candidate.valid_from
    return (
        candidate.group.position,
        candidate.group.key,
        -candidate.place,
        candidate.current_type == "",
        (begin is None, (_EPOCH - begin) if begin else timedelta(0)),
        -candidate.key.int,
    )


def _unfit(
    candidate: Candidate, customer: Customer, current_type: str, at: datetime
) -> Reason | None:
    """Why it does not hold, whatever the others say; None: it does."""
    if not candidate.group.fits(customer):
        return Reason.NOT_FOR_THIS_CUSTOMER
    if candidate.current_type and candidate.current_type != current_type:
        return Reason.OTHER_CURRENT_TYPE
    if candidate.valid_from is not None and at < candidate.valid_from:
        return Reason.NOT_VALID_YET
    if candidate.valid_until is not None and at >= candidate.valid_until:
        return Reason.NOT_VALID_ANY_MORE
    return None if candidate.tariff is None else _unfit_tariff(candidate, at)


def _unfit_tariff(candidate: Candidate, at: datetime) -> Reason | None:
    if candidate.archived_at is not None and at >= candidate.archived_at:
        return Reason.TARIFF_ARCHIVED
    return Reason.NO_VERSION_YET if candidate.version is None else None


def _lost(candidate: Candidate, winner: Candidate | None) -> Reason:
    """Why it does not decide although it holds."""
    if winner is None or candidate is winner:
        return Reason.WON
    if candidate.group.key != winner.group.key:
        return Reason.ANOTHER_GROUP_FIRST
    if candidate.place != winner.place:
        return Reason.LESS_SPECIFIC_PLACE
    if candidate.current_type != winner.current_type:
        return Reason.LESS_SPECIFIC_CURRENT_TYPE
    return Reason.LATER_ONE_HOLDS
