"""The Security tab of a station: how it connects, its key, who was refused, what was reported."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import actor_of
from accounts.policy import Permission, require
from chargers.exceptions import UnableToSaveStation
from chargers.forms.security import OpenDoorForm, SecurityForm
from chargers.models import ChargingStation
from chargers.selectors.security import failed_handshakes, recent_connections, security_events
from chargers.services.security_events import acknowledge_security_events
from chargers.services.station_keys import discard_pending_key
from chargers.services.station_security import forbid_unauthenticated
from chargers.views.certificates import certificates_panel
from chargers.views.parts import station_context, station_or_404
from common.clock import utc_now
from common.formats import ago

SHOWN_EVENTS = 50


@require(Permission.STATIONS_VIEW)
def station_security(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    return _page(request, station, SecurityForm(None, station=station))


def _page(
    request: HttpRequest, station: ChargingStation, form: SecurityForm, *, status: int = 200
) -> HttpResponse:
    now = utc_now()
    events = list(security_events(station.pk)[:SHOWN_EVENTS])
    until = station.allow_unauthenticated_until
    held = station.held_down_until
    context = station_context(request, station, "station_security")
    context |= {
        "form": form,
        "open_form": OpenDoorForm(),
        "facts": _facts(station),
        "failed": failed_handshakes(station.pk),
        "connections": recent_connections(station.pk),
        "security_events": events,
        "has_open_events": any(e.needs_attention and not e.acknowledged_at for e in events),
        "is_open": until is not None and now < until,
        "is_held_down": held is not None and now < held,
    }
    context |= certificates_panel(station)
    return render(request, "chargers/station/security.html", context, status=status)


def _facts(station: ChargingStation) -> list[dict[str, Any]]:
    now = utc_now()
    used = station.get_security_profile_display() if station.security_profile is not None else ""
    facts = [
        (_("Profile in use"), used or _("Never connected")),
        (_("Minimum"), station.get_min_security_profile_display()),
        (_("Encryption"), station.tls_version or _("None, or ended by a proxy that does not say")),
        (_("Key set"), ago(station.key_set_at, now) if station.key_set_at else _("No key")),
    ]
    if station.pending_key_set_at:
        facts.append((_("New key sent"), ago(station.pending_key_set_at, now)))
    if station.allow_unauthenticated_until and now < station.allow_unauthenticated_until:
        facts.append((_("Open without a key until"), _when(station.allow_unauthenticated_until)))
    return [{"label": label, "value": value} for label, value in facts]


def _when(instant: datetime) -> str:
    return date_format(timezone.localtime(instant), "j M, H:i")


@require_POST
@require(Permission.STATIONS_MANAGE)
def change_security(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    form = SecurityForm(request.POST, station=station)
    if form.is_valid():
        try:
            warnings = form.save(actor=actor_of(request), now=utc_now())
        except UnableToSaveStation as error:
            form.take(error)
        else:
            messages.success(request, _("The station was changed."))
            for warning in warnings:
                messages.warning(request, warning)
            return redirect("chargers:station_security", station.pk)
    return _page(request, station, form)


@require_POST
@require(Permission.STATIONS_MANAGE)
def open_door(request: HttpRequest, station_id: UUID) -> HttpResponse:
    """Let the station in without a key for a while, or end that."""
    station = station_or_404(station_id)
    now, actor = utc_now(), actor_of(request)
    if request.POST.get("close"):
        forbid_unauthenticated(station=station, actor=actor, now=now)
        messages.success(request, _("The key is asked for again."))
        return redirect("chargers:station_security", station.pk)
    form = OpenDoorForm(request.POST)
    try:
        if not form.is_valid():
            messages.error(request, _("Choose how long."))
        else:
            form.save(station, actor=actor, now=now)
            messages.warning(request, _("Anybody who knows the identity can be this station now."))
    except UnableToSaveStation as error:
        messages.error(request, error.message)
    return redirect("chargers:station_security", station.pk)


@require_POST
@require(Permission.STATIONS_MANAGE)
def discard_key(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    if discard_pending_key(station=station, actor=actor_of(request), now=utc_now()):
        messages.success(request, _("The new key was discarded."))
    return redirect("chargers:station_security", station.pk)


@require_POST
@require(Permission.STATIONS_MANAGE)
def acknowledge_events(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    acknowledge_security_events(station=station, actor=actor_of(request), now=utc_now())
    messages.success(request, _("Taken off the list of what needs attention."))
    return redirect("chargers:station_security", station.pk)
