"""Adding a station: where, what, key, and the wait until it connects."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.policy import Permission, require
from chargers.exceptions import UnableToSaveLocation, UnableToSaveStation
from chargers.forms.wizard import EvseFormSet, HardwareForm, WhereForm, new_location_values
from chargers.models import ChargingStation, Location
from chargers.services.onboarding import onboard_station
from chargers.views.parts import station_or_404
from chargers.views.rows import station_row
from chargers.views.stations import uuid_or_none
from common.clock import utc_now

SESSION_KEY = "add_station"
_STEPS = (("Location", "map-pin"), ("Hardware", "charging-pile"), ("Connect", "plug-connected"))


def _frame(current: int) -> dict[str, Any]:
    return {
        "steps": [
            {
                "label": _(label),
                "icon": icon,
                "current": number == current,
                "done": number < current,
            }
            for number, (label, icon) in enumerate(_STEPS)
        ],
        "crumbs": [
            {"label": _("Stations"), "url": reverse("chargers:stations")},
            {"label": _("Add a station")},
        ],
    }


@require(Permission.STATIONS_MANAGE)
def choose_location(request: TenantRequest) -> HttpResponse:
    form = WhereForm(
        request.POST or None,
        operator=request.operator,
        initial={"location": uuid_or_none(request.GET.get("location", ""))},
    )
    if request.method == "POST" and form.is_valid():
        request.session[SESSION_KEY] = form.to_session()
        return redirect("chargers:add_station_hardware")
    return render(request, "chargers/wizard/location.html", {**_frame(0), "form": form})


def _chosen(request: HttpRequest) -> Location | dict[str, Any] | None:
    """What step 1 left in the session; None when it must be done (again)."""
    kept = request.session.get(SESSION_KEY) or {}
    if "new_location" in kept:
        return new_location_values(kept["new_location"])
    key = uuid_or_none(kept.get("location", ""))
    return Location.objects.filter(pk=key).first() if key else None


@require(Permission.STATIONS_MANAGE)
def describe_hardware(request: TenantRequest) -> HttpResponse:
    where = _chosen(request)
    if where is None:
        return redirect("chargers:add_station")
    form = HardwareForm(request.POST or None)
    evses = EvseFormSet(request.POST or None, prefix="evse")
    if request.method == "POST" and form.is_valid() and evses.is_valid():
        added = _add(request, where, form, evses)
        if added is not None:
            return added
    context = {**_frame(1), "form": form, "evses": evses, "place": _place(where)}
    return render(request, "chargers/wizard/hardware.html", context)


def _place(where: Location | dict[str, Any]) -> str:
    if isinstance(where, Location):
        return f"{where.name}, {where.city}"
    return f"{where['name']}, {where['city']}"


def _add(
    request: TenantRequest,
    where: Location | dict[str, Any],
    form: HardwareForm,
    evses: Any,
) -> HttpResponse | None:
    """The page with the key, shown now and never again; None when the service refused."""
    try:
        added = onboard_station(
            operator=request.operator,
            location=where,
            evses=[row.to_evse() for row in evses],
            actor=actor_of(request),
            now=utc_now(),
            **form.cleaned_data,
        )
    except (UnableToSaveStation, UnableToSaveLocation) as error:
        form.take(error)
        return None
    del request.session[SESSION_KEY]
    station = station_or_404(added.station.pk)
    return connect_page(request, station, key=added.key, warnings=added.warnings)


@require(Permission.STATIONS_MANAGE)
def connect_station(request: HttpRequest, station_id: UUID) -> HttpResponse:
    return connect_page(request, station_or_404(station_id))


def connect_page(
    request: HttpRequest, station: ChargingStation, *, key: str = "", warnings: tuple[str, ...] = ()
) -> HttpResponse:
    url = station_url(station)
    context = {
        **_frame(2),
        "station": station,
        "row": station_row(station),
        "key": key,
        "warnings": warnings,
        "url": url,
        "insecure": url.startswith("ws://"),
        "live_url": f"{reverse('chargers:live_station', args=[station.pk])}?tab=connect",
    }
    response = render(request, "chargers/wizard/connect.html", context)
    response["Cache-Control"] = "no-store"
    return response


def station_url(station: ChargingStation) -> str:
    """The address that a station dials."""
    base = settings.PUBLIC_URL.rstrip("/").replace("http", "ws", 1)
    return f"{base}/ocpp/{station.identity}"
