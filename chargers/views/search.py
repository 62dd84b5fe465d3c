"""The search box: stations, sessions, drivers, tokens and locations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Driver, IdToken
from accounts.policy import Permission, granted, require
from chargers import selectors
from chargers.selectors import StationFilters
from common.formats import kwh

SHOWN = 8
_MIN_LENGTH = 2


@require(Permission.NETWORK_VIEW)
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    groups = _groups(request, text) if len(text) >= _MIN_LENGTH else []
    context = {"search_query": text, "groups": [group for group in groups if group["items"]]}
    return render(request, "chargers/search.html", context)


def _groups(request: HttpRequest, text: str) -> list[dict[str, Any]]:
    may = granted(request)
    found: list[dict[str, Any]] = []
    if Permission.STATIONS_VIEW in may:
        found.append(_stations(text))
    if Permission.TRANSACTIONS_VIEW in may:
        found.append(_sessions(text))
    if Permission.DRIVERS_VIEW in may:
        found += [_drivers(text), _tokens(text)]
    if Permission.LOCATIONS_VIEW in may:
        found.append(_locations(text))
    return found


def _group(label: str, icon: str, rows: Sequence[Any], items: Iterable[Any]) -> dict[str, Any]:
    return {
        "label": label,
        "icon": icon,
        "items": list(items)[:SHOWN],
        "more": len(rows) > SHOWN,
    }


def _first(rows: QuerySet[Any]) -> list[Any]:
    return list(rows[: SHOWN + 1])


def _stations(text: str) -> dict[str, Any]:
    rows = _first(selectors.stations(StationFilters(search=text)).select_related("location"))
    items = (
        {
            "title": station.name,
            "text": f"{station.code} · {station.location.name}, {station.location.city}",
            "url": reverse("chargers:station", args=[station.pk]),
        }
        for station in rows
    )
    return _group(_("Stations"), "charging-pile", rows, items)


def _sessions(text: str) -> dict[str, Any]:
    """By exact reference or token: a part of one would read a million rows."""
    rows = _first(selectors.transactions_by_number(text).select_related("station"))
    items = (
        {
            "title": f"{tx.station.name}, {tx.started_at:%Y-%m-%d %H:%M}",
            "text": f"{tx.station_ref} · {kwh(tx.energy_wh)}",
            "url": reverse("chargers:transaction", args=[tx.pk]),
        }
        for tx in rows
    )
    return _group(_("Sessions"), "bolt", rows, items)


def _drivers(text: str) -> dict[str, Any]:
    named = Q(full_name__icontains=text) | Q(email__icontains=text) | Q(phone__icontains=text)
    rows = _first(Driver.objects.filter(named).order_by("full_name", "id"))
    items = (
        {
            "title": driver.full_name,
            "text": driver.email,
            "url": reverse("accounts:driver", args=[driver.pk]),
        }
        for driver in rows
    )
    return _group(_("Drivers"), "users", rows, items)


def _tokens(text: str) -> dict[str, Any]:
    named = Q(uid__icontains=text) | Q(label__icontains=text)
    rows = _first(IdToken.objects.filter(named).select_related("driver").order_by("uid"))
    items = (
        {
            "title": token.uid,
            "text": str(token.driver or token.label or token.get_type_display()),
            "url": reverse("accounts:driver", args=[token.driver_id])
            if token.driver_id
            else reverse("accounts:tokens"),
        }
        for token in rows
    )
    return _group(_("Tokens"), "nfc", rows, items)


def _locations(text: str) -> dict[str, Any]:
    rows = _first(selectors.locations(text))
    items = (
        {
            "title": location.name,
            "text": f"{location.address}, {location.city}",
            "url": reverse("chargers:location", args=[location.pk]),
        }
        for location in rows
    )
    return _group(_("Locations"), "map-pin", rows, items)
