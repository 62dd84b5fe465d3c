"""The way of a station into service: what to enter at it, a list that ticks itself, the end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.http import actor_of
from accounts.policy import Permission, granted, require
from chargers.domain.commissioning.facts import Check, CheckKey, CheckState, Remedy
from chargers.domain.setups import setup_for
from chargers.exceptions import UnableToCommand, UnableToFinish
from chargers.forms.errors import ServiceForm
from chargers.models import ChargingStation, Transaction
from chargers.quirks.setups import setups
from chargers.selectors.commissioning import Progress, latest_run, progress_of
from chargers.services import commissioning as service
from chargers.services.commands import stop_charging
from chargers.services.station_keys import rotate_key
from chargers.views.addresses import base_url, station_url
from chargers.views.parts import station_or_404
from chargers.views.stations import uuid_or_none
from common.clock import utc_now
from common.qr import svg

_TITLES = {
    CheckKey.CONNECTED: (lazy("Connected"), "plug-connected"),
    CheckKey.BOOTED: (lazy("Says what it is"), "id-badge-2"),
    CheckKey.CONNECTORS: (lazy("Connectors"), "plug"),
    CheckKey.CLOCK: (lazy("Clock"), "clock"),
    CheckKey.METER: (lazy("Meter"), "gauge"),
    CheckKey.CHARGE: (lazy("Test charge"), "bolt"),
}
_LOOKS = {
    CheckState.DONE: ("available", "circle-check", lazy("Done")),
    CheckState.ATTENTION: ("occupied", "alert-triangle", lazy("Look at it")),
    CheckState.PROBLEM: ("faulted", "alert-circle", lazy("Problem")),
    CheckState.WAITING: ("offline", "circle-dashed", lazy("Waiting")),
}
_ASKING = {
    Remedy.ASK_BOOT: (lazy("Ask what it is"), service.ask_for_boot),
    Remedy.ASK_STATUS: (lazy("Ask for its connectors"), service.ask_for_status),
    Remedy.READ_METER: (lazy("Read the meter"), service.read_meter),
}


class FinishForm(ServiceForm):
    note = forms.CharField(
        label=lazy("Note"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    accept_open = forms.BooleanField(
        label=lazy("Finish although items are open"),
        required=False,
        help_text=lazy("They are named in the record."),
    )


@require(Permission.STATIONS_MANAGE)
@require_GET
def commissioning(request: HttpRequest, station_id: UUID) -> HttpResponse:
    return commissioning_page(request, station_or_404(station_id))


def commissioning_page(
    request: HttpRequest,
    station: ChargingStation,
    *,
    key: str = "",
    warnings: tuple[str, ...] = (),
    form: FinishForm | None = None,
) -> HttpResponse:
    """The page; with `key`, shown now and never again."""
    url = station_url(station)
    progress = progress_of(station, now=utc_now())
    planned = progress.facts.planned_vendor or station.vendor
    setup = setup_for(planned, setups())
    address = base_url() if setup.takes_base else url
    context = {
        "station": station,
        "key": key,
        "warnings": warnings,
        "url": url,
        "address": address,
        "other_address": url if setup.takes_base else base_url(),
        "setup": setup,
        "insecure": url.startswith("ws://"),
        "qr": svg(address, _("QR code of the address")),
        "form": form or FinishForm(),
        # Who has entered it all needs the list first, on a phone.
        "is_connected": station.is_online and not key,
        "crumbs": [
            {"label": _("Stations"), "url": reverse("chargers:stations")},
            {"label": station.name, "url": reverse("chargers:station", args=[station.pk])},
            {"label": _("Commissioning")},
        ],
        "live_url": f"{reverse('chargers:live_station', args=[station.pk])}?tab=commissioning",
        **checklist_context(request, station, progress),
    }
    response = render(request, "chargers/commissioning/page.html", context)
    response["Cache-Control"] = "no-store"
    return response


def commissioning_facts(request: HttpRequest, station: ChargingStation) -> list[dict[str, Any]]:
    """For the station's page: since when it is in service, or that somebody is at it."""
    run = latest_run(station.pk)
    if run is None:
        return []
    words = _("Not finished")
    if run.finished_at is not None:
        day = date_format(timezone.localtime(run.finished_at), "j M Y")
        who = run.finished_by or run.finished_by_key
        words = f"{day} · {who}" if who else day
    may = Permission.STATIONS_MANAGE in granted(request)
    url = reverse("chargers:commissioning", args=[station.pk]) if may else ""
    return [{"label": _("Commissioned"), "value": words, "url": url}]


def checklist_context(
    request: HttpRequest, station: ChargingStation, progress: Progress | None = None
) -> dict[str, Any]:
    """What the list shows now."""
    progress = progress or progress_of(station, now=utc_now())
    may_command = Permission.STATIONS_COMMAND in granted(request)
    checks = [_shown(station, check, may_command=may_command) for check in progress.checks]
    return {
        "station": station,
        "progress": progress,
        "checks": checks,
        "done": len(checks) - progress.open_count,
        "total": len(checks),
    }


