"""Afterwards: is everything that was acknowledged in the database, once?

Read by plain SQL in a connection of its own, so that no code of the product marks its own work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.stack import Stack

# Sessions as clients report them: identity, ref, meter_start, readings.
SessionRows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of the acknowledged readings of some sessions.

    Attributes:
        acknowledged: readings that were answered.
        missing: of those, not in the database.
        surplus: rows beyond one each.
    """

    acknowledged: int
    missing: int
    surplus: int


def readings(stack: Stack, sessions: SessionRows) -> Stored:
    """Each reading has its own register value: meter_start + 1 … meter_start + readings."""
    rows = stack.query(
        """
        SELECT s.identity, t.station_ref, m.energy_wh, count(*)
        FROM chargers_metervalue m
        JOIN chargers_transaction t ON t.id = m.transaction_id
        JOIN chargers_chargingstation s ON s.id = t.station_id
        WHERE coalesce(m.context, '') NOT LIKE 'Transaction.%%'
        GROUP BY 1, 2, 3
        """
    )
    found: dict[tuple[str, str], dict[int, int]] = {}
    for identity, ref, energy, count in rows:
        found.setdefault((identity, ref), {})[energy] = count
    return compare(found, sessions)


def compare(found: dict[tuple[str, str], dict[int, int]], sessions: SessionRows) -> Stored:
    """What is missing of the acknowledged readings, and what is there too often.

    Args:
        found: rows by register value, by (identity, transactionId).
    """
    acknowledged = missing = surplus = 0
    for session in sessions:
        stored = found.get((session["identity"], str(session["ref"])), {})
        first = session["meter_start"] + 1
        for register in range(first, first + session["readings"]):
            count = stored.get(register, 0)
            acknowledged += 1
            missing += count == 0
            surplus += max(count - 1, 0)
    return Stored(acknowledged, missing, surplus)


def frames(stack: Stack, action: str) -> tuple[int, int]:
    """(rows with an answer, distinct message ids among them) of one action in the frame log."""
    sql = """
        SELECT count(*), count(DISTINCT (station_id, message_id)) FROM chargers_ocppframe
        WHERE action = %s AND direction = 'in' AND reply LIKE '[3,%%'
    """
    count, distinct = stack.query(sql, action)[0]
    return int(count), int(distinct)


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of the sessions that their stations have stopped.

    Attributes:
        sessions: as the stations count them.
        rows: transactions in the database.
        missing: a stopped session without a row in state `ended`.
        wrong_energy: rows whose energy is not what the register moved by.
    """

    sessions: int
    rows: int
    missing: int
    wrong_energy: int


def ended_sessions(stack: Stack, sessions: SessionRows) -> Ended:
    """Compare stopped sessions with the transactions of the database."""
    rows = stack.query(
        """
        SELECT s.identity, t.station_ref, t.state, t.energy_wh
        FROM chargers_transaction t JOIN chargers_chargingstation s ON s.id = t.station_id
        """
    )
    found = {(identity, ref): (state, energy) for identity, ref, state, energy in rows}
    missing = wrong = 0
    for session in sessions:
        state, energy = found.get((session["identity"], str(session["ref"])), ("", 0))
        missing += state != "ended"
        wrong += state == "ended" and energy != session["readings"]
    return Ended(sessions=len(sessions), rows=len(rows), missing=missing, wrong_energy=wrong)
