"""The Access tab of a station: its local list, what it remembers, reservations, Autocharge."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.policy import Permission, require
from chargers.exceptions import UnableToCommand
from chargers.models import Autocharge, ChargingStation, LocalList, LocalListState
from chargers.ocpp.access import SWITCHES, AccessSetting
from chargers.selectors.access import (
    access_settings,
    list_limits,
    local_lists,
    operator_allows_autocharge,
)
from chargers.selectors.reservations import reservations_at
from chargers.services.local_lists import control
from chargers.services.local_lists.sync import difference
from chargers.views.parts import station_context, station_or_404
from common.clock import utc_now
from common.formats import DASH, ago, number
from common.http import chip, page_of

_SWITCH_WORDS = {
    AccessSetting.LIST_ENABLED: (
        gettext_lazy("Use the local list"),
        gettext_lazy("The station looks into the list that it was sent."),
    ),
    AccessSetting.CACHE_ENABLED: (
        gettext_lazy("Remember accepted tokens"),
        gettext_lazy("The station keeps a cache of tokens that charged lately."),
    ),
    AccessSetting.LOCAL_AUTHORIZE_OFFLINE: (
        gettext_lazy("Known tokens may charge offline"),
        gettext_lazy("From the list or the cache, while there is no connection."),
    ),
    AccessSetting.LOCAL_PRE_AUTHORIZE: (
        gettext_lazy("Known tokens start at once"),
        gettext_lazy("Without asking here first; faster, but a block needs the list to arrive."),
    ),
    AccessSetting.ALLOW_OFFLINE_UNKNOWN: (
        gettext_lazy("Strangers may charge offline"),
        gettext_lazy("Anybody charges while there is no connection; it may never be paid."),
    ),
}


@require(Permission.STATIONS_VIEW)
@require_GET
def station_access(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    now = utc_now()
    settings = access_settings(station)
    row = LocalList.objects.filter(station=station).select_related("station").first()
    context = station_context(request, station, "station_access")
    context |= {
        "list": row,
        "list_state": row.state if row else LocalListState.UNKNOWN,
        "list_words": row.get_state_display() if row else _("Never sent"),
        "list_facts": _list_facts(row, settings),
        "list_news": _news(row, settings, now) if row else "",
        "switches": _switches(settings),
        "reservations": reservations_at(station.pk),
        "autocharge_choices": _autocharge(station),
        "operator_autocharge": operator_allows_autocharge(station.operator_id),
    }
    return render(request, "chargers/station/access.html", context)


def _list_facts(row: LocalList | None, settings: dict[AccessSetting, str]) -> list[dict[str, Any]]:
    limits = list_limits(settings)
    told = settings.get(AccessSetting.LIST_ENTRIES)
    room = number(int(told)) if told else _("not told, at most %s") % limits.entries
    facts: list[tuple[Any, Any]] = [
        (_("Version"), number(row.version) if row and row.version else DASH),
        (_("Tokens at the station"), _held(row)),
        (_("Room"), room),
        (_("Tokens in a message"), number(limits.chunk)),
        (_("Last update"), ago(row.synced_at, utc_now()) if row and row.synced_at else DASH),
        (_("Kept in step"), _("by itself") if row and row.is_managed else _("by hand")),
    ]
    if row and row.last_error:
        facts.append((_("Last answer"), row.last_error))
    return [{"label": label, "value": value} for label, value in facts]


def _held(row: LocalList | None) -> str:
    if row is None or row.entries is None:
        return _("not known")
    return number(row.entry_count)


def _news(row: LocalList, settings: dict[AccessSetting, str], now: datetime) -> str:
    """What an update would change, in words."""
    found = difference(row, list_limits(settings), now=now)
    if found is None or found == (0, 0):
        return ""
    lacking, too_many = found
    return _("%(lacking)s to write, %(many)s to remove") % {
        "lacking": number(lacking),
        "many": number(too_many),
    }


def _switches(settings: dict[AccessSetting, str]) -> list[dict[str, Any]]:
    return [
        {
            "setting": setting.value,
            "label": _SWITCH_WORDS[setting][0],
            "text": _SWITCH_WORDS[setting][1],
            "is_known": setting in settings,
            "is_on": settings.get(setting, "").lower() == "true",
        }
        for setting in SWITCHES
    ]


def _autocharge(station: ChargingStation) -> list[dict[str, Any]]:
    return [
        {"value": choice.value, "label": choice.label, "on": station.autocharge == choice.value}
        for choice in Autocharge
    ]


def _do(request: HttpRequest, station_id: UUID, done: str, act: Callable[..., Any]) -> HttpResponse:
    """One service call for a station, its refusal as a message, and back to the tab."""
    station = station_or_404(station_id)
    try:
        act(station=station, actor=actor_of(request), now=utc_now())
    except UnableToCommand as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect("chargers:station_access", station.pk)


@require_POST
@require(Permission.STATIONS_MANAGE)
def manage_list(request: HttpRequest, station_id: UUID) -> HttpResponse:
    is_managed = request.POST.get("managed") == "1"

    def act(**known: Any) -> None:
        control.manage_list(is_managed=is_managed, **known)

    kept = _("The list is kept in step by itself from now on.")
    left = _("The list stays as it is from now on.")
    return _do(request, station_id, kept if is_managed else left, act)


@require_POST
@require(Permission.STATIONS_MANAGE)
def set_autocharge(request: HttpRequest, station_id: UUID) -> HttpResponse:
    wanted = request.POST.get("autocharge", "")
    choice = Autocharge(wanted) if wanted in Autocharge.values else Autocharge.INHERIT

    def act(**known: Any) -> None:
        control.set_autocharge(autocharge=choice, **known)

    return _do(request, station_id, _("The rule for vehicles was changed."), act)


@require_POST
@require(Permission.STATIONS_COMMAND)
def set_switch(request: HttpRequest, station_id: UUID) -> HttpResponse:
    name = request.POST.get("setting", "")
    is_on = request.POST.get("on") == "1"

    def act(**known: Any) -> None:
        if name not in set(AccessSetting):
            raise UnableToCommand(_("There is no such setting."))
        control.set_switch(setting=AccessSetting(name), is_on=is_on, **known)

    return _do(request, station_id, _("Sent. The new value shows when the station agrees."), act)


@require_POST
@require(Permission.STATIONS_COMMAND)
def read_settings(request: HttpRequest, station_id: UUID) -> HttpResponse:
    return _do(request, station_id, _("Sent. The answer appears here."), control.read_settings)


@require(Permission.STATIONS_VIEW)
@require_GET
def local_list_page(request: TenantRequest) -> HttpResponse:
    wanted = request.GET
    rows = local_lists(text=wanted.get("q", "")[:100], state=wanted.get("state", ""))
    _page, context = page_of(request, rows, order=("-id",))
    context["chips"] = [
        chip(request, _("All"), "state", None),
        chip(request, _("In step"), "state", "in_step"),
        chip(request, _("Waiting"), "state", "waiting"),
        chip(request, _("Trouble"), "state", "trouble"),
    ]
    context["is_autocharge_allowed"] = operator_allows_autocharge(request.operator.pk)
    return render(request, "chargers/local_lists.html", context)


@require_POST
@require(Permission.STATIONS_MANAGE)
def set_operator_autocharge(request: TenantRequest) -> HttpResponse:
    control.set_operator_autocharge(
        operator=request.operator,
        is_allowed=request.POST.get("allowed") == "1",
        actor=actor_of(request),
        now=utc_now(),
    )
    messages.success(request, _("The rule for vehicles was changed."))
    return redirect("chargers:local_lists")
