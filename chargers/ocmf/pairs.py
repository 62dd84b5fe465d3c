"""All signed values of one session together: do begin and end make one honest pair?

A begin and an end reading may come in two documents or in one. They must be valid, of one meter,
under one key, in the meter's own order (pagination), within the session's time, and their
difference must be the session's energy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from chargers.ocmf.document import Document
from chargers.ocmf.payload import Reading
from chargers.ocmf.verification import Verdict

# Clocks of meters and of stations differ; sessions that follow each other are told apart by more.
TIME_TOLERANCE = timedelta(minutes=15)
_BEGIN, _END = "Transaction.Begin", "Transaction.End"
_UNUSABLE_CLOCKS = frozenset("U")
_GOOD = frozenset({"", "G"})
_METER_STATES = {
    "N": "not present",
    "T": "timeout",
    "D": "disconnected",
    "R": "removed",
    "M": "manipulated",
    "X": "exchanged",
    "I": "incompatible",
    "O": "out of range",
    "S": "substitute value",
    "E": "error",
    "F": "read error",
}


class SessionVerdict(StrEnum):
    """What the signed values of a session are worth together."""

    VALID = "valid"
    INVALID = "invalid"
    INCOMPLETE = "incomplete"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedValue:
    """One document of a session and what came of its check.

    Attributes:
        context: ReadingContextEnumType under which the station sent it.
        verdict: None where it could not be checked (no key, not supported).
        key: fingerprint of the key that it was checked with.
    """

    document: Document
    context: str
    verdict: Verdict | None
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """What is known of the session without the signed values.

    Attributes:
        energy_wh: as billed; None while it runs.
        started_at, ended_at: by the station's clock where that is known, else ours.
    """

    energy_wh: int | None
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReading:
    """A reading with its document."""

    reading: Reading
    value: SignedValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict on a session.

    Attributes:
        energy_wh: end less begin, exactly; None without both.
        findings: what is wrong, a sentence each.
        remarks: what is worth knowing but not wrong.
    """

    verdict: SessionVerdict
    begin: SessionReading | None = None
    end: SessionReading | None = None
    energy_wh: Decimal | None = None
    findings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def judge(values: Sequence[SignedValue], session: SessionFacts) -> Judgement:
    """Look at all documents of a session, in the order in which they came."""
    readings = [
        SessionReading(reading=reading, value=value)
        for value in values
        for reading in value.document.payload.readings
    ]
    begin = _begin(readings)
    end = _end(readings, begin)
    energy = _energy(begin, end)
    findings = [*_invalid(values), *_states(readings)]
    if begin is not None and end is not None:
        findings += [
            *_pair_findings(begin, end),
            *_energy_findings(begin, end, energy, session),
            *_time_findings((begin, end), session),
        ]
    return Judgement(
        verdict=_verdict(values, findings, complete=begin is not None and end is not None),
        begin=begin,
        end=end,
        energy_wh=energy,
        findings=tuple(dict.fromkeys(findings)),
        remarks=tuple(_remarks(values, begin, end)),
    )


def _verdict(
    values: Sequence[SignedValue], findings: Sequence[str], *, complete: bool
) -> SessionVerdict:
    if findings:
        return SessionVerdict.INVALID
    if any(value.verdict is None for value in values) or not values:
        return SessionVerdict.UNVERIFIED
    return SessionVerdict.VALID if complete else SessionVerdict.INCOMPLETE


def _begin(readings: Sequence[SessionReading]) -> SessionReading | None:
    energy = [one for one in readings if one.reading.energy_wh is not None]
    told = [one for one in energy if one.reading.is_begin]
    meant = [one for one in energy if not one.reading.reason and one.value.context == _BEGIN]
    return next(iter(told or meant), None)


