"""The dialog of one cell of the matrix: what is set there, and setting it anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.policy import Permission, require
from chargers.views.stations import uuid_or_none
from common.clock import utc_now
from common.forms import add_errors
from tariffs.exceptions import UnableToAssignTariff
from tariffs.forms.cells import ABOVE, DENIED, TARIFF, CellForm
from tariffs.models import TariffAssignment, TariffGroup
from tariffs.selectors.matrix import Cell, cells_of
from tariffs.selectors.places import Row
from tariffs.services.assignments import remove
from tariffs.services.clearing import own_assignments
from tariffs.views.cells import cell_view, instant, place_name, tariff_name
from tariffs.views.places import row_or_404


@require(Permission.TARIFFS_MANAGE)
def cell(request: TenantRequest) -> HttpResponse:
    row = row_or_404(request.GET.get("place", ""))
    group_id = uuid_or_none(request.GET.get("group", ""))
    group = get_object_or_404(TariffGroup, pk=group_id) if group_id else None
    if group is None:
        raise Http404
    now = utc_now()
    (found,) = cells_of([row], groups=[group], now=now)[row.key]
    form = CellForm(request.POST or None, row=row, group=group, initial=_initial(found))
    if request.method == "POST" and form.is_valid():
        try:
            form.save(operator=request.operator, actor=actor_of(request), now=now)
        except UnableToAssignTariff as error:
            add_errors(form, error)
        else:
            return _done(request, _("Saved. Sessions that start from then on pay it."))
    return _shown(request, form, found, now)


def _initial(found: Cell) -> dict[str, Any]:
    """What counts now is chosen already."""
    assignment = found.entries[0].assignment
    if assignment is None:
        return {"what": TARIFF}
    if not found.entries[0].is_own:
        return {"what": TARIFF, "tariff": assignment.tariff_id}
    what = TARIFF if assignment.tariff_id else DENIED
    return {
        "what": what,
        "tariff": assignment.tariff_id,
        "current_type": assignment.current_type or "both",
    }


def _shown(request: TenantRequest, form: CellForm, found: Cell, now: datetime) -> HttpResponse:
    in_dialog = request.headers.get("HX-Request") == "true"
    own = own_assignments(found.group, found.row.key, now)
    heading = _("%(group)s at %(place)s") % {
        "group": found.group.name,
        "place": _("the whole network") if not found.row.name else _path(found.row),
    }
    context = {
        "form": form,
        "cell": cell_view(found),
        "heading": heading,
        "own": [_own_view(each, now) for each in own],
        "action": request.get_full_path(),
        "in_dialog": in_dialog,
        "above_value": ABOVE,
        "tariff_value": TARIFF,
        "crumbs": [
            {"label": _("Prices by place"), "url": reverse("tariffs:matrix")},
            {"label": heading},
        ],
    }
    return render(request, f"tariffs/matrix/{'_cell_form' if in_dialog else 'cell'}.html", context)


def _path(row: Row) -> str:
    return f"{place_name(row)} ({row.sub})" if row.sub else place_name(row)


def _own_view(row: TariffAssignment, now: datetime) -> dict[str, Any]:
    start, end = row.valid_from, row.valid_until
    words = []
    if start is not None:
        words.append((_("since %s") if start <= now else _("from %s")) % instant(start))
    if end is not None:
        words.append(_("until %s") % instant(end))
    return {
        "id": row.pk,
        "name": tariff_name(row),
        "current_type": row.current_type,
        "when": ", ".join(words) or _("always"),
        "is_denied": row.tariff_id is None,
        "is_later": start is not None and start > now,
    }


def _done(request: TenantRequest, text: str) -> HttpResponse:
    """The dialog closes and the table reads itself anew; without a script, the table's page."""
    if request.headers.get("HX-Request") != "true":
        messages.success(request, text)
        return redirect("tariffs:matrix")
    response = render(request, "tariffs/matrix/_cell_saved.html", {"text": text})
    response.headers["HX-Trigger"] = "matrix-changed"
    return response


@require_POST
@require(Permission.TARIFFS_MANAGE)
def remove_assignment(request: TenantRequest, assignment_id: UUID) -> HttpResponse:
    row = get_object_or_404(TariffAssignment, pk=assignment_id)
    remove(assignment=row, actor=actor_of(request), now=utc_now())
    return _done(request, _("Removed. What is above counts from now on."))
