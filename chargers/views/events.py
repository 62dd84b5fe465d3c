"""Timelines and power curves, ready for the components."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from chargers import selectors
from chargers.domain.curve import CurvePoint
from chargers.models import Transaction
from chargers.selectors import TimelineEntry, TransactionFilters
from chargers.views.rows import StationRow
from common import sse

CURVE_EVENT = "curve"
_LOOKS = {
    "chargers.station_connected": ("available", "plug-connected"),
    "chargers.station_disconnected": ("offline", "plug-connected-x"),
    "chargers.station_booted": ("available", "power"),
    "chargers.station_commissioned": ("available", "circle-check"),
    "chargers.connector_status_changed": ("reserved", "plug"),
    "chargers.security_event_reported": ("warning", "shield"),
    "chargers.status_reported": ("reserved", "report-search"),
    "chargers.grid_alarm_reported": ("warning", "alert-triangle"),
    "chargers.grid_control_changed": ("reserved", "gauge"),
    "chargers.energy_without_session": ("warning", "alert-triangle"),
    "chargers.energy_unassigned": ("warning", "alert-triangle"),
    "chargers.settlement_reported": ("available", "report-search"),
    "chargers.web_payment_started": ("reserved", "report-search"),
    "chargers.charging_needs_reported": ("reserved", "car"),
    "chargers.external_limit_changed": ("warning", "gauge"),
    "chargers.transaction_started": ("charging", "player-play"),
    "chargers.transaction_ended": ("available", "player-stop"),
    "chargers.readings_came_late": ("reserved", "activity"),
    "chargers.transaction_flagged": ("warning", "alert-triangle"),
    "chargers.command_finished": ("reserved", "terminal-2"),
}


def timeline_items(entries: Iterable[TimelineEntry]) -> list[dict[str, Any]]:
    """Entries for `components/timeline.html`."""
    return [_item(entry) for entry in entries]


def _item(entry: TimelineEntry) -> dict[str, Any]:
    state, icon = _LOOKS.get(entry.kind, ("offline", "timeline-event"))
    if "Faulted" in entry.text:
        state, icon = "faulted", "alert-triangle"
    is_session = entry.subject_type == "transaction"
    url = reverse("chargers:transaction", args=[entry.subject_id]) if is_session else ""
    return {"title": entry.text, "at": entry.at, "state": state, "icon": icon, "url": url}


def curve_data(transaction: Transaction, points: list[CurvePoint]) -> dict[str, Any]:
    """Points as the module `power-curve` takes them, from the start of the session on.

    Battery only where a station tells it.
    """
    if points and points[0].at > transaction.started_at:
        points = [CurvePoint(transaction.started_at, None, None, None), *points]
    data: dict[str, Any] = {
        "x": [round(point.at.timestamp()) for point in points],
        "power_w": [point.power_w for point in points],
        "energy_wh": [point.energy_wh for point in points],
        "tz": transaction.location.time_zone,
    }
    if any(point.soc_percent is not None for point in points):
        data["soc"] = [point.soc_percent for point in points]
    return data


def curve_of_station(row: StationRow) -> dict[str, Any]:
    """Context of the curve on the station page: of the running session, else of the last one."""
    shown = running_session(row) or _last_session(row)
    if shown is None:
        return {"curve": None, "curve_of": None}
    shown.location = row.station.location
    points = selectors.power_curve(shown, limit=400)
    return {
        "curve_of": shown,
        "curve": curve_data(shown, points),
        "curve_event": CURVE_EVENT if shown.is_active else "",
    }


def running_session(row: StationRow) -> Transaction | None:
    """The session with the most power of those that run at a station."""
    running = [view.transaction for view in row.connectors if view.transaction]
    return max(running, key=lambda tx: tx.power_w or 0, default=None)


def _last_session(row: StationRow) -> Transaction | None:
    page = selectors.transaction_page(
        filters=TransactionFilters(station_id=row.station.pk), limit=1
    )
    return page.rows[0] if page.rows else None


def curve_point(transaction: Transaction) -> str:
    """The latest reading as a live event."""
    if transaction.last_reading_at is None:
        return ""
    return sse.json_event(
        CURVE_EVENT,
        {
            "x": round(transaction.last_reading_at.timestamp()),
            "power_w": transaction.power_w,
            "energy_wh": transaction.last_energy_wh,
            "soc": transaction.soc_percent,
        },
    )