def _end(readings: Sequence[SessionReading], begin: SessionReading | None) -> SessionReading | None:
    energy = [one for one in readings if one.reading.energy_wh is not None and one is not begin]
    told = [one for one in energy if one.reading.is_end]
    meant = [one for one in energy if not one.reading.reason and one.value.context == _END]
    return next(reversed(told or meant), None)


def _energy(begin: SessionReading | None, end: SessionReading | None) -> Decimal | None:
    if begin is None or end is None:
        return None
    first, last = begin.reading.energy_wh, end.reading.energy_wh
    return None if first is None or last is None else last - first


def _invalid(values: Iterable[SignedValue]) -> list[str]:
    wrong = sum(value.verdict is Verdict.INVALID for value in values)
    if not wrong:
        return []
    return ["A signature is wrong." if wrong == 1 else f"{wrong} signatures are wrong."]


def _states(readings: Iterable[SessionReading]) -> list[str]:
    """Of the readings that decide: whatever the meter itself calls unusable."""
    found = []
    for one in readings:
        if "E" in one.reading.error_flags:
            found.append("The meter says that its energy reading cannot be used.")
        if one.reading.status not in _GOOD:
            state = _METER_STATES.get(one.reading.status, one.reading.status[:20])
            found.append(f"The meter reports a fault: {state}.")
    return found


def _pair_findings(begin: SessionReading, end: SessionReading) -> list[str]:
    first, last = begin.value.document.payload, end.value.document.payload
    found = []
    if first.meter != last.meter:
        found.append(f"Begin and end come from two meters: {first.meter} and {last.meter}.")
    if begin.value.key != end.value.key:
        found.append("Begin and end were signed with two keys.")
    if begin.reading.obis != end.reading.obis:
        found.append("Begin and end are of two registers.")
    one, other = first.pagination, last.pagination
    if begin.value.document is end.value.document or one is None or other is None:
        return found
    if one.context != other.context or other.number <= one.number:
        found.append(f"The meter's own count is out of order: {one}, then {other}.")
    return found


def _energy_findings(
    begin: SessionReading, end: SessionReading, energy: Decimal | None, session: SessionFacts
) -> list[str]:
    if energy is None:
        return []
    if energy < 0:
        return ["The end reading is lower than the begin reading."]
    if session.energy_wh is None:
        return []
    # Registers are cut to whole Wh, and to the digits that the meter signs, at both ends.
    tolerance = 1 + max(begin.reading.resolution_wh, end.reading.resolution_wh)
    if abs(energy - session.energy_wh) <= tolerance:
        return []
    return [f"Signed energy is {_plain(energy)} Wh, the session's {session.energy_wh} Wh."]


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _time_findings(pair: Iterable[SessionReading], session: SessionFacts) -> list[str]:
    found = []
    for one in pair:
        at = one.reading.at
        if at is None or one.reading.time_status in _UNUSABLE_CLOCKS:
            continue
        early = session.started_at is not None and at < session.started_at - TIME_TOLERANCE
        late = session.ended_at is not None and at > session.ended_at + TIME_TOLERANCE
        if early or late:
            found.append(f"A reading of {at:%Y-%m-%d %H:%M} UTC lies outside of the session.")
    return found


def _remarks(
    values: Sequence[SignedValue], begin: SessionReading | None, end: SessionReading | None
) -> list[str]:
    remarks = []
    if begin is None:
        remarks.append("There is no signed begin reading.")
    if end is None:
        remarks.append("There is no signed end reading.")
    if any(one.reading.time_status in {"U", "I"} for one in (begin, end) if one is not None):
        remarks.append("The meter's clock was not synchronised; its times are informative.")
    missing = _missing_pages(values)
    if missing:
        remarks.append(f"The meter's count leaves out {missing} documents between begin and end.")
    return remarks


def _missing_pages(values: Sequence[SignedValue]) -> int:
    pages = [value.document.payload.pagination for value in values]
    numbers = {page.number for page in pages if page is not None and page.context == "T"}
    return max(numbers) - min(numbers) + 1 - len(numbers) if numbers else 0
