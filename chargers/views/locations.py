"""Locations: list, page, form, and the availability of all their stations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.policy import Permission, require
from chargers import selectors
from chargers.exceptions import UnableToDeleteLocation, UnableToSaveLocation
from chargers.forms.locations import LocationForm, initial_of
from chargers.models import ChargingStation, CommandStatus, Location
from chargers.selectors import StationFilters
from chargers.selectors.location_states import LocationStates, location_states
from chargers.services import commands, locations
from chargers.views.parts import panels
from chargers.views.rows import station_rows
from chargers.views.stations import columns, list_context
from common.clock import utc_now
from common.states import look, words

PER_PAGE = 25
_ORDER = ("charging", "available", "occupied", "reserved", "faulted", "unavailable", "offline")


@require(Permission.LOCATIONS_VIEW)
def location_list(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("q", "")[:200].strip()
    paginator = Paginator(selectors.locations(search), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    states = location_states([location.pk for location in page.object_list])
    shown = [(location, states.get(location.pk, LocationStates())) for location in page]
    context = {
        "q": search,
        "total": paginator.count,
        "rows": [_row(location, state) for location, state in shown],
        "features": [_feature(location, state) for location, state in shown],
        "page": page,
        "page_range": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
    }
    return render(request, "chargers/locations.html", context)


def _row(location: Location, states: LocationStates) -> dict[str, Any]:
    counted = [(state, states.counts[state]) for state in _ORDER if states.counts[state]]
    return {
        "location": location,
        "stations": sum(states.counts.values()),
        "power_w": states.power_w,
        "segments": [{"label": state, "value": n, "state": state} for state, n in counted],
        "state_text": ", ".join(f"{n} {words(state).lower()}" for state, n in counted)
        or _("no stations yet"),
    }


def _feature(location: Location, states: LocationStates) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for state, number in states.counts.items():
        counts[look(state)] = counts.get(look(state), 0) + number
    feature: dict[str, Any] = {
        "id": str(location.pk),
        "lat": float(location.latitude),
        "lon": float(location.longitude),
        "label": location.name,
        "sub": location.city,
        "state": max(counts, key=lambda state: counts[state], default="offline"),
        "url": reverse("chargers:location", args=[location.pk]),
    }
    if sum(counts.values()) > 1:
        feature["counts"] = counts
    return feature


@require(Permission.LOCATIONS_VIEW)
def location_page(request: HttpRequest, location_id: UUID) -> HttpResponse:
    location = get_object_or_404(Location, pk=location_id)
    found = selectors.stations(StationFilters(location_id=location.pk))
    paginator = Paginator(selectors.stations_with_parts(found), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    states = location_states([location.pk]).get(location.pk, LocationStates())
    context = {
        **list_context(station_rows(page.object_list)),
        "location": location,
        "columns": columns(sortable=False),
        "page": page,
        "page_range": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "features": [_feature(location, states)],
        "facts": _facts(location, states),
        "panels": panels(request, "location_page", location.pk),
        "availability_items": [
            {
                "label": _("Take out of service"),
                "icon": "barrier-block",
                "dialog": "out-of-service",
            },
            {"label": _("Put into service"), "icon": "circle-check", "dialog": "in-service"},
        ],
        "crumbs": _crumbs(location.name),
    }
    return render(request, "chargers/location/page.html", context)


def _crumbs(label: str) -> list[dict[str, Any]]:
    return [{"label": _("Locations"), "url": reverse("chargers:locations")}, {"label": label}]


def _facts(location: Location, states: LocationStates) -> list[dict[str, Any]]:
    row = _row(location, states)
    facts = [
        (_("Country"), locations.countries().get(location.country, location.country)),
        (_("Time zone"), location.time_zone),
        (_("Coordinates"), f"{location.latitude}, {location.longitude}"),
        (_("Stations"), row["stations"] or "0"),
        (_("State"), row["state_text"]),
        (_("External id"), location.external_id),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


@require(Permission.LOCATIONS_MANAGE)
def add_location(request: TenantRequest) -> HttpResponse:
    form = LocationForm(request.POST or None, operator=request.operator)
    if request.method == "POST" and form.is_valid():
        try:
            location = form.add(actor=actor_of(request), now=utc_now())
        except UnableToSaveLocation as error:
            form.take(error)
        else:
            messages.success(request, _("%s was added.") % location.name)
            return redirect("chargers:location", location.pk)
    return _form_page(request, form, None)


@require(Permission.LOCATIONS_MANAGE)
def edit_location(request: TenantRequest, location_id: UUID) -> HttpResponse:
    location = get_object_or_404(Location, pk=location_id)
    form = LocationForm(
        request.POST or None, operator=request.operator, initial=initial_of(location)
    )
    if request.method == "POST" and form.is_valid():
        try:
            form.change(location, actor=actor_of(request), now=utc_now())
        except UnableToSaveLocation as error:
            form.take(error)
        else:
            messages.success(request, _("The location was changed."))
            return redirect("chargers:location", location.pk)
    return _form_page(request, form, location)


def _form_page(request: HttpRequest, form: LocationForm, location: Location | None) -> HttpResponse:
    back = (
        reverse("chargers:location", args=[location.pk])
        if location
        else reverse("chargers:locations")
    )
    context = {
        "form": form,
        "location": location,
        "has_stations": location is not None
        and ChargingStation.objects.filter(location=location).exists(),
        "heading": _("Edit %s") % location.name if location else _("Add a location"),
        "cancel_url": back,
        "crumbs": _crumbs(location.name if location else _("Add a location")),
    }
    return render(request, "chargers/location/form.html", context)


@require_POST
@require(Permission.LOCATIONS_MANAGE)
def delete_location(request: HttpRequest, location_id: UUID) -> HttpResponse:
    location = get_object_or_404(Location, pk=location_id)
    try:
        locations.delete_location(location=location, actor=actor_of(request), now=utc_now())
    except UnableToDeleteLocation as error:
        messages.error(request, error.message)
        return redirect("chargers:location", location.pk)
    messages.success(request, _("%s was deleted.") % location.name)
    return redirect("chargers:locations")


@require_POST
@require(Permission.STATIONS_COMMAND)
def location_availability(request: HttpRequest, location_id: UUID) -> HttpResponse:
    location = get_object_or_404(Location, pk=location_id)
    operative = request.POST.get("operative")
    if operative not in {"yes", "no"}:
        messages.error(request, _("Say whether the stations shall be in service."))
        return redirect("chargers:location", location.pk)
    sent = commands.change_availability_of_location(
        location=location, operative=operative == "yes", actor=actor_of(request), now=utc_now()
    )
    tell_reached(request, sum(row.status != CommandStatus.FAILED for row in sent), len(sent))
    return redirect("chargers:location", location.pk)


def tell_reached(request: HttpRequest, reached: int, asked: int) -> None:
    """How many stations of a location a command was sent to, and how many it could not be."""
    if reached:
        text = ngettext("Sent to %d station.", "Sent to %d stations.", reached) % reached
        messages.success(request, text)
    if reached < asked:
        lost = asked - reached
        text = ngettext("%d station is out of reach.", "%d stations are out of reach.", lost)
        messages.warning(request, text % lost)
