"""Adding a station: where, of which make, what it is; then its commissioning begins."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.policy import Permission, require
from chargers.domain.setups import Setup, matching, setup_for
from chargers.exceptions import UnableToSaveLocation, UnableToSaveStation
from chargers.forms.wizard import (
    EvseFormSet,
    HardwareForm,
    WhereForm,
    evse_initial,
    new_location_values,
)
from chargers.models import ChargingStation, Location, Profile
from chargers.quirks.setups import setups
from chargers.services.onboarding import onboard_station
from chargers.views.commissioning import commissioning_page
from chargers.views.parts import station_or_404
from chargers.views.stations import uuid_or_none
from common.clock import utc_now

SESSION_KEY = "add_station"
_STEPS = (
    ("Location", "map-pin"),
    ("Make", "building-store"),
    ("Station", "charging-pile"),
    ("Connect and try", "plug-connected"),
)
_OWN_MAKES = 8


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
        return redirect("chargers:add_station_make")
    return render(request, "chargers/wizard/location.html", {**_frame(0), "form": form})


def _chosen(request: HttpRequest) -> Location | dict[str, Any] | None:
    """What step 1 left in the session; None when it must be done (again)."""
    kept = request.session.get(SESSION_KEY) or {}
    if "new_location" in kept:
        return new_location_values(kept["new_location"])
    key = uuid_or_none(kept.get("location", ""))
    return Location.objects.filter(pk=key).first() if key else None


@require(Permission.STATIONS_MANAGE)
def choose_make(request: TenantRequest) -> HttpResponse:
    """A make and a model by a tap; the choice is in the address of the next step."""
    where = _chosen(request)
    if where is None:
        return redirect("chargers:add_station")
    search = request.GET.get("q", "")[:100].strip()
    context = {
        **_frame(1),
        "place": _place(where),
        "q": search,
        "own": [] if search else _own_makes(),
        "makes": [_make(setup) for setup in matching(setups(), search)],
        "hardware_url": reverse("chargers:add_station_hardware"),
    }
    return render(request, "chargers/wizard/make.html", context)


def _own_makes() -> list[dict[str, str]]:
    """What stands in the network already, the most frequent first."""
    rows = ChargingStation.objects.exclude(vendor="").order_by().values_list("vendor", "model")
    counted = rows.annotate(count=Count("pk")).order_by("-count", "vendor", "model")
    return [
        {"name": f"{vendor} {model}".strip(), "query": _query(vendor, model)}
        for vendor, model, _count in counted[:_OWN_MAKES]
    ]


def _make(setup: Setup) -> dict[str, Any]:
    models = [
        {"name": model.name, "query": _query(setup.vendor, model.name)} for model in setup.models
    ]
    return {"name": setup.name, "models": models, "query": _query(setup.vendor, "")}


def _query(vendor: str, model: str) -> str:
    return urlencode({"vendor": vendor, "model": model})


def _planned(request: HttpRequest) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the chosen model says of the station and of its EVSEs beforehand."""
    vendor, model = (request.GET.get(name, "")[:50] for name in ("vendor", "model"))
    profile = Profile.TLS if settings.PUBLIC_URL.startswith("https") else Profile.BASIC
    initial = {"vendor": vendor, "model": model, "min_security_profile": profile.value}
    known = setup_for(vendor, setups()).models
    evses = next((one.evses for one in known if one.name == model), ())
    return initial, [evse_initial(evse) for evse in evses]


@require(Permission.STATIONS_MANAGE)
def describe_hardware(request: TenantRequest) -> HttpResponse:
    where = _chosen(request)
    if where is None:
        return redirect("chargers:add_station")
    initial, planned = _planned(request)
    form = HardwareForm(request.POST or None, initial=initial)
    # What is sent is not compared with what was filled in: a row left as it was counts, too.
    evses = EvseFormSet(
        request.POST or None, prefix="evse", initial=None if request.POST else planned
    )
    if request.method == "POST" and form.is_valid() and evses.is_valid():
        added = _add(request, where, form, evses)
        if added is not None:
            return added
    context = {**_frame(2), "form": form, "evses": evses, "place": _place(where)}
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
    return commissioning_page(request, station, key=added.key, warnings=added.warnings)
