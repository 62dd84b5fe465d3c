"""What is odd about a priced session, in one table: who must look, and what it means."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from tariffs.pricing.evidence import Finding
from tariffs.pricing.result import Flag


class CdrFlag(StrEnum):
    """What billing itself finds; findings of the timeline and of the price come on top."""

    NO_TARIFF = "no_tariff"
    SESSION_IN_REVIEW = "session_in_review"
    PROVISIONAL = "provisional"
    CANNOT_BE_PRICED = "cannot_be_priced"


# Told, and billed all the same. Whatever does not stand here waits for a person.
_INFORMATION = frozenset(
    {
        # Closed by rule and waited for; a person who must look has put the session into review.
        CdrFlag.PROVISIONAL.value,
        # The rule book says what a hole costs: the clock runs, nothing else is charged.
        Flag.GAP.value,
        # The energy is known, when it flowed is not: it is spread over the hole.
        Finding.READINGS_MISSING.value,
    }
)
_OWN = frozenset(flag.value for flag in CdrFlag)
_OF_PRICE = frozenset(flag.value for flag in Flag)


def needs_person(flag: str) -> bool:
    """Whether a record with this flag may not be billed before somebody has looked."""
    return flag not in _INFORMATION


def any_needs_person(flags: Iterable[str]) -> bool:
    return any(needs_person(flag) for flag in flags)


def findings_among(flags: Iterable[str]) -> tuple[str, ...]:
    """The flags that were found in the readings: neither ours nor those of the price."""
    return tuple(sorted(flag for flag in flags if flag not in _OWN and flag not in _OF_PRICE))
