"""The list of stations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.policy import Permission, require
from chargers import selectors
from chargers.forms.stations import StationPlaceForm
from chargers.models import Protocol
from chargers.selectors import StationCounts, StationFilters
from chargers.views.parts import CountedPaginator
from chargers.views.rows import StationRow, station_rows
from common.csv_export import Row, csv_response
from common.paging import keyset_page
from common.tenancy import current_scope

PER_PAGE = 25
_MOST_PLACES = 300
CSV_PAGE = 500
SORTS = {
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
    "seen": ("last_seen_at", "id"),
    "-seen": ("-last_seen_at", "-id"),
}
_CHIPS = ("", "charging", "available", "faulted", "offline")


def columns(*, sortable: bool = True) -> list[dict[str, Any]]:
    """Heads of the station table."""
    sorts = ("name", "seen") if sortable else ("", "")
    return [
        {"label": _("Station"), "sort": sorts[0]},
        {"label": _("Status")},
        {"label": _("Connectors"), "css": "tablet-only"},
        {"label": _("Load"), "css": "tablet-only"},
        {"label": _("Model"), "css": "wide-only"},
        {"label": _("Last message"), "css": "wide-only", "sort": sorts[1]},
        {"label": _("Actions"), "hidden": True},
    ]


def filters_of(request: HttpRequest) -> StationFilters:
    """Filters out of the address; what makes no sense does not filter."""
    wanted = request.GET
    return StationFilters(
        search=wanted.get("q", "")[:200].strip(),
        state=wanted.get("state", "") if wanted.get("state") in _CHIPS else "",
        location_id=uuid_or_none(wanted.get("location", "")),
        protocol=wanted.get("protocol", "") if wanted.get("protocol") in Protocol.values else "",
        is_drifting=wanted.get("configuration") == "differs",
    )


def uuid_or_none(text: str) -> UUID | None:
    """An id out of the address; nonsense is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


@require(Permission.STATIONS_VIEW)
def station_list(request: HttpRequest) -> HttpResponse:
    filters = filters_of(request)
    counts = selectors.count_stations(filters)
    sort = request.GET.get("sort", "name")
    found = selectors.stations_with_parts(selectors.stations(filters))
    paginator = CountedPaginator(
        found.order_by(*SORTS.get(sort, SORTS["name"])), PER_PAGE, count=_shown(counts, filters)
    )
    page = paginator.get_page(request.GET.get("page"))
    rows = station_rows(page.object_list)
    context = {
        **list_context(rows),
        **_filter_context(filters, counts, request),
        "columns": columns(),
        "sort": sort,
        "page": page,
        "page_range": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "place": _place_form(request),
    }
    return render(request, "chargers/stations.html", context)


def _place_form(request: HttpRequest) -> StationPlaceForm | None:
    """A picker of places while it is one; in a larger network the search box finds them."""
    if selectors.locations("").count() > _MOST_PLACES:
        return None
    return StationPlaceForm(request.GET)


def _shown(counts: StationCounts, filters: StationFilters) -> int:
    count: int = getattr(counts, filters.state or "any")
    return count


def list_context(rows: list[StationRow]) -> dict[str, Any]:
    """Rows and the stream that keeps them fresh."""
    ids = ",".join(str(row.id) for row in rows)
    return {
        "rows": rows,
        "live_url": f"{reverse('chargers:live_stations')}?ids={ids}" if ids else "",
    }


def _filter_context(
    filters: StationFilters, counts: StationCounts, request: HttpRequest
) -> dict[str, Any]:
    return {
        "q": filters.search,
        "state": filters.state,
        "location_id": filters.location_id,
        "protocol": filters.protocol,
        "protocols": Protocol.choices[1:],
        "is_drifting": filters.is_drifting,
        "filtered": filters != StationFilters(),
        "total": counts.any,
        "chips": _chips(filters, counts, request),
    }


def _chips(
    filters: StationFilters, counts: StationCounts, request: HttpRequest
) -> list[dict[str, Any]]:
    labels = {
        "": _("All"),
        "charging": _("Charging"),
        "available": _("Available"),
        "faulted": _("Faulted"),
        "offline": _("Offline"),
    }
    return [
        {
            "label": labels[state],
            "count": getattr(counts, state or "any"),
            "active": state == filters.state,
            "url": _chip_url(state, request),
        }
        for state in _CHIPS
    ]


def _chip_url(state: str, request: HttpRequest) -> str:
    kept = {
        name: value
        for name, value in request.GET.dict().items()
        if name not in {"state", "page"} and value
    }
    if state:
        kept["state"] = state
    return f"?{urlencode(kept)}" if kept else reverse("chargers:stations")


@require(Permission.STATIONS_VIEW)
def stations_csv(request: HttpRequest) -> StreamingHttpResponse:
    filters = filters_of(request)
    header = (
        "Code,Name,Identity,Location,City,State,Connectors,Vendor,Model,Firmware,Protocol,"
        "Last message"
    )
    return csv_response(
        filename="stations.csv",
        header=header.split(","),
        pages=lambda: _csv_pages(filters),
        scope=current_scope(),
    )


def _csv_pages(filters: StationFilters) -> Iterator[list[Row]]:
    cursor: str | None = None
    while True:
        found = selectors.stations_with_parts(selectors.stations(filters))
        page = keyset_page(found, order=("name", "id"), cursor=cursor, limit=CSV_PAGE)
        yield [_csv_row(row) for row in station_rows(page.rows)]
        cursor = page.next_cursor
        if cursor is None:
            return


def _csv_row(row: StationRow) -> Row:
    station = row.station
    return (
        station.code,
        station.name,
        station.identity,
        station.location.name,
        station.location.city,
        row.state.value,
        len(row.connectors),
        station.vendor,
        station.model,
        station.firmware_version,
        station.protocol,
        station.last_seen_at.isoformat() if station.last_seen_at else "",
    )
