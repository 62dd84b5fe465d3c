"""What integrators hang on a session: their own id and free fields."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

from django.db.transaction import atomic

from accounts.services import audit
from accounts.services.audit import Actor
from chargers.models import Transaction
from chargers.services.transactions.closing import locked


class TransactionLabels(TypedDict, total=False):
    external_id: str
    metadata: dict[str, Any]


@atomic
def label_transaction(
    *, transaction: Transaction, labels: TransactionLabels, actor: Actor, now: datetime
) -> Transaction:
    """Set the given labels; the session's own facts are the station's. Same labels: no write."""
    row = locked(transaction.pk)
    found = audit.differences(row, labels)
    if found:
        for name, (_old, new) in found.items():
            setattr(row, name, new)
        row.save(update_fields=list(found))
        audit.record(
            operator=row.operator,
            actor=actor,
            action="transaction.labelled",
            obj=row,
            changes=found,
            now=now,
        )
    return row
