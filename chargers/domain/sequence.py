"""Order of TransactionEvents within a transaction (OCPP 2.0.1 E01.FR.07: seqNo).

Events may arrive late, twice, or after the station restarted its numbering.
"""

from __future__ import annotations

from dataclasses import dataclass, field

# A hole of this size is remembered; a larger one is a jump, of which only the edge is kept.
_MAX_MISSING = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an event stands.

    Attributes:
        is_live: newer than all before, so it may change the live state.
        last_seq_no: the highest number after this event.
        missing: the numbers that have not come yet, after this event.
    """

    is_live: bool
    last_seq_no: int | None
    missing: frozenset[int] = field(default_factory=frozenset)


def place(
    seq_no: int | None, *, last_seq_no: int | None, missing: frozenset[int], restarted: bool = False
) -> Place:
    """Place an event.

    Args:
        seq_no: of the event; None where the version has no numbering (always live).
        last_seq_no: highest number so far, None before the first.
        missing: numbers that have not come yet.
        restarted: the station is known to have begun to count again.
    """
    if seq_no is None:
        return Place(is_live=True, last_seq_no=last_seq_no, missing=missing)
    if last_seq_no is None:
        # Transactions begin with 0; a number that is far off was never meant so.
        before = range(seq_no) if 0 < seq_no <= _MAX_MISSING else range(0)
        return Place(is_live=True, last_seq_no=seq_no, missing=missing | frozenset(before))
    if restarted:
        return Place(is_live=True, last_seq_no=seq_no, missing=missing)
    if seq_no <= last_seq_no:
        return Place(is_live=False, last_seq_no=last_seq_no, missing=missing - {seq_no})
    hole = range(max(last_seq_no + 1, seq_no - _MAX_MISSING), seq_no)
    return Place(is_live=True, last_seq_no=seq_no, missing=missing | frozenset(hole))


def written(missing: frozenset[int]) -> str:
    """Missing numbers as text: {3, 4, 5, 9} -> "3-5, 9"."""
    ranges: list[list[int]] = []
    for number in sorted(missing):
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1][1:] = [number]
        else:
            ranges.append([number])
    return ", ".join("-".join(map(str, numbers)) for numbers in ranges)


def read(text: str) -> frozenset[int]:
    """Back from `written`: "3-5, 9" -> {3, 4, 5, 9}."""
    numbers: set[int] = set()
    for part in filter(None, text.split(", ")):
        low, _, high = part.partition("-")
        numbers.update(range(int(low), int(high or low) + 1))
    return frozenset(numbers)
