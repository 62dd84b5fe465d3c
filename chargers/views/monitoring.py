"""What a station watches by itself, and what it noticed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_POST

from accounts.http import actor_of
from accounts.policy import Permission, require
from chargers.domain.commands import MonitorType
from chargers.domain.device_events import severity_words
from chargers.domain.variables import join_place
from chargers.models import DeviceEvent, VariableMonitor
from chargers.selectors.devices import device_events, station_monitors
from chargers.services.device_model.events import dismiss_event
from chargers.views.parts import int_or_none, station_context, station_or_404
from chargers.views.station import pager
from common.clock import utc_now

PER_PAGE = 50
_MONITORS_SHOWN = 500
_GAP = "…"
_TYPE_WORDS = {
    MonitorType.UPPER_THRESHOLD.value: _l("rises above …"),
    MonitorType.LOWER_THRESHOLD.value: _l("falls below …"),
    MonitorType.DELTA.value: _l("changes by …"),
    MonitorType.PERIODIC.value: _l("every … seconds"),
    MonitorType.PERIODIC_CLOCK_ALIGNED.value: _l("every … seconds of the clock"),
}


@require(Permission.STATIONS_VIEW)
def station_monitoring(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    before = int_or_none(request.GET.get("before", ""))
    rows = device_events(station_id=station.pk)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    context = station_context(request, station, "station_variables")
    context |= {
        "monitors": [_monitor(each) for each in station_monitors(station.pk)[:_MONITORS_SHOWN]],
        "device_events": [_event(each) for each in shown],
    }
    context |= pager(request, str(shown[-1].pk) if len(found) > PER_PAGE else "", "before")
    return render(request, "chargers/station/monitoring.html", context)


def _monitor(monitor: VariableMonitor) -> dict[str, object]:
    return {
        "monitor": monitor,
        "name": join_place(monitor.name, monitor.evse, monitor.connector),
        "when": _when(monitor),
        "severity": severity_words(monitor.severity),
    }


def _when(monitor: VariableMonitor) -> str:
    """When it fires, as a sentence about the variable."""
    told = f"{monitor.value:.12g}"
    words = _TYPE_WORDS.get(monitor.type)
    return f"{monitor.type} {told}" if words is None else words.replace(_GAP, told)


def _event(event: DeviceEvent) -> dict[str, object]:
    state = "faulted" if event.needs_attention else "available" if event.is_cleared else "offline"
    return {
        "event": event,
        "name": join_place(event.name, event.evse, event.connector),
        "severity": severity_words(event.severity),
        "state": state,
        "label": _label(event),
    }


def _label(event: DeviceEvent) -> str:
    if event.needs_attention:
        return _("Needs attention")
    if event.is_cleared:
        return _("Well again")
    return _("Settled") if event.settled_at else _("Noted")


@require_POST
@require(Permission.STATIONS_COMMAND)
def dismiss_device_event(request: HttpRequest, station_id: UUID, event_id: int) -> HttpResponse:
    station = station_or_404(station_id)
    rows = device_events(station_id=station.pk).select_related("operator")
    event = rows.filter(pk=event_id).first()
    if event is None:
        raise Http404
    dismiss_event(event=event, actor=actor_of(request), now=utc_now())
    messages.success(request, _("Taken off the list."))
    return redirect("chargers:station_monitoring", station.pk)