def _shown(station: ChargingStation, check: Check, *, may_command: bool) -> dict[str, Any]:
    title, icon = _TITLES[check.key]
    look, state_icon, words = _LOOKS[check.state]
    return {
        "check": check,
        "title": title,
        "icon": icon if check.state == CheckState.WAITING else state_icon,
        "look": look,
        "words": words,
        "actions": _actions(station, check) if may_command else [],
        "security_url": reverse("chargers:station_security", args=[station.pk])
        if check.key == CheckKey.CONNECTED and check.state != CheckState.DONE
        else "",
    }


def _actions(station: ChargingStation, check: Check) -> list[dict[str, Any]]:
    if check.remedy is None:
        return []
    if check.remedy in _ASKING:
        url = reverse("chargers:commissioning_ask", args=[station.pk])
        label = _ASKING[check.remedy][0]
        return [{"label": label, "url": url, "name": "remedy", "value": check.remedy.value}]
    url = reverse("chargers:commissioning_charge", args=[station.pk])
    if check.remedy == Remedy.STOP_CHARGE:
        return [
            {"label": _("Stop at EVSE %(n)s") % {"n": evse.number}, "url": url, "danger": True,
             "name": "transaction", "value": evse.active_transaction_id}
            for evse in station.evses.all() if evse.active_transaction_id
        ]  # fmt: skip
    return [
        {
            "label": _("Start at EVSE %(n)s") % {"n": evse.number},
            "url": url,
            "name": "evse",
            "value": evse.number,
        }
        for evse in station.evses.all()
        if evse.active_transaction_id is None and evse.connectors.all()
    ]


@require(Permission.STATIONS_MANAGE)
@require_GET
def commissioning_list(request: HttpRequest, station_id: UUID) -> HttpResponse:
    """The list alone, read again now and then: some of its words depend on the time."""
    return _list(request, station_or_404(station_id))


def _list(request: HttpRequest, station: ChargingStation) -> HttpResponse:
    return render(
        request, "chargers/commissioning/_checklist.html", checklist_context(request, station)
    )


def _answer(request: HttpRequest, station_id: UUID, error: UnableToCommand | None) -> HttpResponse:
    """The list for the page that asked by itself, else the whole page."""
    if request.headers.get("HX-Request") != "true":
        if error is not None:
            messages.error(request, error.message)
        return redirect("chargers:commissioning", station_id)
    context = checklist_context(request, station_or_404(station_id))
    context["error"] = error.message if error is not None else ""
    return render(request, "chargers/commissioning/_checklist.html", context)


@require(Permission.STATIONS_COMMAND)
@require_POST
def commissioning_ask(request: HttpRequest, station_id: UUID) -> HttpResponse:
    """Ask the station for what the list waits for."""
    station = station_or_404(station_id)
    asked = request.POST.get("remedy", "")
    found = next((ask for remedy, (_label, ask) in _ASKING.items() if remedy == asked), None)
    error = None
    if found is not None:
        try:
            found(station=station, actor=actor_of(request), now=utc_now())
        except UnableToCommand as caught:
            error = caught
    return _answer(request, station.pk, error)


@require(Permission.STATIONS_COMMAND)
@require_POST
def commissioning_charge(request: HttpRequest, station_id: UUID) -> HttpResponse:
    """Start a test charge at an EVSE, or stop what runs here."""
    station = station_or_404(station_id)
    actor, now, error = actor_of(request), utc_now(), None
    try:
        if "transaction" in request.POST:
            key = uuid_or_none(request.POST["transaction"])
            rows = Transaction.objects.select_related("station", "station__operator")
            running = get_object_or_404(rows, pk=key, station=station)
            stop_charging(transaction=running, actor=actor, now=now)
        else:
            wanted = request.POST.get("evse", "")
            evse = next((one for one in station.evses.all() if str(one.number) == wanted), None)
            if evse is None:
                raise Http404
            service.start_test_charge(station=station, evse=evse, actor=actor, now=now)
    except UnableToCommand as caught:
        error = caught
    return _answer(request, station.pk, error)


@require(Permission.STATIONS_MANAGE)
@require_POST
def commissioning_key(request: HttpRequest, station_id: UUID) -> HttpResponse:
    """A new key for a station whose key was lost on the way to it."""
    station = station_or_404(station_id)
    key = rotate_key(station=station, actor=actor_of(request), now=utc_now())
    return commissioning_page(request, station, key=key)


@require(Permission.STATIONS_MANAGE)
@require_POST
def commissioning_again(request: HttpRequest, station_id: UUID) -> HttpResponse:
    """Open a new run of a station that was finished before."""
    station = station_or_404(station_id)
    service.begin_commissioning(
        station=station,
        vendor=station.vendor,
        model=station.model,
        actor=actor_of(request),
        now=utc_now(),
    )
    return redirect("chargers:commissioning", station.pk)


@require(Permission.STATIONS_MANAGE)
@require_POST
def finish_commissioning(request: HttpRequest, station_id: UUID) -> HttpResponse:
    station = station_or_404(station_id)
    form = FinishForm(request.POST)
    if form.is_valid():
        try:
            service.finish_commissioning(
                station=station, actor=actor_of(request), now=utc_now(), **form.cleaned_data
            )
        except UnableToFinish as error:
            form.take(error)
        else:
            messages.success(request, _("%(name)s is commissioned.") % {"name": station.name})
            return redirect("chargers:station", station.pk)
    return commissioning_page(request, station, form=form)
