"""The assignment matrix: places down, groups across, and the dialog of one cell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.policy import Permission, require
from chargers.models import Evse
from chargers.views.stations import uuid_or_none
from common.clock import utc_now
from tariffs.models import Tariff, TariffGroup
from tariffs.resolution import Place
from tariffs.selectors.matrix import cells_of
from tariffs.selectors.places import (
    Row,
    evse_places,
    location_places,
    locations_found,
    network_place,
    station_places,
    stations_at,
)
from tariffs.views.cells import CellView, cell_view, place_name, place_param
from tariffs.views.places import row_or_404

PER_PAGE = 25
PARTS_PER_PAGE = 50
_ICONS = {
    Place.NETWORK: "world",
    Place.LOCATION: "map-pin",
    Place.STATION: "charging-pile",
    Place.EVSE: "plug-connected",
}
_PAGES = {Place.LOCATION: "chargers:location", Place.STATION: "chargers:station"}


def row_views(
    rows: Sequence[Row], groups: Sequence[TariffGroup], *, now: datetime, wanted: Any = None
) -> list[dict[str, Any]]:
    """Rows with their cells, as the table shows them."""
    cells = cells_of(rows, groups=groups, now=now)
    return [
        _row_view(row, [cell_view(cell, wanted=wanted) for cell in cells[row.key]]) for row in rows
    ]


def _row_view(row: Row, cells: Sequence[CellView]) -> dict[str, Any]:
    # A phone shows the network whole, and of places what is special there.
    is_whole = row.key.level is Place.NETWORK or all(cell.is_special for cell in cells)
    return {
        "row": row,
        "name": place_name(row),
        "id": place_param(row.key),
        "level": int(row.key.level),
        "icon": _ICONS[row.key.level],
        "url": _page_of(row),
        "parts_url": _parts_url(row),
        "cells": cells,
        "has_more": not is_whole,
    }


def _page_of(row: Row) -> str:
    name = _PAGES.get(row.key.level)
    return reverse(name, args=[row.key.id]) if name else ""


def _parts_url(row: Row) -> str:
    """Where its parts are; the locations of the network stand on the page anyway."""
    if row.key.level not in (Place.LOCATION, Place.STATION) or not row.parts:
        return ""
    return f"{reverse('tariffs:parts')}?{urlencode({'place': place_param(row.key)})}"


@require(Permission.TARIFFS_VIEW)
def matrix(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("q", "")[:200].strip()
    tariff_id = uuid_or_none(request.GET.get("tariff", ""))
    tariffs = list(Tariff.objects.filter(archived_at=None).order_by("name", "id"))
    tariff = next((one for one in tariffs if one.pk == tariff_id), None)
    groups = list(TariffGroup.objects.all())
    found = locations_found(search=search, tariff=tariff)
    paginator = Paginator(found, PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    rows = [network_place(), *location_places(list(page.object_list))]
    context = {
        "q": search,
        "tariff": tariff,
        "tariffs": tariffs,
        "groups": groups,
        "rows": row_views(rows, groups, now=utc_now(), wanted=tariff and tariff.pk),
        "total": paginator.count,
        "is_filtered": bool(search or tariff),
        "page": page,
        "page_range": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
    }
    # After a change the table comes alone: a whole page would bring its own styles.
    is_part = request.headers.get("HX-Request") == "true"
    return render(request, f"tariffs/matrix/{'_matrix' if is_part else 'page'}.html", context)


@require(Permission.TARIFFS_VIEW)
def parts(request: HttpRequest) -> HttpResponse:
    """The rows below a location or a station: into the table, or as a page of their own."""
    above = row_or_404(request.GET.get("place", ""))
    if above.key.level not in (Place.LOCATION, Place.STATION):
        raise Http404
    paginator = Paginator(_parts_of(above), PARTS_PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    groups = list(TariffGroup.objects.all())
    below = _places(above, list(page.object_list))
    is_part = request.headers.get("HX-Request") == "true"
    in_table = is_part and "table" not in request.GET
    rows = below if in_table else [network_place(), above, *below]
    context = {
        "groups": groups,
        "rows": row_views(rows, groups, now=utc_now()),
        "above": above,
        "above_id": place_param(above.key),
        "heading": place_name(above),
        "page": page,
        "page_range": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "crumbs": [
            {"label": _("Prices by place"), "url": reverse("tariffs:matrix")},
            {"label": place_name(above)},
        ],
    }
    name = "_parts" if in_table else "_parts_matrix" if is_part else "parts"
    return render(request, f"tariffs/matrix/{name}.html", context)


def _parts_of(above: Row) -> Any:
    if above.key.level is Place.LOCATION:
        return stations_at(above.key.id)
    return Evse.objects.filter(station=above.key.id).select_related("station").order_by("number")


def _places(above: Row, found: list[Any]) -> list[Row]:
    return station_places(found) if above.key.level is Place.LOCATION else evse_places(found)
