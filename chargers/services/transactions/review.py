"""A person has looked at an odd session."""

from __future__ import annotations

from datetime import datetime

from django.db.transaction import atomic

from accounts.services import audit
from accounts.services.audit import Actor
from chargers.exceptions import UnableToReview
from chargers.models import Transaction
from chargers.services.transactions.closing import locked


@atomic
def finish_review(
    *, transaction: Transaction, note: str, actor: Actor, now: datetime
) -> Transaction:
    """Take a session out of the review queue; its warnings stay readable.

    Raises:
        UnableToReview: it does not wait for one (any more).
    """
    row = locked(transaction.pk)
    if not row.needs_review:
        raise UnableToReview("This transaction is not waiting for a review.")
    row.needs_review = False
    row.save(update_fields=["needs_review"])
    audit.record(
        operator=row.operator,
        actor=actor,
        action="transaction.reviewed",
        obj=row,
        changes={"needs_review": [True, False], "note": note},
        now=now,
    )
    return row
