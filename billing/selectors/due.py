"""Sessions that lack their record: the queue of billing, which is no table of its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Operator
from billing.models import Cdr, CdrFailure
from chargers.models import Transaction, TransactionState
from tariffs.models import PinnedTariff, TariffAssignment
from tariffs.selectors.selling import ASSIGNMENT_BEGINS

# What a record repeats of its session. Where they differ, the session has changed since.
SAME = {
    "started_at": "started_at",
    "ended_at": "ended_at",
    "energy_wh": "energy_wh",
    "session_in_review": "needs_review",
}


def is_due(now: datetime, grace: timedelta) -> Q:
    """Ended by its station, or by rule so long ago that the station's own stop is not expected."""
    ended = Q(state=TransactionState.ENDED)
    return ended | Q(state=TransactionState.PROVISIONAL, ended_at__lte=now - grace)


def is_sold() -> Q:
    """Sessions of operators that sell: since their first assignment of a tariff holds.

    What was promised a price, or has a record already, is sold whatever has become of the
    assignments.
    """
    offered = TariffAssignment.objects.filter(operator=OuterRef("operator")).alias(
        begins=ASSIGNMENT_BEGINS
    )
    promised = PinnedTariff.objects.filter(transaction=OuterRef("pk"), version__isnull=False)
    recorded = Cdr.objects.filter(transaction=OuterRef("pk"))
    return (
        Q(Exists(offered.filter(begins__lte=OuterRef("started_at"))))
        | Q(Exists(promised))
        | Q(Exists(recorded))
    )


def ended_without_record(*, since: datetime, now: datetime, limit: int) -> list[UUID]:
    """Sessions that ended since then and have no record, or have changed after it. One query.

    Oldest end first. Those that failed wait for their next attempt.
    """
    ended = Transaction.objects.filter(
        # The index begins with the operator.
        operator_id__in=list(Operator.objects.values_list("pk", flat=True)),
        state=TransactionState.ENDED,
        ended_at__gte=since,
    )
    return _waiting(ended, is_provisional=False, now=now, limit=limit)


def provisional_without_record(
    *, since: datetime, until: datetime, now: datetime, limit: int
) -> list[UUID]:
    """Sessions that a rule ended before `until` and that nobody has stopped since. One query."""
    ended = Transaction.objects.filter(
        operator_id__in=list(Operator.objects.values_list("pk", flat=True)),
        state=TransactionState.PROVISIONAL,
        started_at__gte=since,
        ended_at__lte=until,
    )
    return _waiting(ended, is_provisional=True, now=now, limit=limit)


def _waiting(
    rows: QuerySet[Transaction], *, is_provisional: bool, now: datetime, limit: int
) -> list[UUID]:
    same = Cdr.objects.filter(
        transaction=OuterRef("pk"),
        is_latest=True,
        is_provisional=is_provisional,
        **{ours: OuterRef(theirs) for ours, theirs in SAME.items()},
    )
    failed = CdrFailure.objects.filter(transaction=OuterRef("pk"), next_attempt_at__gt=now)
    waiting = rows.filter(~Exists(same), ~Exists(failed)).filter(is_sold())
    return list(waiting.order_by("ended_at", "pk").values_list("pk", flat=True)[:limit])
