"""The price simulator: what a session would cost at a plug, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from accounts.models import Driver
from accounts.policy import Permission, granted, require
from chargers.models import Evse
from chargers.views.stations import uuid_or_none
from common.clock import utc_now
from common.forms import add_errors
from tariffs.exceptions import UnableToSimulate
from tariffs.forms.simulator import SimulatorForm
from tariffs.selectors.plugs import plugs_found, with_place
from tariffs.services.simulation import Simulation, simulate
from tariffs.views.simulation import simulation_view

_DRIVERS_SHOWN = 8
_MOST_DIGITS = 18
_INPUTS = ("evse", *SimulatorForm.base_fields)


@require(Permission.TARIFFS_VIEW)
def simulator(request: HttpRequest) -> HttpResponse:
    query = request.GET
    evse = _evse_or_404(query.get("evse", ""))
    context: dict[str, Any] = {
        "evse": evse,
        "plug_q": _text(query, "plug"),
        "driver_q": _text(query, "driver"),
        "kept": [(name, query[name]) for name in _INPUTS if query.get(name)],
    }
    context["plugs"] = _plug_links(query, context["plug_q"])
    context["drivers"] = _driver_links(request, context["driver_q"])
    if evse is not None:
        context |= _priced(query, evse, utc_now())
    return render(request, f"tariffs/simulator/{_template(request)}.html", context)


def _template(request: HttpRequest) -> str:
    """What the page asks for anew: the result, found plugs, found drivers, or all of it."""
    if request.headers.get("HX-Request") != "true":
        return "page"
    part = request.GET.get("part", "")
    return {"plugs": "_plugs", "drivers": "_drivers"}.get(part, "_result")


def _text(query: QueryDict, name: str) -> str:
    return query.get(name, "").replace("\x00", "").strip()[:100]


def _evse_or_404(text: str) -> Evse | None:
    """The plug that is asked for; another operator's is as good as none."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise Http404
    found = with_place(Evse.objects.filter(pk=int(text))).first()
    if found is None:
        raise Http404
    return found


def _priced(query: QueryDict, evse: Evse, now: datetime) -> dict[str, Any]:
    form = SimulatorForm(query, evse=evse, driver=_driver_of(query.get("who", "")), now=now)
    found: Simulation | None = None
    if form.is_valid():
        try:
            found = simulate(form.asked())
        except UnableToSimulate as error:
            add_errors(form, error)
    return {"form": form, "result": simulation_view(found) if found else None}


def _driver_of(who: str) -> Driver | None:
    kind, _colon, key = who.partition(":")
    driver_id = uuid_or_none(key) if kind == "driver" else None
    return Driver.objects.filter(pk=driver_id).first() if driver_id else None


def _plug_links(query: QueryDict, search: str) -> list[dict[str, Any]]:
    """Plugs that were found; each keeps what else was put in."""
    kept = {name: query[name] for name in _INPUTS if query.get(name) and name != "power_kw"}
    address = reverse("tariffs:simulator")
    return [
        {"evse": evse, "url": f"{address}?{urlencode({**kept, 'evse': evse.pk})}"}
        for evse in plugs_found(search)
    ]


def _driver_links(request: HttpRequest, search: str) -> list[dict[str, Any]]:
    if not search or Permission.DRIVERS_VIEW not in granted(request):
        return []
    named = Q(full_name__icontains=search) | Q(email__icontains=search)
    rows = Driver.objects.filter(named).order_by("full_name", "id")[:_DRIVERS_SHOWN]
    kept = {name: request.GET[name] for name in _INPUTS if request.GET.get(name)}
    address = reverse("tariffs:simulator")
    return [
        {"driver": row, "url": f"{address}?{urlencode({**kept, 'who': f'driver:{row.pk}'})}"}
        for row in rows
    ]
