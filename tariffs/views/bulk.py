"""Assigning a tariff to many places: a form, what it would change, and doing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.policy import Permission, require
from common.clock import utc_now
from common.formats import number
from common.forms import add_errors
from tariffs.exceptions import UnableToAssignTariff
from tariffs.forms.bulk import BulkForm
from tariffs.models import TariffAssignment
from tariffs.selectors.place_search import names_of
from tariffs.selectors.places import PlaceKey
from tariffs.selectors.resolution import place_of
from tariffs.services.assignments import Assigned
from tariffs.views.cells import tariff_name

_EXAMPLES = 8
_WARNINGS = 5


@require(Permission.TARIFFS_MANAGE)
def assign(request: TenantRequest) -> HttpResponse:
    """GET with values shows what would change; POST with the same does it."""
    values = request.POST if request.method == "POST" else request.GET
    form = BulkForm(values if "level" in values else None, operator=request.operator)
    found: Assigned | None = None
    if form.is_valid():
        try:
            found = form.assign(
                dry_run=request.method != "POST", actor=actor_of(request), now=utc_now()
            )
        except UnableToAssignTariff as error:
            add_errors(form, error)
    if found is not None and request.method == "POST":
        messages.success(request, _result(found))
        return redirect("tariffs:matrix")
    context = {
        "form": form,
        "preview": _preview(found) if found else None,
        "chosen": form.chosen() if found else (),
        "crumbs": [
            {"label": _("Prices by place"), "url": reverse("tariffs:matrix")},
            {"label": _("Assign to many")},
        ],
    }
    in_part = request.headers.get("HX-Request") == "true"
    return render(request, f"tariffs/bulk/{'_preview' if in_part else 'page'}.html", context)


def _result(found: Assigned) -> str:
    """What was done, in a sentence."""
    text = ngettext("%s price was set.", "%s prices were set.", len(found.created))
    words = [text % number(len(found.created))]
    if found.replaced:
        gave_way = ngettext("%s gave way.", "%s gave way.", len(found.replaced))
        words.append(gave_way % number(len(found.replaced)))
    if found.unchanged:
        same = ngettext("%s was so already.", "%s were so already.", found.unchanged)
        words.append(same % number(found.unchanged))
    return " ".join(words)


def _preview(found: Assigned) -> dict[str, Any]:
    return {
        "created": len(found.created),
        "replaced": len(found.replaced),
        "unchanged": found.unchanged,
        "places": len({place_of(row) for row in found.rows}),
        "examples": _examples(found),
        "more": max(0, len(found.created) - _EXAMPLES),
        "warnings": [str(warning) for warning in found.warnings[:_WARNINGS]],
        "more_warnings": max(0, len(found.warnings) - _WARNINGS),
    }


def _examples(found: Assigned) -> list[dict[str, Any]]:
    """The first few cells that change, those that have a price of their own first."""
    before = {_cell(one.row): one.row for one in found.replaced}
    rows = sorted(found.created, key=lambda row: _cell(row) not in before)[:_EXAMPLES]
    names = names_of(rows)
    return [
        {
            "place": names.get(PlaceKey(*place_of(row)), _("The whole network")),
            "group": row.group.name,
            "before": tariff_name(before[_cell(row)]) if _cell(row) in before else "",
            "after": tariff_name(row),
            "current_type": row.current_type,
        }
        for row in rows
    ]


def _cell(row: TariffAssignment) -> tuple[Any, ...]:
    return row.group_id, *place_of(row)
