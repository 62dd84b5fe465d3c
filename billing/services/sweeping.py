"""The sweep: finds ended sessions without a record, whatever became of their events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from billing.selectors.due import ended_without_record, provisional_without_record
from billing.services.cdrs import grace, make_cdrs
from common.tenancy import system_scope

CHUNK = 200
# Sessions of a provisional end that nobody has looked at for so long are a person's business.
_PROVISIONAL_FOR = timedelta(days=35)


def sweep_ended(*, now: datetime, back: timedelta, chunks: int = 10) -> int:
    """Make the records of sessions that ended within `back` and lack theirs.

    Args:
        chunks: at most so many times `CHUNK` sessions.

    Returns:
        How many sessions were looked at.
    """

    def waiting() -> list[UUID]:
        return ended_without_record(since=now - back, now=now, limit=CHUNK)

    return _sweep(waiting, now=now, chunks=chunks)


def sweep_provisional(*, now: datetime, chunks: int = 10) -> int:
    """Make the records of sessions that were ended by rule and whose stop is not expected any more."""
    until = now - grace()

    def waiting() -> list[UUID]:
        return provisional_without_record(
            since=until - _PROVISIONAL_FOR, until=until, now=now, limit=CHUNK
        )

    return _sweep(waiting, now=now, chunks=chunks)


def _sweep(waiting: Callable[[], list[UUID]], *, now: datetime, chunks: int) -> int:
    done = 0
    with system_scope("billing: ended sessions of every operator"):
        for _ in range(chunks):
            ids = waiting()
            looked_at = make_cdrs(transaction_ids=ids, now=now).looked_at if ids else 0
            done += looked_at
            # A short chunk is the last one; where others hold all of them, the next sweep comes.
            if len(ids) < CHUNK or not looked_at:
                break
    return done
