"""Tariffs from and to OCPI: an import that shows first what it would add, and downloads."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.policy import Permission, require
from common.clock import utc_now
from tariffs.exceptions import UnableToImportTariff
from tariffs.forms.ocpi import ImportForm
from tariffs.forms.remarks import remarks_of
from tariffs.models import Tariff
from tariffs.ocpi import Version
from tariffs.selectors.ocpi import ocpi_tariff
from tariffs.services.ocpi import import_tariff
from tariffs.views.parts import crumbs, in_operators_zone, tariff_or_404, zone_of
from tariffs.views.preview import preview_of

_OFFERED = (Version.V221, Version.V230)


@require(Permission.TARIFFS_MANAGE)
@in_operators_zone
def import_page(request: TenantRequest) -> HttpResponse:
    """Looked at first; stored when it is sent with `create`."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and "create" in request.POST:
        try:
            tariff = _created(request, form)
        except UnableToImportTariff as error:
            form.take(error)
        else:
            messages.success(request, _("The tariff was imported. It is assigned nowhere yet."))
            return redirect("tariffs:tariff", tariff.pk)
    return render(request, "tariffs/import.html", _context(request, form))


def _created(request: TenantRequest, form: ImportForm) -> Tariff:
    return import_tariff(
        operator=request.operator,
        document=form.given,
        version=form.imported.version,
        name=form.cleaned_data["name"],
        actor=actor_of(request),
        now=utc_now(),
    )


def _context(request: TenantRequest, form: ImportForm) -> dict[str, Any]:
    context: dict[str, Any] = {"form": form, "crumbs": crumbs(_("Import"))}
    if form.is_bound and hasattr(form, "imported"):
        terms = form.imported.terms
        context |= {
            "imported": form.imported,
            "preview": preview_of(
                terms,
                remarks=remarks_of(terms),
                zone=zone_of(request.operator),
                now=utc_now(),
            ),
            "document": form.text,
            "name": form.cleaned_data.get("name", ""),
            "version": str(form.imported.version),
        }
    return context


def offers(tariff: Tariff, *, at: datetime) -> list[dict[str, Any]]:
    """For the page of a tariff: downloads, and what each cannot say."""
    found = []
    for ocpi in _OFFERED:
        result = ocpi_tariff(tariff, ocpi, at=at)
        address = reverse("tariffs:export_ocpi", args=[tariff.pk, str(ocpi)])
        left = list(dict.fromkeys(one.message for one in result.unexpressed))
        found.append(
            {"version": str(ocpi), "url": address if result.document else "", "left": left}
        )
    return found


@require(Permission.TARIFFS_VIEW)
def export_ocpi(request: TenantRequest, tariff_id: UUID, ocpi: str) -> HttpResponse:  # noqa: ARG001 -- every view has it
    """The version that counts, as an OCPI object."""
    tariff = tariff_or_404(tariff_id)
    if ocpi not in list(Version):
        raise Http404
    document = ocpi_tariff(tariff, Version(ocpi), at=utc_now()).document
    if document is None:
        raise Http404
    answer = JsonResponse(document, json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="tariff-ocpi-{ocpi}.json"'
    return answer
