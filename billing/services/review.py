"""A person has looked at a record that was not let through by itself."""

from __future__ import annotations

from datetime import datetime

from django.db.transaction import atomic

from accounts.services import audit
from accounts.services.audit import Actor
from billing.exceptions import UnableToAccept
from billing.models import Cdr


@atomic
def accept_cdr(*, cdr: Cdr, note: str, actor: Actor, now: datetime) -> Cdr:
    """Let a record be billed as it stands; what was odd about it stays readable.

    Raises:
        UnableToAccept: it does not wait for anybody (any more), or there is no price to bill.
    """
    row = Cdr.objects.select_for_update(of=("self",)).select_related("operator").get(pk=cdr.pk)
    if not row.is_open:
        raise UnableToAccept("This record is not waiting for a review.")
    if row.gross_minor is None:
        raise UnableToAccept("This session has no price: give it a tariff and price it again.")
    if row.session_in_review:
        raise UnableToAccept("The session itself waits for a review: finish that one first.")
    row.accepted_at = now
    row.save(update_fields=["accepted_at"])
    audit.record(
        operator=row.operator,
        actor=actor,
        action="cdr.accepted",
        obj=row,
        changes={"flags": row.flags, "note": note},
        now=now,
    )
    return row
