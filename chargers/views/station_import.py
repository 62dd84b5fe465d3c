"""Stations from a CSV file: upload, preview, confirm, progress, result."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.policy import Permission, granted, require
from chargers.domain.station_csv import COLUMNS, EXAMPLE, MAX_BYTES
from chargers.exceptions import UnableToImport
from chargers.forms.errors import ServiceForm
from chargers.models import ImportMode, StationImport
from chargers.services.station_import.checking import check_file, confirm_import
from chargers.services.station_import.keys import HandedKey, hand_out_keys
from chargers.tasks import wake_imports
from chargers.views.addresses import station_url
from common.clock import utc_now
from common.csv_export import csv_lines

PER_PAGE = 100
_OUTCOMES: dict[str, tuple[str, Any]] = {
    "added": ("available", lazy("Added")),
    "updated": ("charging", lazy("Changed")),
    "unchanged": ("ended", lazy("Unchanged")),
    "error": ("faulted", lazy("Fault")),
    "skipped": ("ended", lazy("Not written")),
}
_BOM = "\ufeff"


class ImportForm(ServiceForm):
    file = forms.FileField(
        label=lazy("CSV file"),
        help_text=lazy("From a spreadsheet, with the names of the columns in its first row."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is too big."))
        return file


@require(Permission.STATIONS_MANAGE)
@require_http_methods(["GET", "POST"])
def import_stations(request: TenantRequest) -> HttpResponse:
    is_sent = request.method == "POST"
    form = ImportForm(request.POST, request.FILES) if is_sent else ImportForm()
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            row = check_file(
                operator=request.operator,
                data=file.read(),
                file_name=file.name,
                actor=actor_of(request),
                now=utc_now(),
                may_change_locations=Permission.LOCATIONS_MANAGE in granted(request),
            )
        except UnableToImport as error:
            form.take(error)
        else:
            return redirect("chargers:station_import", row.pk)
    columns = [{"name": name, "text": text} for name, text in COLUMNS.items()]
    recent = StationImport.objects.defer("lines", "report").order_by("-id")[:10]
    context = {"form": form, "columns": columns, "recent": recent, "crumbs": _crumbs()}
    return render(request, "chargers/import/upload.html", context)


def _crumbs() -> list[dict[str, Any]]:
    return [
        {"label": _("Stations"), "url": reverse("chargers:stations")},
        {"label": _("Import")},
    ]


@require(Permission.STATIONS_MANAGE)
@require_GET
def station_import(request: HttpRequest, import_id: UUID) -> HttpResponse:
    row = get_object_or_404(StationImport.objects.defer("lines"), pk=import_id)
    only = request.GET.get("outcome", "")
    shown = [one for one in row.report if only in ("", one["outcome"])]
    paginator = Paginator(shown, PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "row": row,
        "page": page,
        "page_range": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "rows": [_shown(one) for one in page],
        "chips": _chips(row, only),
        "errors": row.counts.get("error", 0),
        "writable": row.counts.get("added", 0) + row.counts.get("updated", 0),
        "percent": 100 * row.rows_done // max(row.rows_total, 1),
        "keyless": _keyless(row),
        "crumbs": _crumbs(),
    }
    part = request.headers.get("HX-Request") == "true" and row.is_open
    template = "_progress.html" if part else "page.html"
    response = render(request, f"chargers/import/{template}", context)
    if request.headers.get("HX-Request") == "true" and not row.is_open:
        response["HX-Refresh"] = "true"
    return response


def _shown(one: dict[str, Any]) -> dict[str, Any]:
    state, label = _OUTCOMES[one["outcome"]]
    return {**one, "state": state, "label": label, "changes": ", ".join(one["changes"])}


def _chips(row: StationImport, only: str) -> list[dict[str, Any]]:
    chips = [{"label": _("All"), "count": row.rows_total, "url": "?", "active": not only}]
    chips += [
        {
            "label": label,
            "count": row.counts[name],
            "url": f"?outcome={name}",
            "active": only == name,
        }
        for name, (_state, label) in _OUTCOMES.items()
        if row.counts.get(name)
    ]
    return chips


def _keyless(row: StationImport) -> int:
    """Stations whose keys can still be handed out."""
    if row.status != "done" or row.keys_handed_out_at is not None:
        return 0
    return sum(one["outcome"] == "added" and not one["typed_key"] for one in row.report)


@require(Permission.STATIONS_MANAGE)
@require_POST
def confirm_station_import(request: HttpRequest, import_id: UUID) -> HttpResponse:
    row = get_object_or_404(StationImport.objects.all(), pk=import_id)
    good = request.POST.get("mode") == ImportMode.GOOD_ROWS
    mode = ImportMode.GOOD_ROWS if good else ImportMode.ALL_OR_NOTHING
    try:
        confirm_import(station_import=row, mode=mode, actor=actor_of(request), now=utc_now())
    except UnableToImport as error:
        messages.error(request, error.message)
    else:
        wake_imports()
    return redirect("chargers:station_import", row.pk)


@require(Permission.STATIONS_MANAGE)
@require_POST
def station_import_keys(request: HttpRequest, import_id: UUID) -> HttpResponse:
    row = get_object_or_404(StationImport.objects.all(), pk=import_id)
    try:
        handed = hand_out_keys(station_import=row, actor=actor_of(request), now=utc_now())
    except UnableToImport as error:
        messages.error(request, error.message)
        return redirect("chargers:station_import", row.pk)
    return _download("station-keys.csv", keys_csv(handed))


def keys_csv(handed: list[HandedKey]) -> str:
    """Keys as CSV, safe to open in a spreadsheet."""
    header = ("station_name", "code", "location_name", "identity", "url", "key")
    rows = [
        (
            one.station.name,
            one.station.code,
            one.station.location.name,
            one.station.identity,
            station_url(one.station),
            one.key,
        )
        for one in handed
    ]
    return _BOM + csv_lines([header, *rows])


@require(Permission.STATIONS_MANAGE)
@require_GET
def station_import_report(request: HttpRequest, import_id: UUID) -> HttpResponse:  # noqa: ARG001
    """What became of every row, to be corrected in a spreadsheet. No keys."""
    row = get_object_or_404(StationImport.objects.defer("lines"), pk=import_id)
    header = ("row", "station_name", "code", "outcome", "changes", "faults")
    lines = [
        (
            one["row"],
            one["name"],
            one["code"],
            one["outcome"],
            ", ".join(one["changes"]),
            " ".join(f"{fault['column']}: {fault['reason']}" for fault in one["faults"]),
        )
        for one in row.report
    ]
    return _download("station-import.csv", _BOM + csv_lines([header, *lines]))


@require(Permission.STATIONS_MANAGE)
@require_GET
def import_template(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    row = [EXAMPLE.get(name, "") for name in COLUMNS]
    return _download("stations-template.csv", _BOM + csv_lines([list(COLUMNS), row]))


def _download(name: str, text: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
