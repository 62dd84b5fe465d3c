"""The pages of one station."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import actor_of
from accounts.policy import Permission, require
from chargers import selectors
from chargers.exceptions import UnableToDeleteStation, UnableToSaveStation, UnableToSetKey
from chargers.forms.stations import KeyForm, StationForm
from chargers.models import ChargingStation, Transaction
from chargers.selectors import FrameFilters, TransactionFilters
from chargers.selectors.commands import recent_commands
from chargers.selectors.hardware import former_hardware
from chargers.selectors.makes import forgiven_to_station
from chargers.services import stations as service
from chargers.views.commissioning import commissioning_facts
from chargers.views.events import curve_of_station, timeline_items
from chargers.views.makes import forgiven_rows
from chargers.views.parts import (
    command_views,
    int_or_none,
    panels,
    station_context,
    station_or_404,
)
from chargers.views.sessions import cursor_of, cursor_text, session_rows
from chargers.views.signed_values import key_panel
from chargers.views.stations import uuid_or_none
from common.clock import utc_now
from common.formats import ago

PER_PAGE = 50


@require(Permission.STATIONS_VIEW)
def station_page(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    context = station_context(request, station, "station")
    context |= curve_of_station(context["row"])
    context |= {
        "commands": command_views(recent_commands(station_id=station.pk, limit=5)),
        "events": timeline_items(selectors.timeline(subject_id=station.pk, limit=8)),
        "facts": [*station_facts(station), *commissioning_facts(request, station)],
        "panels": panels(request, "station_page", station.pk),
    }
    return render(request, "chargers/station/overview.html", context)


def station_facts(station: ChargingStation) -> list[dict[str, Any]]:
    """What is known about the hardware and its connection."""
    now = utc_now()
    last = ago(station.last_seen_at, now) if station.last_seen_at else None
    booted = ago(station.booted_at, now) if station.booted_at else None
    reason = f" ({station.boot_reason})" if station.boot_reason else ""
    facts = [
        (_("Identity"), station.identity),
        (_("Protocol"), station.get_protocol_display()),
        (_("Make"), f"{station.vendor} {station.model}".strip()),
        (_("Serial number"), station.serial_number),
        (_("Firmware"), station.firmware_version),
        (_("Last message"), last),
        (_("Booted"), f"{booted}{reason}" if booted else None),
        (_("Heartbeat"), f"{station.heartbeat_interval_seconds}\u00a0s"),
        (_("SIM"), station.iccid),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


@require(Permission.TRANSACTIONS_VIEW)
def station_transactions(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    page = selectors.transaction_page(
        filters=TransactionFilters(station_id=station.pk),
        after=cursor_of(request.GET.get("cursor", "")),
        limit=PER_PAGE,
    )
    context = station_context(request, station, "station_transactions")
    context |= {"rows": session_rows(page.rows)}
    context |= pager(request, cursor_text(page.following), "cursor")
    return render(request, "chargers/station/transactions.html", context)


def pager(request: HttpRequest, following: str, name: str) -> dict[str, Any]:
    """Links of a list that is read backwards in time: on to older rows, back to the newest."""
    kept = {key: value for key, value in request.GET.dict().items() if key != name and value}
    return {
        "older_url": f"?{urlencode({**kept, name: following})}" if following else "",
        "newer_url": f"?{urlencode(kept)}" if request.GET.get(name) else "",
        "newer_label": _("Newest"),
    }


@require(Permission.STATIONS_VIEW)
def station_commands(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    before = uuid_or_none(request.GET.get("before", ""))
    found = recent_commands(station_id=station.pk, before_id=before, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    context = station_context(request, station, "station_commands")
    context |= {"commands": command_views(shown)}
    context |= pager(request, str(shown[-1].pk) if len(found) > PER_PAGE else "", "before")
    return render(request, "chargers/station/commands.html", context)


@require(Permission.LOGS_VIEW)
def station_frames(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    wanted = request.GET
    direction = wanted.get("direction", "")
    filters = FrameFilters(
        action=wanted.get("action", "")[:50].strip(),
        direction=direction if direction in {"in", "out"} else "",
        text=wanted.get("q", "")[:200].strip(),
    )
    page = selectors.frame_page(
        station_id=station.pk,
        filters=filters,
        before_id=int_or_none(wanted.get("before", "")),
        limit=PER_PAGE,
    )
    context = station_context(request, station, "station_frames")
    context |= {
        "filter": filters,
        "frames": page.frames,
        "actions": selectors.station_actions(station.pk),
        "forgiven": forgiven_rows(forgiven_to_station(station.pk)),
        "frames_url": reverse("chargers:station_frames", args=[station.pk]),
    }
    context |= pager(request, str(page.before or ""), "before")
    return render(request, "chargers/station/frames.html", context)


@require(Permission.STATIONS_VIEW)
def station_timeline(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    before = int_or_none(request.GET.get("before", ""))
    entries = selectors.timeline(subject_id=station.pk, before_id=before, limit=PER_PAGE)
    more = str(entries[-1].id) if len(entries) == PER_PAGE else ""
    context = station_context(request, station, "station_timeline")
    context |= {"events": timeline_items(entries)}
    context |= pager(request, more, "before")
    return render(request, "chargers/station/timeline.html", context)


@require(Permission.STATIONS_MANAGE)
def station_settings(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    form = StationForm(request.POST or None, station=station)
    if request.method == "POST" and form.is_valid():
        try:
            form.save(actor=actor_of(request), now=utc_now())
        except UnableToSaveStation as error:
            form.take(error)
        else:
            messages.success(request, _("The station was changed."))
            return redirect("chargers:station", station.pk)
    return _settings_page(request, station, form)


def _settings_page(
    request: HttpRequest,
    station: ChargingStation,
    form: StationForm,
    *,
    new_key: str = "",
    status: int = 200,
) -> HttpResponse:
    context = station_context(request, station, "station_settings")
    context |= key_panel(station)
    context["former_hardware"] = former_hardware(station.pk)
    context |= {
        "form": form,
        "key_form": KeyForm(),
        "new_key": new_key,
        "has_sessions": Transaction.objects.filter(station=station).exists(),
    }
    return render(request, "chargers/station/settings.html", context, status=status)


@require_POST
@require(Permission.STATIONS_MANAGE)
def rotate_key(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    form = KeyForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for error in form.errors["key"]))
        return redirect("chargers:station_settings", station.pk)
    try:
        key, warnings = form.save(station, actor=actor_of(request), now=utc_now())
    except UnableToSetKey as error:
        messages.error(request, error.message)
        return redirect("chargers:station_settings", station.pk)
    for warning in warnings:
        messages.warning(request, warning)
    return _settings_page(request, station, StationForm(None, station=station), new_key=key)


@require_POST
@require(Permission.STATIONS_MANAGE)
def delete_station(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    try:
        service.delete_station(station=station, actor=actor_of(request), now=utc_now())
    except UnableToDeleteStation as error:
        messages.error(request, error.message)
        return redirect("chargers:station_settings", station.pk)
    messages.success(request, _("%s was deleted.") % station.name)
    return redirect(reverse("chargers:stations"))
