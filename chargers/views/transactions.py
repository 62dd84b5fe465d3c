"""Sessions: the list and the page of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.policy import Permission, granted, require
from chargers import selectors
from chargers.exceptions import UnableToReview
from chargers.forms.transactions import SessionFilterForm
from chargers.models import Transaction, TransactionState
from chargers.selectors import TransactionFilters
from chargers.selectors.badges import badges
from chargers.selectors.commands import commands_of_transaction
from chargers.selectors.hardware import hardware_of
from chargers.selectors.session_frames import frames_of_transaction
from chargers.services.transactions.review import finish_review
from chargers.views.events import CURVE_EVENT, curve_data, timeline_items
from chargers.views.parts import command_views, panels
from chargers.views.session_page import figures, session_facts, three_times
from chargers.views.sessions import (
    SessionRow,
    cursor_of,
    cursor_text,
    oddity_words,
    session_rows,
)
from chargers.views.signed_values import signed_panel
from chargers.views.station import pager
from chargers.views.vehicles import stranger_of
from common.clock import utc_now
from common.csv_export import Row, csv_response
from common.tenancy import current_scope

PER_PAGE = 50
CSV_PAGE = 1000
_CHIPS: tuple[tuple[dict[str, str], str], ...] = (
    ({}, "All"),
    ({"state": TransactionState.ACTIVE.value}, "Running"),
    ({"state": TransactionState.ENDED.value}, "Ended"),
    ({"state": TransactionState.PROVISIONAL.value}, "Ended by rule"),
    ({"review": "on"}, "Needs review"),
)


def transaction_or_404(transaction_id: UUID) -> Transaction:
    """The session with its parts; another operator's is as good as none."""
    rows = selectors.transactions_with_parts(Transaction.objects.all())
    return get_object_or_404(rows, pk=transaction_id)


@require(Permission.TRANSACTIONS_VIEW)
def transaction_list(request: TenantRequest) -> HttpResponse:
    form = SessionFilterForm(request.GET)
    filters = form.filters(request.operator.time_zone)
    page = selectors.transaction_page(
        filters=filters, after=cursor_of(request.GET.get("cursor", "")), limit=PER_PAGE
    )
    rows = session_rows(page.rows)
    context: dict[str, Any] = {
        "form": form,
        "rows": rows,
        "filtered": filters != TransactionFilters(),
        "active": badges().active_transactions,
        "chips": _chips(request),
        "kept": _kept(request),
        "live_url": live_list_url(rows),
    }
    context |= pager(request, cursor_text(page.following), "cursor")
    return render(request, "chargers/transactions.html", context)


def live_list_url(rows: list[SessionRow]) -> str:
    """The stream that keeps the running sessions of a list fresh."""
    ids = ",".join(str(row.transaction.pk) for row in rows if row.transaction.is_active)
    return f"{reverse('chargers:live_transactions')}?ids={ids}" if ids else ""


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """Filters without a control of their own in the form."""
    names = ("state", "review", "station", "driver")
    return [(name, request.GET[name]) for name in names if request.GET.get(name)]


def _chips(request: HttpRequest) -> list[dict[str, Any]]:
    other = {
        name: value
        for name, value in request.GET.dict().items()
        if name not in {"state", "review", "cursor"} and value
    }
    chosen = {name: request.GET[name] for name in ("state", "review") if request.GET.get(name)}
    return [
        {
            "label": _(label),
            "active": chosen == wanted,
            "url": f"?{urlencode({**other, **wanted})}" if other or wanted else request.path,
        }
        for wanted, label in _CHIPS
    ]


@require(Permission.TRANSACTIONS_VIEW)
def transactions_csv(request: TenantRequest) -> StreamingHttpResponse:
    filters = SessionFilterForm(request.GET).filters(request.operator.time_zone)
    with_driver = Permission.DRIVERS_VIEW in granted(request)
    header = (
        "Reference,Started,Ended,State,Station,Code,EVSE,Location,Token,Driver,Energy Wh,"
        "Meter start Wh,Meter stop Wh,Peak W,Stop reason,Needs review"
    )
    return csv_response(
        filename="transactions.csv",
        header=header.split(","),
        pages=lambda: _csv_pages(filters, with_driver=with_driver),
        scope=current_scope(),
    )


def _csv_pages(filters: TransactionFilters, *, with_driver: bool) -> Iterator[list[Row]]:
    after = None
    while True:
        page = selectors.transaction_page(filters=filters, after=after, limit=CSV_PAGE)
        yield [_csv_row(tx, with_driver=with_driver) for tx in page.rows]
        after = page.following
        if after is None:
            return


def _csv_row(tx: Transaction, *, with_driver: bool) -> Row:
    return (
        tx.station_ref,
        tx.started_at.isoformat(),
        tx.ended_at.isoformat() if tx.ended_at else "",
        tx.state,
        tx.station.name,
        tx.station.code,
        tx.evse.number if tx.evse else "",
        tx.location.name,
        tx.id_token_uid,
        str(tx.driver) if tx.driver and with_driver else "",
        tx.energy_wh,
        tx.meter_start_wh,
        tx.meter_stop_wh,
        tx.max_power_w,
        tx.stop_reason,
        "yes" if tx.needs_review else "no",
    )


@require(Permission.TRANSACTIONS_VIEW)
def transaction_page(request: HttpRequest, transaction_id: UUID) -> HttpResponse:
    tx = transaction_or_404(transaction_id)
    may_see = granted(request)
    context: dict[str, Any] = {
        "transaction": tx,
        "row": SessionRow(tx),
        "figures": figures(tx, utc_now()),
        "facts": session_facts(
            tx, hardware=hardware_of(tx), with_driver=Permission.DRIVERS_VIEW in may_see
        ),
        "times": three_times(tx),
        "warnings": oddity_words(tx.warnings),
        "curve": curve_data(tx, selectors.power_curve(tx)),
        "curve_event": CURVE_EVENT if tx.is_active else "",
        "legend": [{"label": _("Power")}, {"label": _("Battery"), "colour": "var(--series-2)"}],
        "frames": frames_of_transaction(tx) if Permission.LOGS_VIEW in may_see else [],
        "events": timeline_items(selectors.timeline(subject_id=tx.pk, limit=30)),
        "commands": command_views(commands_of_transaction(tx.pk)),
        "vehicle": stranger_of(tx),
        "panels": panels(request, "transaction_page", tx.pk),
        "crumbs": [
            {"label": _("Sessions"), "url": reverse("chargers:transactions")},
            {"label": tx.station_ref},
        ],
    }
    context |= signed_panel(request, tx)
    if tx.is_active:
        context["live_url"] = reverse("chargers:live_transaction", args=[tx.pk])
    return render(request, "chargers/transaction/page.html", context)


@require_POST
@require(Permission.TRANSACTIONS_MANAGE)
def review_transaction(request: HttpRequest, transaction_id: UUID) -> HttpResponse:
    tx = transaction_or_404(transaction_id)
    note = request.POST.get("note", "").replace("\x00", "").strip()[:500]
    try:
        finish_review(transaction=tx, note=note, actor=actor_of(request), now=utc_now())
    except UnableToReview as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The session is reviewed."))
    return redirect("chargers:transaction", tx.pk)
