"""Reservations: the list of all, and giving an EVSE free."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.policy import Permission, require
from chargers.exceptions import UnableToCommand
from chargers.models import Reservation
from chargers.selectors.reservations import reservations
from chargers.services.reservations.booking import cancel_reservation
from common.clock import utc_now
from common.http import chip, page_of


@require(Permission.STATIONS_VIEW)
@require_GET
def reservation_list(request: TenantRequest) -> HttpResponse:
    wanted = request.GET
    rows = reservations(text=wanted.get("q", "")[:100], state=wanted.get("state", ""))
    _page, context = page_of(request, rows, order=("-id",))
    context["chips"] = [
        chip(request, _("All"), "state", None),
        chip(request, _("Open"), "state", "open"),
        chip(request, _("Used"), "state", "used"),
        chip(request, _("Ended unused"), "state", "ended"),
        chip(request, _("Refused"), "state", "refused"),
    ]
    return render(request, "chargers/reservations.html", context)


@require_POST
@require(Permission.STATIONS_COMMAND)
def cancel(request: TenantRequest, reservation_id: UUID) -> HttpResponse:
    rows = Reservation.objects.select_related("station__operator")
    row = get_object_or_404(rows, pk=reservation_id)
    try:
        cancel_reservation(reservation=row, actor=actor_of(request), now=utc_now())
    except UnableToCommand as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The station is asked to give the place free."))
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return redirect(back)
    return redirect("chargers:reservations")
