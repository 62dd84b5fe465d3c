"""The editor of tariffs: a new one, a new version of one, and the preview beside both."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.policy import Permission, require
from common.clock import utc_now
from common.money import CURRENCIES
from tariffs.exceptions import UnableTo
from tariffs.forms.cards import Filled
from tariffs.forms.remarks import document_remarks, remarks_on
from tariffs.forms.rows import RowView
from tariffs.forms.saving import (
    CardsForm,
    DocumentForm,
    NewCardsForm,
    NewDocumentForm,
    document_text,
    ending_of,
    save_new,
    save_version,
)
from tariffs.forms.starts import start_filled
from tariffs.forms.tariff import TariffForm, as_typed, filled_for
from tariffs.models import Tariff
from tariffs.pricing.cards import Kind, terms_of
from tariffs.selectors import terms as kept
from tariffs.selectors.tariffs import latest_version
from tariffs.views.parts import crumbs, in_operators_zone, tariff_or_404, zone_of
from tariffs.views.preview import Preview, preview_of

_CHANGES_ROWS: Final = ("add_row", "remove_row")
# Parts of the editor that are folded while nothing stands in them.
_FOLDED: Final = {
    "energy": ("energy_vat", "energy_step"),
    "fee": ("fee_vat",),
    "time": ("time_cap_session", "time_cap_day", "time_step", "time_vat"),
    "idle": ("idle_step", "idle_vat"),
    "reserve": ("reserve_fee", "reserve_price", "reserve_lapsed", "reserve_step", "reserve_vat"),
    "total": ("min_net", "min_gross", "max_net", "max_gross"),
    "limit": ("limit_kwh", "limit_minutes", "limit_amount"),
}


def _is_document(request: TenantRequest) -> bool:
    return request.GET.get("mode") == "document"


def _currency(request: TenantRequest) -> str:
    typed = request.POST.get("currency", request.GET.get("currency", ""))
    return typed if typed in CURRENCIES else request.operator.currency


@require(Permission.TARIFFS_MANAGE)
@in_operators_zone
def add_tariff(request: TenantRequest) -> HttpResponse:
    currency = _currency(request)
    data = request.POST or None
    form: CardsForm | DocumentForm
    if _is_document(request):
        text = document_text(None, currency=currency)
        form = NewDocumentForm(
            data, currency=currency, initial={"currency": currency, "document": text}
        )
    else:
        filled = start_filled(request.GET.get("start", ""), currency=currency)
        initial = {"currency": currency, "tax_included": True}
        form = NewCardsForm(data, currency=currency, filled=filled, initial=initial)
    return _editor(request, form, None)


@require(Permission.TARIFFS_MANAGE)
@in_operators_zone
def add_version(request: TenantRequest, tariff_id: UUID) -> HttpResponse:
    tariff = tariff_or_404(tariff_id)
    if tariff.archived_at is not None:
        messages.error(request, _("It is archived. Restore it first."))
        return redirect("tariffs:tariff", tariff.pk)
    return _editor(request, _version_form(request, tariff), tariff)


def _version_form(request: TenantRequest, tariff: Tariff) -> CardsForm | DocumentForm:
    """With what the tariff says now, or will say first; as a document where cards cannot say it."""
    version = latest_version(tariff, at=utc_now())
    terms = kept.terms_of(version) if version else None
    filled = filled_for(terms) if terms else Filled()
    initial = ending_of(version, tariff.currency) if version else {}
    data = request.POST or None
    if filled is None or _is_document(request):
        initial["document"] = document_text(terms, currency=tariff.currency)
        return DocumentForm(data, currency=tariff.currency, initial=initial)
    form = CardsForm(data, currency=tariff.currency, filled=filled, initial=initial)
    form.origin = terms
    return form


def _editor(
    request: TenantRequest, form: CardsForm | DocumentForm, tariff: Tariff | None
) -> HttpResponse:
    if isinstance(form, CardsForm) and any(name in request.POST for name in _CHANGES_ROWS):
        form.change_rows(request.POST.get("add_row", ""))
    elif request.method == "POST" and form.is_valid():
        try:
            saved = _saved(request, form, tariff)
        except UnableTo as error:
            form.take(error)
        else:
            messages.success(request, _("The prices were saved."))
            return redirect("tariffs:tariff", saved.pk)
    return render(request, "tariffs/edit.html", _context(request, form, tariff))


def _saved(request: TenantRequest, form: CardsForm | DocumentForm, tariff: Tariff | None) -> Tariff:
    actor, now = actor_of(request), utc_now()
    if tariff is None:
        return save_new(form, operator=request.operator, actor=actor, now=now)
    return save_version(form, tariff=tariff, actor=actor, now=now)


def _context(
    request: TenantRequest, form: CardsForm | DocumentForm, tariff: Tariff | None
) -> dict[str, Any]:
    heading = _("New version of %s") % tariff.name if tariff else _("Add a tariff")
    cancel = reverse("tariffs:tariffs")
    if tariff is not None:
        cancel = reverse("tariffs:tariff", args=[tariff.pk])
    is_document = isinstance(form, DocumentForm)
    query = {"currency": form.money, **({"mode": "document"} if is_document else {})}
    context = {
        "form": form,
        "tariff": tariff,
        "other": _other_way(request, is_document=is_document),
        "heading": heading,
        "cancel_url": cancel,
        "preview_url": f"{reverse('tariffs:preview')}?{urlencode(query)}",
        "crumbs": crumbs(_("New version"), tariff=tariff) if tariff else crumbs(heading),
        "mode": "document" if is_document else "cards",
        "is_forced": is_document and not _is_document(request),
        "units": {"money": form.money, "kwh": f"{form.money}/kWh"},
        "opened": {name: _is_filled(form, fields) for name, fields in _FOLDED.items()},
        "preview": _preview_of_form(request, form),
    }
    return context | (_card_context(form) if isinstance(form, CardsForm) else {})


def _other_way(request: TenantRequest, *, is_document: bool) -> dict[str, Any] | None:
    """From cards to the document and back; none where cards cannot say it."""
    if is_document:
        label, icon = _("Edit with cards"), "adjustments"
        return (
            {"url": request.path, "label": label, "icon": icon} if _is_document(request) else None
        )
    return {"url": "?mode=document", "label": _("Edit as a document"), "icon": "code"}


def _is_filled(form: CardsForm | DocumentForm, names: tuple[str, ...]) -> bool:
    return any(
        form[name].value() not in (None, "") or form[name].errors
        for name in names
        if name in form.fields
    )


def _card_context(form: CardsForm) -> dict[str, Any]:
    blank = TariffForm(
        currency=form.money, filled=Filled(rows={kind: ["__key__"] for kind in Kind})
    )
    return {
        "kinds": {kind.value: form.rows(kind) for kind in Kind},
        "blank_rows": [RowView(blank, kind, "__key__") for kind in Kind],
        "follows_market": any(
            form[name].value() for name in form.fields if name.endswith("_market")
        ),
    }


def _preview_of_form(request: TenantRequest, form: CardsForm | DocumentForm) -> Preview:
    """Of what stands in the form, be it typed or prepared."""
    if isinstance(form, DocumentForm):
        data = form.data if form.is_bound else {"document": form["document"].value()}
        return _document_preview(request, data, form.money)
    data = request.POST if form.is_bound else as_typed(form.filled, currency=form.money)
    return _cards_preview(request, data, form.money)


def _cards_preview(request: TenantRequest, data: QueryDict, currency: str) -> Preview:
    form = TariffForm(data, currency=currency)
    remarks = remarks_on(form)
    zone = zone_of(request.operator)
    return preview_of(terms_of(form.cards), remarks=remarks, zone=zone, now=utc_now())


def _document_preview(request: TenantRequest, data: Any, currency: str) -> Preview:
    form = DocumentForm(data, currency=currency)
    terms, remarks = document_remarks(form)
    return preview_of(terms, remarks=remarks, zone=zone_of(request.operator), now=utc_now())


@require_POST
@require(Permission.TARIFFS_MANAGE)
@in_operators_zone
def preview(request: TenantRequest) -> HttpResponse:
    """What stands in the editor, told anew; nothing is stored."""
    show = _document_preview if _is_document(request) else _cards_preview
    shown = show(request, request.POST, _currency(request))
    return render(request, "tariffs/editor/_preview.html", {"preview": shown})
