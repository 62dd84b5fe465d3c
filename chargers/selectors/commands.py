"""Commands of a station."""

from __future__ import annotations

from uuid import UUID

from chargers.models import StationCommand


def recent_commands(
    *, station_id: UUID, before_id: UUID | None = None, limit: int = 10
) -> list[StationCommand]:
    """Latest first, with who asked. One query along an index.

    Args:
        before_id: the last command of the page before.
    """
    rows = StationCommand.objects.filter(station_id=station_id)
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return list(rows.select_related("requested_by", "requested_by_key").order_by("-id")[:limit])


def commands_of_transaction(transaction_id: UUID, *, limit: int = 20) -> list[StationCommand]:
    """Commands about one session, latest first."""
    rows = StationCommand.objects.filter(transaction_id=transaction_id)
    return list(rows.select_related("requested_by", "requested_by_key").order_by("-id")[:limit])
