"""Another machine in the place of a station: what it is, then the page with its key."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of
from accounts.policy import Permission, require
from chargers.exceptions import UnableToSaveStation
from chargers.forms.wizard import EvseFormSet, HardwareForm, evse_initial
from chargers.models import ChargingStation
from chargers.services.replacement import replace_hardware
from chargers.services.station_import.planning import evses_of
from chargers.views.commissioning import commissioning_page
from chargers.views.parts import station_or_404
from common.clock import utc_now


class ReplacementForm(HardwareForm):
    """The new machine; name and code stay the station's."""

    serial_number = forms.CharField(label=lazy("Serial number"), max_length=50, required=False)
    keep_identity = forms.BooleanField(
        label=lazy("Keep the identity"),
        required=False,
        help_text=lazy("For a machine that was set up with the old one's. The key is new anyway."),
    )
    note = forms.CharField(label=lazy("Why"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "code", "min_security_profile"):
            del self.fields[name]


@require(Permission.STATIONS_MANAGE)
@require_http_methods(["GET", "POST"])
def replace_station(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    form = ReplacementForm(request.POST or None)
    initial = None if request.POST else _present(station)
    evses = EvseFormSet(request.POST or None, prefix="evse", initial=initial)
    if request.method == "POST" and form.is_valid() and evses.is_valid():
        done = _replace(request, station, form, evses)
        if done is not None:
            return done
    context = {
        "station": station,
        "form": form,
        "evses": evses,
        "running": sum(evse.active_transaction_id is not None for evse in station.evses.all()),
        "crumbs": [
            {"label": _("Stations"), "url": reverse("chargers:stations")},
            {"label": station.name, "url": reverse("chargers:station", args=[station.pk])},
            {"label": _("Replace the hardware")},
        ],
    }
    return render(request, "chargers/station/replace.html", context)


def _present(station: ChargingStation) -> list[dict[str, Any]]:
    """The EVSEs as they are: most often the new machine has the same."""
    return [evse_initial(evse) for evse in evses_of(station) if evse["connectors"]]


def _replace(
    request: HttpRequest, station: ChargingStation, form: ReplacementForm, evses: Any
) -> HttpResponse | None:
    """The page with the new key, shown now and never again; None when the service refused."""
    try:
        replaced = replace_hardware(
            station=station,
            evses=[row.to_evse() for row in evses],
            actor=actor_of(request),
            now=utc_now(),
            **form.cleaned_data,
        )
    except UnableToSaveStation as error:
        form.take(error)
        return None
    fresh = station_or_404(station.pk)
    return commissioning_page(request, fresh, key=replaced.key, warnings=replaced.warnings)
