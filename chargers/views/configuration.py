"""The configuration of one station: settings in plain words, all variables, how they were changed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import actor_of
from accounts.policy import Permission, require
from chargers.exceptions import UnableToCommand
from chargers.forms.settings import SettingForm
from chargers.models import ChargingStation
from chargers.selectors import configuration as selectors
from chargers.selectors.configuration import SettingView
from chargers.selectors.templates import drifts_at
from chargers.services.device_model import settings as service
from chargers.services.device_model.limits import MOST_AT_ONCE
from chargers.views.parts import command_views, station_context, station_or_404
from common.clock import utc_now

PER_PAGE = 100
SHOWN_CHANGES = 8
MAX_NAME = 300


@dataclass(frozen=True, slots=True)
class Group:
    """Settings under one heading."""

    topic: str
    views: list[SettingView]

    @property
    def names(self) -> str:
        return "\n".join(view.name for view in self.views)


@require(Permission.STATIONS_VIEW)
def station_variable_list(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    search = request.GET.get("q", "")[:200].strip()
    component = request.GET.get("component")
    changes = selectors.recent_changes(station=station, now=utc_now())
    known = selectors.well_known_settings(station=station, changes=changes)
    rows = selectors.station_variables(
        station_id=station.pk, search=search, component=None if component == "all" else component
    )
    is_overview = not search and component in {None, "all"}
    if is_overview:
        rows = rows.exclude(name__in=[view.name for view in known])
    paginator = Paginator(rows, PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    views = selectors.setting_views(page.object_list, station=station, changes=changes)
    on_top = known if is_overview and page.number == 1 else []
    context = station_context(request, station, "station_variables")
    context |= {
        "q": search,
        "component": component,
        "components": selectors.component_counts(station.pk),
        "is_overview": is_overview,
        "page": page,
        "page_range": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "views": views,
        "shown_names": "\n".join(view.name for view in views),
        "groups": _groups(on_top),
        "drifts": drifts_at(station.pk) if is_overview else [],
        "reports": selectors.station_reports(station.pk)[:1],
        "history": command_views(
            selectors.change_history(station_id=station.pk, limit=SHOWN_CHANGES)
        ),
    }
    shown = ",".join(view.key for view in [*on_top, *views])
    context["live_url"] += "&" + urlencode({"shown": shown})
    return render(request, "chargers/station/configuration.html", context)


def _groups(views: list[SettingView]) -> list[Group]:
    """By topic, in the order of the catalogue."""
    named = [(view.setting.topic.value, view) for view in views if view.setting]
    return [
        Group(topic, [view for _topic, view in group])
        for topic, group in groupby(named, key=lambda each: each[0])
    ]


@require(Permission.STATIONS_COMMAND)
def station_setting(request: HttpRequest, station_id: UUID) -> HttpResponse:
    """One value: its form, and what comes of it. Within the page, or as a page of its own."""
    station = station_or_404(station_id)
    name = request.GET.get("name", "")[:MAX_NAME].replace("\x00", "").strip()
    if not name:
        raise Http404
    view = selectors.setting_view(station=station, name=name, now=utc_now())
    if request.GET.get("show"):
        return _row(request, station, view)
    form = SettingForm(request.POST or None, view=view)
    if request.method != "POST" or not form.is_valid():
        return _form(request, station, form)
    try:
        form.save(station=station, actor=actor_of(request), now=utc_now())
    except UnableToCommand as error:
        form.take(error)
        return _form(request, station, form)
    if _in_page(request):
        changed = selectors.setting_view(station=station, name=name, now=utc_now())
        return _row(request, station, changed)
    messages.success(request, _("Sent. The station's answer appears here."))
    return redirect("chargers:station_variables", station.pk)


def _in_page(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _row(request: HttpRequest, station: ChargingStation, view: SettingView) -> HttpResponse:
    context = {"station": station, "view": view}
    return render(request, "chargers/configuration/_setting.html", context)


def _form(request: HttpRequest, station: ChargingStation, form: SettingForm) -> HttpResponse:
    address = reverse("chargers:station_setting", args=[station.pk])
    context: dict[str, Any] = {
        "station": station,
        "view": form.view,
        "form": form,
        "action": f"{address}?{urlencode({'name': form.view.name})}",
    }
    if _in_page(request):
        return render(request, "chargers/configuration/_setting_form.html", context)
    context |= station_context(request, station, "station_variables")
    return render(request, "chargers/station/setting.html", context)


@require_POST
@require(Permission.STATIONS_COMMAND)
def read_settings(request: HttpRequest, station_id: UUID) -> HttpResponse:
    """Ask the station again for one value, a group of them, or those on the page."""
    station = station_or_404(station_id)
    names = request.POST.get("names", "").splitlines()[:MOST_AT_ONCE]
    try:
        service.read_values(station=station, names=names, actor=actor_of(request), now=utc_now())
    except UnableToCommand as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The station was asked; what it says appears here."))
    return redirect("chargers:station_variables", station.pk)
