"""Records of what sessions cost: the list, its file, and the receipt of one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.policy import Permission, granted, require
from billing.exceptions import UnableToAccept, UnableToPriceAgain
from billing.forms import CdrFilterForm
from billing.models import Cdr
from billing.selectors.cdrs import ORDER, CdrFilters, cdrs, cdrs_with_parts, totals, versions
from billing.services.repricing import price_again
from billing.services.review import accept_cdr
from billing.views.facts import cdr_facts
from billing.views.receipt import course, receipt, version_views
from billing.views.rows import CdrRow, cdr_rows, total_views
from billing.words import flag_views
from common.clock import utc_now
from common.csv_export import Row, csv_response
from common.http import chip, page_of
from common.money import major_units
from common.paging import keyset_page
from common.tenancy import current_scope

CSV_PAGE = 1000


def _form(request: TenantRequest) -> CdrFilterForm:
    return CdrFilterForm(request.GET, time_zone=request.operator.time_zone, now=utc_now())


@require(Permission.BILLING_VIEW)
def cdr_list(request: TenantRequest) -> HttpResponse:
    form = _form(request)
    filters = form.filters()
    page, pager = page_of(request, cdrs_with_parts(cdrs(filters)), order=ORDER)
    found = totals(filters)
    chips = ((_("All"), None), (_("Needs review"), "open"), (_("Ready"), "ready"))
    context: dict[str, Any] = {
        **pager,
        "form": form,
        "rows": cdr_rows(page.rows),
        "totals": total_views(found),
        "too_many": found.too_many,
        "filtered": any(request.GET.get(name) for name in form.fields),
        "chips": [chip(request, label, "review", value) for label, value in chips],
        "kept": [(n, request.GET[n]) for n in ("review", "driver") if request.GET.get(n)],
    }
    return render(request, "billing/cdrs.html", context)


@require(Permission.BILLING_VIEW)
def cdrs_csv(request: TenantRequest) -> StreamingHttpResponse:
    filters = _form(request).filters()
    with_driver = Permission.DRIVERS_VIEW in granted(request)
    header = (
        "Record,Version,Session,Started,Ended,Station,Code,EVSE,Location,Token,Driver,Energy Wh,"
        "Currency,Net,VAT,Gross,Needs review,Flags,Digest"
    )
    return csv_response(
        filename="charge-records.csv",
        header=header.split(","),
        pages=lambda: _csv_pages(filters, with_driver=with_driver),
        scope=current_scope(),
    )


def _csv_pages(filters: CdrFilters, *, with_driver: bool) -> Iterator[list[Row]]:
    cursor: str | None = ""
    while cursor is not None:
        rows = cdrs_with_parts(cdrs(filters))
        page = keyset_page(rows, order=ORDER, cursor=cursor, limit=CSV_PAGE)
        yield [_csv_row(cdr, with_driver=with_driver) for cdr in page.rows]
        cursor = page.next_cursor


def _csv_row(cdr: Cdr, *, with_driver: bool) -> Row:
    tx = cdr.transaction
    return (
        cdr.pk,
        cdr.version,
        tx.station_ref,
        cdr.started_at.isoformat(),
        cdr.ended_at.isoformat(),
        tx.station.name,
        tx.station.code,
        tx.evse.number if tx.evse else "",
        cdr.location.name,
        tx.id_token_uid,
        str(cdr.driver) if cdr.driver and with_driver else "",
        cdr.energy_wh,
        cdr.currency,
        *(_major(cdr, amount) for amount in (cdr.net_minor, cdr.tax_minor, cdr.gross_minor)),
        "yes" if cdr.is_open else "no",
        " ".join(cdr.flags),
        cdr.digest,
    )


def _major(cdr: Cdr, amount_minor: int | None) -> Decimal | None:
    """Nothing where there is no price, which is not a zero."""
    return None if amount_minor is None else major_units(amount_minor, cdr.currency)


def cdr_or_404(cdr_id: UUID) -> Cdr:
    """The record with its parts; another operator's is as good as none."""
    rows = Cdr.objects.select_related(
        "transaction__station",
        "transaction__evse",
        "transaction__pinned_tariff",
        "location",
        "driver",
        "tariff_version__tariff",
    )
    return get_object_or_404(rows, pk=cdr_id)


@require(Permission.BILLING_VIEW)
def cdr_page(request: HttpRequest, cdr_id: UUID) -> HttpResponse:
    cdr = cdr_or_404(cdr_id)
    context: dict[str, Any] = {
        "cdr": cdr,
        "row": CdrRow(cdr),
        "receipt": receipt(cdr),
        "course": course(cdr),
        "facts": cdr_facts(cdr, may_see=granted(request)),
        "flags": flag_views(cdr.flags),
        "versions": version_views(versions(cdr.transaction_id)),
        "crumbs": [
            {"label": _("Charge records"), "url": reverse("billing:cdrs")},
            {"label": f"{cdr.transaction.station_ref} v{cdr.version}"},
        ],
    }
    return render(request, "billing/cdr.html", context)


@require_POST
@require(Permission.BILLING_MANAGE)
def accept(request: HttpRequest, cdr_id: UUID) -> HttpResponse:
    cdr = cdr_or_404(cdr_id)
    note = request.POST.get("note", "").replace("\x00", "").strip()[:500]
    try:
        accept_cdr(cdr=cdr, note=note, actor=actor_of(request), now=utc_now())
    except UnableToAccept as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The record is accepted."))
    return redirect("billing:cdr", cdr.pk)


@require_POST
@require(Permission.BILLING_MANAGE)
def reprice(request: HttpRequest, cdr_id: UUID) -> HttpResponse:
    cdr = cdr_or_404(cdr_id)
    try:
        latest = price_again(cdr=cdr, actor=actor_of(request), now=utc_now())
    except UnableToPriceAgain as error:
        messages.error(request, error.message)
        return redirect("billing:cdr", cdr.pk)
    if latest.pk == cdr.pk:
        messages.info(request, _("The price is still the same."))
    else:
        messages.success(request, _("There is a new version of this record."))
    return redirect("billing:cdr", latest.pk)
