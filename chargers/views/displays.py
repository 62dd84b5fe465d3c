"""What stations show, and how far they are with firmware, logs and reports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.http import actor_of
from accounts.policy import Permission, granted, require
from chargers.exceptions import UnableToCommand
from chargers.forms.commands.display import MessageFields
from chargers.models import (
    ChargingStation,
    CommandStatus,
    CustomerInformation,
    FirmwareUpdate,
    Location,
    LogUpload,
    StationJob,
)
from chargers.selectors.displays import (
    messages_of_station,
    recent_jobs,
    sessions_told,
)
from chargers.services.display.requests import show_message_at_location
from chargers.views.locations import tell_reached
from chargers.views.parts import station_context, station_or_404
from common.clock import utc_now

SHOWN_MESSAGES = 100
SHOWN_JOBS = 10


@require(Permission.STATIONS_VIEW)
def station_display(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    context = station_context(request, station, "station_display")
    context |= display_context(station)
    return render(request, "chargers/station/display.html", context)


def display_context(station: ChargingStation) -> dict[str, Any]:
    """Messages of a station, the latest change first, and what its running sessions were told."""
    return {
        "display_messages": list(messages_of_station(station.pk)[:SHOWN_MESSAGES]),
        "told": sessions_told(station.pk),
    }


@require(Permission.STATIONS_VIEW)
def station_maintenance(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    context = station_context(request, station, "station")
    context["live_url"] = f"{context['live_url']}_maintenance"
    context |= maintenance_context(request, station)
    return render(request, "chargers/station/maintenance.html", context)


def maintenance_context(request: HttpRequest, station: ChargingStation) -> dict[str, Any]:
    """Background work, latest first; logs and people's data for those who may see them."""
    may_see_logs = Permission.LOGS_VIEW in granted(request)
    firmware = recent_jobs(FirmwareUpdate.objects.all(), station_id=station.pk, limit=SHOWN_JOBS)
    context: dict[str, Any] = {"firmware_jobs": job_views(firmware), "may_see_logs": may_see_logs}
    if may_see_logs:
        logs = recent_jobs(LogUpload.objects.all(), station_id=station.pk, limit=SHOWN_JOBS)
        asked = recent_jobs(
            CustomerInformation.objects.all(), station_id=station.pk, limit=SHOWN_JOBS
        )
        context |= {"log_jobs": job_views(logs), "customer_jobs": job_views(asked)}
    return context


def job_views(jobs: Iterable[StationJob]) -> list[dict[str, Any]]:
    """Jobs with who asked and their steps in one line."""
    return [
        {
            "job": job,
            "who": _who(job),
            "steps": [entry["status"] for entry in job.history],
        }
        for job in jobs
    ]


def _who(job: StationJob) -> str:
    command = job.command
    asked_by = command and (command.requested_by or command.requested_by_key)
    return str(asked_by) if asked_by else _("System")


@require(Permission.STATIONS_COMMAND)
def location_display(request: HttpRequest, location_id: UUID) -> HttpResponse:
    location = get_object_or_404(Location, pk=location_id)
    form = MessageFields(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sent = show_message_at_location(
                location=location, **form.cleaned_data, actor=actor_of(request), now=utc_now()
            )
        except UnableToCommand as error:
            form.take(error)
        else:
            reached = sum(row.status != CommandStatus.FAILED for row in sent)
            tell_reached(request, reached, len(sent))
            if not sent:
                messages.warning(request, _("There are no stations here."))
            return redirect("chargers:location", location.pk)
    context = {
        "location": location,
        "form": form,
        "crumbs": [
            {"label": _("Locations"), "url": reverse("chargers:locations")},
            {"label": location.name, "url": reverse("chargers:location", args=[location.pk])},
            {"label": _("Show a message")},
        ],
    }
    return render(request, "chargers/location/display.html", context)
