"""What stations told of themselves does not stay for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from chargers.models import DeviceEvent, ReportState, StationReport

_PRUNE_ROWS = 2_000
# Values that come all the time; not alerts.
_READINGS = ("Delta", "Periodic")


def prune_device_model(*, now: datetime, keep: timedelta, keep_readings: timedelta) -> int:
    """Delete events that nobody has to look at any more and reports that have ended, the oldest
    first, a bounded number of rows a call. Returns how many.

    Args:
        keep: of alerts and reports.
        keep_readings: of values that monitors report all the time.
    """
    settled = DeviceEvent.objects.exclude(needs_attention=True)
    readings = settled.filter(trigger__in=_READINGS)
    alerts = settled.exclude(trigger__in=_READINGS)
    ended = StationReport.objects.exclude(state__in=ReportState.open())
    return (
        _prune(readings, "received_at", now - keep_readings)
        + _prune(alerts, "received_at", now - keep)
        + _prune(ended, "requested_at", now - keep)
    )


def _prune(
    rows: QuerySet[DeviceEvent] | QuerySet[StationReport], field: str, before: datetime
) -> int:
    """Of the first rows by id, those that are old: rows come in the order of time."""
    head = rows.order_by("id").values_list("id", field)[:_PRUNE_ROWS]
    ids = [pk for pk, at in head if at < before]
    deleted, _ = rows.filter(pk__in=ids).delete()
    return deleted
