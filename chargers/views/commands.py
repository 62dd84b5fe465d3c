"""Remote commands: a form each, in a dialog or as a page."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.http import actor_of
from accounts.policy import Permission, require
from chargers.exceptions import UnableToCommand
from chargers.forms.commands import FORMS, CommandForm
from chargers.selectors.commands import recent_commands
from chargers.views.parts import command_views, station_context, station_or_404
from common.clock import utc_now

SHOWN_COMMANDS = 5


@require(Permission.STATIONS_COMMAND)
def command(request: HttpRequest, station_id: UUID, kind: str) -> HttpResponse:
    station = station_or_404(station_id)
    if kind not in FORMS:
        raise Http404
    if request.method != "POST":
        return _page(request, FORMS[kind](station=station, initial=request.GET.dict()))
    form = FORMS[kind](request.POST, station=station)
    if not form.is_valid():
        return _page(request, form)
    try:
        form.send(actor=actor_of(request), now=utc_now())
    except UnableToCommand as error:
        form.take(error)
        return _page(request, form)
    return _sent(request, form)


def _in_dialog(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _page(request: HttpRequest, form: CommandForm) -> HttpResponse:
    station = form.station
    action = reverse("chargers:command", args=[station.pk, form.kind()])
    in_dialog = _in_dialog(request)
    # On a page of its own the form is sent like any other: there is no dialog to take the answer.
    context = {"form": form, "station": station, "action": action, "in_dialog": in_dialog}
    if in_dialog:
        return render(request, "chargers/_command_form.html", context)
    context |= station_context(request, station, "station_commands")
    return render(request, "chargers/station/command.html", context)


def _sent(request: HttpRequest, form: CommandForm) -> HttpResponse:
    if not _in_dialog(request):
        messages.success(request, _("Sent. The station's answer appears here."))
        return redirect("chargers:station_commands", form.station.pk)
    recent = recent_commands(station_id=form.station.pk, limit=SHOWN_COMMANDS)
    context = {"commands": command_views(recent), "station": form.station}
    return render(request, "chargers/_command_sent.html", context)
