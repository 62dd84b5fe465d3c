"""Sessions that could not be priced are put off, so that they hold up nobody."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from billing.models import CdrFailure
from chargers.models import Transaction

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(days=1)
_ERROR_LENGTH = 500


def pause_after(attempts: int) -> timedelta:
    """1, 4, 16, 64 … minutes after the first, second, third, fourth failed attempt; at most a day."""
    factor: int = 4 ** min(attempts - 1, 8)
    return min(_FIRST_PAUSE * factor, _LONGEST_PAUSE)


def note_failures(errors: Mapping[UUID, Exception], *, now: datetime) -> None:
    """Put these sessions off."""
    known = {row.pk: row for row in CdrFailure.objects.filter(pk__in=errors)}
    operators = dict(Transaction.objects.filter(pk__in=errors).values_list("pk", "operator_id"))
    for transaction_id, error in errors.items():
        row = known.get(transaction_id) or CdrFailure(
            transaction_id=transaction_id,
            operator_id=operators[transaction_id],
            attempts=0,
            first_failed_at=now,
        )
        row.attempts += 1
        row.error = f"{type(error).__name__}: {error}"[:_ERROR_LENGTH].replace("\x00", "")
        row.next_attempt_at = now + pause_after(row.attempts)
        row.save()


def forget_failures(transaction_ids: Collection[UUID]) -> None:
    """They have a record now."""
    CdrFailure.objects.filter(pk__in=transaction_ids).delete()
