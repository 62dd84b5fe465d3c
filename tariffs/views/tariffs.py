"""Tariffs: the list, one tariff with its versions, and what is done with it as a whole."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.policy import Permission, require
from common.clock import utc_now
from common.forms import add_errors
from tariffs import words
from tariffs.exceptions import UnableTo
from tariffs.forms.naming import NameForm
from tariffs.forms.starts import STARTS
from tariffs.models import Tariff, TariffVersion
from tariffs.selectors import tariffs as selectors
from tariffs.selectors.terms import terms_of
from tariffs.selectors.usage import usage_of
from tariffs.services import tariffs as service
from tariffs.services.versions import withdraw_version
from tariffs.views.exchange import offers
from tariffs.views.parts import crumbs, in_operators_zone, tariff_or_404, zone_of
from tariffs.views.preview import preview_of
from tariffs.views.versions import VersionView, changes_of, version_views

PER_PAGE = 50


@require(Permission.TARIFFS_VIEW)
@in_operators_zone
def tariff_list(request: TenantRequest) -> HttpResponse:
    search = request.GET.get("q", "")[:200].strip()
    archived = request.GET.get("archived") == "on"
    now = utc_now()
    found = selectors.tariffs(search=search, archived=archived)
    paginator = Paginator(selectors.with_versions(found, at=now), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    rows = selectors.tariff_rows(page.object_list)
    context = {
        "rows": [_listed(row) for row in rows],
        "q": search,
        "archived": archived,
        "tabs": _tabs(archived=archived, search=search),
        "starts": STARTS,
        "page": page,
        "page_range": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
    }
    return render(request, "tariffs/list.html", context)


def _listed(row: selectors.TariffRow) -> dict[str, Any]:
    shown = row.current or row.scheduled
    terms = terms_of(shown) if shown else None
    return {
        "row": row,
        "tariff": row.tariff,
        "headline": words.headline(terms) if terms else "",
        "vat_note": words.vat_note(terms) if terms else "",
        "next": words.headline(terms_of(row.scheduled)) if row.scheduled else "",
    }


def _tabs(*, archived: bool, search: str) -> list[dict[str, Any]]:
    kept = {"q": search} if search else {}
    return [
        {"label": _("In use"), "url": f"?{urlencode(kept)}", "active": not archived},
        {
            "label": _("Archived"),
            "url": f"?{urlencode({**kept, 'archived': 'on'})}",
            "active": archived,
        },
    ]


@require(Permission.TARIFFS_VIEW)
@in_operators_zone
def tariff_page(request: TenantRequest, tariff_id: UUID) -> HttpResponse:
    tariff = tariff_or_404(tariff_id)
    now = utc_now()
    versions = list(selectors.versions_of(tariff))
    views = version_views(versions, now=now)
    shown = _asked_for(request, views) or next((v for v in views if v.is_current), None)
    shown = shown or next((v for v in reversed(views) if v.is_scheduled), None)
    terms = terms_of(shown.version) if shown else None
    context = {
        "tariff": tariff,
        "versions": views,
        "shown": shown,
        "changes": changes_of(shown) if shown else [],
        "limits": words.session_limits(shown.version, tariff.currency) if shown else [],
        "usage": usage_of(tariff, at=now),
        "ocpi_offers": offers(tariff, at=now) if shown else [],
        "preview": preview_of(terms, remarks=[], zone=zone_of(request.operator), now=now),
        "crumbs": crumbs(tariff.name),
    }
    return render(request, "tariffs/page.html", context)


def _asked_for(request: TenantRequest, views: list[VersionView]) -> VersionView | None:
    number = request.GET.get("version", "")
    return next((view for view in views if str(view.version.number) == number), None)


@require_POST
@require(Permission.TARIFFS_MANAGE)
def duplicate_tariff(request: TenantRequest, tariff_id: UUID) -> HttpResponse:
    tariff = tariff_or_404(tariff_id)
    try:
        copy = service.duplicate_tariff(tariff=tariff, actor=actor_of(request), now=utc_now())
    except UnableTo as error:
        return _refused(request, tariff, error)
    messages.success(request, _("This is the copy. It is assigned nowhere yet."))
    return redirect("tariffs:tariff", copy.pk)


@require_POST
@require(Permission.TARIFFS_MANAGE)
def archive_tariff(request: TenantRequest, tariff_id: UUID) -> HttpResponse:
    tariff = tariff_or_404(tariff_id)
    unassign = request.POST.get("unassign") == "on"
    try:
        service.archive_tariff(
            tariff=tariff, unassign=unassign, actor=actor_of(request), now=utc_now()
        )
    except UnableTo as error:
        return _refused(request, tariff, error)
    messages.success(request, _("The tariff was archived. Running sessions keep their price."))
    return redirect("tariffs:tariff", tariff.pk)


@require_POST
@require(Permission.TARIFFS_MANAGE)
def restore_tariff(request: TenantRequest, tariff_id: UUID) -> HttpResponse:
    tariff = tariff_or_404(tariff_id)
    try:
        service.restore_tariff(tariff=tariff, actor=actor_of(request), now=utc_now())
    except UnableTo as error:
        return _refused(request, tariff, error)
    messages.success(request, _("The tariff is back. It is assigned nowhere yet."))
    return redirect("tariffs:tariff", tariff.pk)


@require_POST
@require(Permission.TARIFFS_MANAGE)
def withdraw(request: TenantRequest, tariff_id: UUID, version_id: UUID) -> HttpResponse:
    tariff = tariff_or_404(tariff_id)
    version = get_object_or_404(TariffVersion, tariff=tariff, pk=version_id)
    try:
        withdraw_version(version=version, actor=actor_of(request), now=utc_now())
    except UnableTo as error:
        return _refused(request, tariff, error)
    messages.success(request, _("Version %s will not begin.") % version.number)
    return redirect("tariffs:tariff", tariff.pk)


def _refused(request: TenantRequest, tariff: Tariff, error: UnableTo) -> HttpResponse:
    messages.error(request, error.message)
    return redirect(reverse("tariffs:tariff", args=[tariff.pk]))


@require(Permission.TARIFFS_MANAGE)
@in_operators_zone
def edit_tariff(request: TenantRequest, tariff_id: UUID) -> HttpResponse:
    """Its name and description; prices change by new versions."""
    tariff = tariff_or_404(tariff_id)
    form = NameForm(
        request.POST or None, initial={"name": tariff.name, "description": tariff.description}
    )
    if request.method == "POST" and form.is_valid():
        try:
            service.update_tariff(
                tariff=tariff, changes=form.changes(), actor=actor_of(request), now=utc_now()
            )
        except UnableTo as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("tariffs:tariff", tariff.pk)
    context = {"form": form, "tariff": tariff, "crumbs": crumbs(_("Name"), tariff=tariff)}
    return render(request, "tariffs/name.html", context)
