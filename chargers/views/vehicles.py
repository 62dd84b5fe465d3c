"""A vehicle that charged as a stranger becomes a driver's (Autocharge)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.exceptions import UnableToManageToken
from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.policy import Permission, require
from accounts.vehicles import vehicle_of
from chargers.forms.vehicles import VehicleForm
from chargers.models import Transaction
from common.clock import utc_now


def stranger_of(tx: Transaction) -> str:
    """The address of a vehicle that nobody knew when the session began, "" for anything else."""
    if tx.id_token_id is not None:
        return ""
    return vehicle_of(tx.id_token_uid, tx.id_token_type) or ""


@require(Permission.DRIVERS_MANAGE)
@require_http_methods(["GET", "POST"])
def bind_vehicle(request: TenantRequest, transaction_id: UUID) -> HttpResponse:
    tx = get_object_or_404(Transaction, pk=transaction_id)
    mac = stranger_of(tx)
    if not mac:
        raise Http404
    form = VehicleForm(request.POST or None, mac=mac)
    if request.method == "POST" and form.is_valid():
        try:
            token = form.save(operator=request.operator, actor=actor_of(request), now=utc_now())
        except UnableToManageToken as error:
            form.take(error)
        else:
            messages.success(request, _("%s is recognised from now on.") % token)
            return redirect("accounts:driver", token.driver_id)
    context = {
        "form": form,
        "title": _("Vehicle %s") % mac,
        "submit": _("Bind to this driver"),
        "cancel_url": reverse("chargers:transaction", args=[tx.pk]),
        "crumbs": [
            {"label": _("Sessions"), "url": reverse("chargers:transactions")},
            {"label": tx.station_ref, "url": reverse("chargers:transaction", args=[tx.pk])},
            {"label": _("Vehicle")},
        ],
    }
    return render(request, "accounts/form_page.html", context)
