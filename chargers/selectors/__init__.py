"""Reads for pages and the API. All run in the caller's tenant scope."""

from __future__ import annotations

from chargers.selectors.frames import FrameFilters, FramePage, frame_page, station_actions
from chargers.selectors.locations import locations
from chargers.selectors.paging import capped_count
from chargers.selectors.stations import (
    StationCounts,
    StationFilters,
    connector_display,
    count_stations,
    station_by_id,
    station_display,
    stations,
    stations_with_parts,
)
from chargers.selectors.timeline import TimelineEntry, timeline
from chargers.selectors.transactions import (
    TransactionCursor,
    TransactionFilters,
    TransactionPage,
    charging_states,
    power_curve,
    transaction_page,
    transactions,
    transactions_by_number,
    transactions_with_parts,
)

__all__ = [
    "FrameFilters",
    "FramePage",
    "StationCounts",
    "StationFilters",
    "TimelineEntry",
    "TransactionCursor",
    "TransactionFilters",
    "TransactionPage",
    "capped_count",
    "charging_states",
    "connector_display",
    "count_stations",
    "frame_page",
    "locations",
    "power_curve",
    "station_actions",
    "station_by_id",
    "station_display",
    "stations",
    "stations_with_parts",
    "timeline",
    "transaction_page",
    "transactions",
    "transactions_by_number",
    "transactions_with_parts",
]
