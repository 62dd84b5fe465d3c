"""What tariffs show on pages of lower apps (slots filled in `csms.wiring.PANELS`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count
from django.urls import reverse

from accounts.policy import Permission
from chargers.models import Evse, Location, Transaction
from common.slots import Panel
from tariffs.models import PinnedTariff, TariffGroup
from tariffs.resolution import Place
from tariffs.selectors.matrix import Cell, cells_of
from tariffs.selectors.places import PlaceKey, Row, evse_places, location_places
from tariffs.views.cells import LineView, cell_view, place_param, price_of
from tariffs.views.links import simulator_url, simulator_url_of
from tariffs.why import why_words

_PRICES = "tariffs/panels/prices.html"
_SESSION = "tariffs/panels/session.html"


def prices_of_stations(ids: Sequence[UUID], now: datetime) -> dict[UUID, Panel]:
    """What each group pays at each station, for the station page. Four queries at most."""
    evses = Evse.objects.filter(station__in=ids).select_related("station").order_by("number")
    by_station: dict[UUID, list[Row]] = defaultdict(list)
    for row in evse_places(evses):
        by_station[row.above[0].id].append(row)
    groups = list(TariffGroup.objects.all())
    rows = [row for each in by_station.values() for row in each]
    cells = cells_of(rows, groups=groups, now=now) if rows else {}
    return {
        station_id: _prices(
            PlaceKey(Place.STATION, station_id),
            groups,
            [cells[row.key] for row in by_station[station_id]],
            simulator_url(evse=by_station[station_id][0].key.id),
        )
        for station_id in ids
        if station_id in by_station
    }


def prices_of_locations(ids: Sequence[UUID], now: datetime) -> dict[UUID, Panel]:
    """What each group pays at each location where nothing closer is set. Seven queries at most."""
    found = Location.objects.filter(pk__in=ids).annotate(station_count=Count("stations"))
    rows = location_places(list(found))
    groups = list(TariffGroup.objects.all())
    cells = cells_of(rows, groups=groups, now=now)
    return {
        row.key.id: _prices(row.key, groups, [cells[row.key]], reverse("tariffs:simulator"))
        for row in rows
    }


def _prices(
    key: PlaceKey, groups: Sequence[TariffGroup], rows: Sequence[Sequence[Cell]], try_url: str
) -> Panel:
    """One line for each group, or several where the parts of the place differ."""
    lines = [
        {"group": group, "lines": _lines([row[place] for row in rows])}
        for place, group in enumerate(groups)
    ]
    query = urlencode({"place": place_param(key)})
    context: dict[str, Any] = {
        "prices": lines,
        "places_url": f"{reverse('tariffs:parts')}?{query}",
        "try_url": try_url,
    }
    return Panel(template=_PRICES, context=context, permission=Permission.TARIFFS_VIEW)


def _lines(cells: Sequence[Cell]) -> list[tuple[str, LineView]]:
    """Price lines with the part they hold for, "" where they hold for all."""
    if len(cells) == 1:
        return [(line.current_type, line) for line in cell_view(cells[0]).lines]
    told = [(cell.row.name, cell_view(cell).lines[0]) for cell in cells]
    same = len({(line.name, line.price, line.kind == "denied") for _name, line in told}) == 1
    return [("", told[0][1])] if same else told


def price_of_sessions(ids: Sequence[UUID], now: datetime) -> dict[UUID, Panel]:
    """Which price each session has and why, for the session page. Two queries."""
    sessions = Transaction.objects.filter(pk__in=ids).select_related("location")
    pinned = {
        row.transaction_id: row
        for row in PinnedTariff.objects.filter(transaction__in=ids).select_related(
            "version__tariff", "group"
        )
    }
    return {
        session.pk: Panel(
            template=_SESSION,
            context=_session(session, pinned.get(session.pk), now),
            permission=Permission.TARIFFS_VIEW,
        )
        for session in sessions
    }


def _session(session: Transaction, pinned: PinnedTariff | None, now: datetime) -> dict[str, Any]:
    version = pinned.version if pinned else None
    return {
        "pinned": pinned,
        "tariff": version.tariff if version else None,
        "version": version,
        "price": price_of(version) if version else "",
        "group": pinned.group if pinned else None,
        "why": why_words(pinned.explanation) if pinned else [],
        "try_url": simulator_url_of(session, now=now),
    }
