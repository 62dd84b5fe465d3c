"""What can be odd about a session, and which of it a person must look at before billing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypedDict


class StoredWarning(TypedDict):
    code: str
    detail: str
    at: str


class Oddity(StrEnum):
    """Codes of `Transaction.warnings`."""

    UNTRUSTED_CLOCK = "untrusted_clock"
    START_REPEATED = "start_repeated"
    START_MISSING = "start_missing"
    UNAUTHORISED = "unauthorised"
    NO_TOKEN = "no_token"  # noqa: S105 -- no password
    SUPERSEDED = "superseded"
    OFFLINE_TOO_LONG = "offline_too_long"
    FORGOTTEN_AFTER_BOOT = "forgotten_after_boot"
    HARDWARE_REPLACED = "hardware_replaced"
    COMPLETED_LATE = "completed_late"
    ORPHAN = "orphan"
    MATCHED_WITHOUT_ID = "matched_without_id"
    SECOND_STOP = "second_stop"
    STOP_BEFORE_START = "stop_before_start"
    MISSING_EVENTS = "missing_events"
    NUMBERING_RESTARTED = "numbering_restarted"
    RESERVED_FOR_OTHER = "reserved_for_other"
    ENERGY_NEGATIVE = "energy_negative"
    ENERGY_IMPLAUSIBLE = "energy_implausible"
    ENERGY_FROM_SAMPLES = "energy_from_samples"
    ENERGY_UNKNOWN = "energy_unknown"
    ENERGY_DISAGREES = "energy_disagrees"
    ENERGY_AFTER_STOP = "energy_after_stop"
    SIGNED_VALUES_WRONG = "signed_values_wrong"
    SIGNED_VALUES_INCOMPLETE = "signed_values_incomplete"
    METER_KEY_CHANGED = "meter_key_changed"
    LIMIT_NOT_OBEYED = "limit_not_obeyed"
    NO_TARIFF = "no_tariff"


PROVISIONAL_ENDS = frozenset(
    {
        Oddity.SUPERSEDED,
        Oddity.OFFLINE_TOO_LONG,
        Oddity.FORGOTTEN_AFTER_BOOT,
        Oddity.HARDWARE_REPLACED,
    }
)
# Good to know, but nothing that a person must decide.
_INFORMATION = frozenset(
    {
        Oddity.COMPLETED_LATE,
        Oddity.MATCHED_WITHOUT_ID,
        Oddity.MISSING_EVENTS,
        Oddity.NUMBERING_RESTARTED,
        Oddity.RESERVED_FOR_OTHER,
        Oddity.SIGNED_VALUES_INCOMPLETE,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One oddity with a sentence's worth of detail."""

    code: Oddity
    detail: str = ""


def needs_person(code: str) -> bool:
    """Whether a warning of this code puts a session into the review queue."""
    return code not in _INFORMATION


def merged(
    stored: Sequence[StoredWarning], findings: Iterable[Finding], *, at: datetime
) -> tuple[list[StoredWarning], list[Finding]]:
    """Add findings to a session's warnings.

    Returns:
        The new list and the findings that were not there yet (same code and detail).
    """
    known = {(warning["code"], warning["detail"]) for warning in stored}
    result = list(stored)
    fresh: list[Finding] = []
    for finding in findings:
        if (finding.code.value, finding.detail) in known:
            continue
        known.add((finding.code.value, finding.detail))
        fresh.append(finding)
        result.append({"code": finding.code.value, "detail": finding.detail, "at": at.isoformat()})
    return result, fresh


def without(stored: Sequence[StoredWarning], code: Oddity) -> list[StoredWarning]:
    """The warnings less those of one code."""
    return [warning for warning in stored if warning["code"] != code]


def still_open_after_completion(stored: Sequence[StoredWarning]) -> bool:
    """Whether a session whose missing stop has come still needs a person."""
    settled = PROVISIONAL_ENDS | {Oddity.ENERGY_FROM_SAMPLES, Oddity.ENERGY_UNKNOWN}
    return any(needs_person(w["code"]) and w["code"] not in settled for w in stored)
