"""How long what stations told of customers, and what their displays were told, is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from chargers.domain.progress import JobState
from chargers.models import CustomerInformation, SessionDisplay

_PRUNE_ROWS = 2_000


def prune_customer_information(*, now: datetime, keep: timedelta) -> int:
    """Delete what was asked for longer ago than `keep` and is no longer under way, a bounded number
    of rows a call. It is personal data, and no more needed than the frames that it came in.
    """
    old = CustomerInformation.objects.filter(requested_at__lt=now - keep)
    done = old.exclude(state=JobState.OPEN).order_by("pk")
    ids = list(done.values_list("pk", flat=True)[:_PRUNE_ROWS])
    return CustomerInformation.objects.filter(pk__in=ids).delete()[0]


def prune_session_displays(*, now: datetime, keep: timedelta) -> int:
    """Delete what displays were told of sessions that ended longer ago than `keep`, a bounded
    number of rows a call. Nothing more is told of them; the sessions themselves stay.
    """
    old = SessionDisplay.objects.filter(transaction__ended_at__lt=now - keep).order_by("pk")
    ids = list(old.values_list("pk", flat=True)[:_PRUNE_ROWS])
    return SessionDisplay.objects.filter(pk__in=ids).delete()[0]
