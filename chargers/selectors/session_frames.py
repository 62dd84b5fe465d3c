"""The frames that a station sent and received about one session."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from chargers.models import OcppFrame, Transaction

# Frames are found by time: a session's messages lie between a little before its start was
# received and a little after its end was.
_MARGIN = timedelta(minutes=2)
_WINDOW = 5_000
_ACTIONS = (
    "StartTransaction",
    "StopTransaction",
    "MeterValues",
    "TransactionEvent",
    "Authorize",
    "StatusNotification",
    "RemoteStartTransaction",
    "RemoteStopTransaction",
    "RequestStartTransaction",
    "RequestStopTransaction",
)


def frames_of_transaction(transaction: Transaction, *, limit: int = 60) -> list[OcppFrame]:
    """Frames which name the session or its token, newest first. Reads a bounded stretch."""
    rows = OcppFrame.objects.filter(
        station_id=transaction.station_id, at__gte=transaction.started_received_at - _MARGIN
    )
    if transaction.ended_received_at is not None:
        rows = rows.filter(at__lte=transaction.ended_received_at + _MARGIN)
    latest = list(rows.order_by("-id").values_list("pk", flat=True)[:_WINDOW])
    named = Q(raw__contains=transaction.station_ref) | Q(reply__contains=transaction.station_ref)
    if transaction.id_token_uid:
        named |= Q(raw__contains=transaction.id_token_uid)
    found = rows.filter(named, action__in=_ACTIONS)
    if len(latest) == _WINDOW:
        found = found.filter(pk__gte=latest[-1])
    return list(found.order_by("-id")[:limit])
