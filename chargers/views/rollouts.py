"""A template sent out: what would change, progress, results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import actor_of
from accounts.policy import Permission, require
from chargers.domain.rollouts import FAILED, UNDER_WAY, ItemResult, RolloutState
from chargers.domain.templates import Step
from chargers.exceptions import UnableToRollOut
from chargers.forms.templates import ApplyForm
from chargers.models import ConfigurationRollout, ConfigurationTemplate, RolloutStation
from chargers.ocpp.well_known import BY_ID
from chargers.selectors import templates as selectors
from chargers.services.templates import rollouts as service
from chargers.views.parts import CountedPaginator
from chargers.views.stations import uuid_or_none
from chargers.views.templates import crumbs, wanted_views
from common.clock import utc_now

PER_PAGE = 50
_PREVIEWED = 25
_MOST_CHOSEN = 1000
_STATES = dict(RolloutStation.STATES)
_RESULTS = {
    ItemResult.SENT: lazy("sent"),
    ItemResult.TAKEN: lazy("taken"),
    ItemResult.REBOOT: lazy("after a restart"),
    ItemResult.APPLIED: lazy("applied"),
    ItemResult.IN_STEP: lazy("was in step"),
    ItemResult.REJECTED: lazy("rejected"),
    ItemResult.NOT_KEPT: lazy("not kept"),
    ItemResult.UNVERIFIED: lazy("set, not read back"),
    ItemResult.TIMED_OUT: lazy("no answer"),
    ItemResult.READ_ONLY: lazy("read-only"),
    ItemResult.UNKNOWN: lazy("not there"),
    ItemResult.UNFIT: lazy("does not fit"),
}
_QUIET = (ItemResult.IN_STEP, ItemResult.APPLIED)


@require(Permission.STATIONS_COMMAND)
@require_http_methods(["GET", "POST"])
def apply_template(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """What would change where; with POST it is begun. `station` chooses some, else it is all."""
    rows = ConfigurationTemplate.objects.select_related("operator")
    template = get_object_or_404(rows, pk=template_id)
    chosen = _chosen(request)
    form = ApplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            rollout = form.save(
                template=template,
                station_ids=chosen,
                actor=actor_of(request),
                now=utc_now(),
            )
        except UnableToRollOut as error:
            form.take(error)
        else:
            return redirect("chargers:rollout", rollout.pk)
    behind = service.candidates(template, chosen).filter(step__in=(Step.DIFFERS, Step.NOT_READ))
    shown = behind.select_related("station", "station__location").order_by("station__name", "id")
    context = {
        "template": template,
        "form": form,
        "preview": service.preview(template=template, station_ids=chosen),
        "chosen": chosen or [],
        "shown": shown[:_PREVIEWED],
        "wanted": wanted_views(template.items),
        "crumbs": crumbs(_("Apply"), template=template),
    }
    return render(request, "chargers/templates/apply.html", context)


def _chosen(request: HttpRequest) -> list[UUID] | None:
    """Stations that are named; None for all of them. A name that cannot be read means none."""
    told = request.POST if request.method == "POST" else request.GET
    named = [uuid_or_none(text) for text in told.getlist("station")[:_MOST_CHOSEN]]
    found = [key for key in named if key is not None]
    if len(found) < len(named):
        raise Http404
    return found or None


@dataclass(frozen=True, slots=True)
class ResultView:
    """One value of a station that is worth telling."""

    name: str
    words: Any
    want: str
    have: str
    word: str
    is_bad: bool
    was_tried: bool


def _result_views(row: RolloutStation) -> list[ResultView]:
    told = []
    for each in row.results:
        result = ItemResult(each["result"])
        setting = BY_ID.get(each["name"])
        told.append(
            ResultView(
                name=str(setting.label) if setting else each["own"] or each["name"],
                words=_RESULTS[result],
                want=each["want"],
                have=each.get("have", ""),
                word=each.get("word", "") if result not in _QUIET else "",
                is_bad=result not in (*_QUIET, ItemResult.SENT, ItemResult.TAKEN),
                was_tried=result is not ItemResult.UNKNOWN,
            )
        )
    return told


@require(Permission.STATIONS_VIEW)
def rollout_page(request: HttpRequest, rollout_id: UUID) -> HttpResponse:
    rows = ConfigurationRollout.objects.select_related(
        "template", "requested_by", "requested_by_key"
    )
    rollout = get_object_or_404(rows, pk=rollout_id)
    state = request.GET.get("state", "")
    state = state if state in _STATES else ""
    counts = service.counts_of(rollout)
    total = sum(counts.values())
    paginator = CountedPaginator(
        selectors.rollout_stations(rollout, state),
        PER_PAGE,
        count=counts.get(state, 0) if state else total,
    )
    page = paginator.get_page(request.GET.get("page"))
    done = total - sum(counts.get(each.value, 0) for each in UNDER_WAY)
    context = {
        "rollout": rollout,
        "total": total,
        "done": done,
        "percent": 100 * done // max(total, 1),
        "failed": sum(counts.get(each.value, 0) for each in FAILED),
        "waiting": counts.get(RolloutState.WAITING.value, 0),
        "applied": counts.get(RolloutState.APPLIED.value, 0),
        "chips": _chips(counts, state),
        "rows": [{"row": row, "results": _result_views(row)} for row in page.object_list],
        "page": page,
        "page_range": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "wanted": wanted_views(rollout.items),
        "who": rollout.requested_by or rollout.requested_by_key or _("System"),
        "refresh_url": request.get_full_path(),
        "crumbs": crumbs(_("Roll-out"), template=rollout.template),
    }
    is_part = request.headers.get("HX-Request") == "true"
    part = "_progress" if is_part and rollout.is_open else "rollout"
    response = render(request, f"chargers/templates/{part}.html", context)
    if is_part and not rollout.is_open:
        response["HX-Refresh"] = "true"
    return response


def _chips(counts: dict[str, int], active: str) -> list[dict[str, Any]]:
    total = sum(counts.values())
    chips = [{"label": _("All"), "count": total, "url": "?", "active": not active}]
    chips += [
        {
            "label": label,
            "count": counts[state],
            "url": f"?state={state}",
            "active": state == active,
        }
        for state, label in _STATES.items()
        if counts.get(state)
    ]
    return chips


def _rollout_or_404(rollout_id: UUID) -> ConfigurationRollout:
    return get_object_or_404(ConfigurationRollout.objects.all(), pk=rollout_id)


@require_POST
@require(Permission.STATIONS_COMMAND)
def cancel_rollout(request: HttpRequest, rollout_id: UUID) -> HttpResponse:
    rollout = _rollout_or_404(rollout_id)
    try:
        service.cancel_rollout(rollout=rollout, actor=actor_of(request), now=utc_now())
    except UnableToRollOut as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("No further station is started."))
    return redirect("chargers:rollout", rollout.pk)


@require_POST
@require(Permission.STATIONS_COMMAND)
def retry_rollout(request: HttpRequest, rollout_id: UUID) -> HttpResponse:
    rollout = _rollout_or_404(rollout_id)
    try:
        service.retry_failed(rollout=rollout, actor=actor_of(request), now=utc_now())
    except UnableToRollOut as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The stations that failed are tried again."))
    return redirect("chargers:rollout", rollout.pk)
