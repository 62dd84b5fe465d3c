"""Configuration templates: the list, the editor, one template with its stations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.policy import Permission, require
from chargers.domain.templates import Step
from chargers.exceptions import UnableToSaveTemplate
from chargers.forms.templates import COMPARISONS, ItemRow, TemplateForm
from chargers.models import ConfigurationTemplate, Protocol, TemplateDrift
from chargers.ocpp.well_known import BY_ID, SETTINGS, Setting
from chargers.selectors import templates as selectors
from chargers.services.templates import saving as service
from chargers.views.parts import CountedPaginator, station_or_404
from chargers.views.stations import uuid_or_none
from common.clock import utc_now

PER_PAGE = 50
_SHOWN_ROLLOUTS = 6
_PROTOCOLS = dict(Protocol.choices)
_STEPS = dict(TemplateDrift.STEPS)


@dataclass(frozen=True, slots=True)
class WantedView:
    """A wanted value in words."""

    name: str
    value: str
    attribute: str
    comparison: Any
    setting: Setting | None


def wanted_views(items: list[dict[str, str]]) -> list[WantedView]:
    """Items of a template or a roll-out as people read them."""
    usual = {"attribute": "Actual", "comparison": "auto"}
    words = {key.value: text for key, text in COMPARISONS.items()}
    return [
        WantedView(
            name=each["name"],
            value=each["value"],
            attribute="" if each["attribute"] == usual["attribute"] else each["attribute"],
            comparison=""
            if each["comparison"] == usual["comparison"]
            else words.get(each["comparison"], each["comparison"]),
            setting=BY_ID.get(each["name"]),
        )
        for each in items
    ]


def conditions_of(template: ConfigurationTemplate) -> list[str]:
    """Which stations it is for, in words; its places are prefetched."""
    make = " ".join(part for part in (template.vendor, template.model, template.firmware) if part)
    places = [place.location.name for place in template.places.all()]
    named = ", ".join(places[:3]) + (" …" if len(places) > 3 else "")
    protocol = _PROTOCOLS.get(template.protocol, "") if template.protocol else ""
    return [part for part in (make, named, protocol) if part]


@require(Permission.STATIONS_VIEW)
def template_list(request: HttpRequest) -> HttpResponse:
    found = selectors.templates_with_counts()
    paginator = Paginator(found, PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "rows": [
            {
                "template": template,
                "conditions": conditions_of(template),
                "counts": [
                    {"step": step, "label": _STEPS[step], "count": counts[step]}
                    for step in _STEPS
                    if counts.get(step)
                ],
                "stations": sum(counts.values()),
            }
            for template, counts in page.object_list
        ],
        "total": len(found),
        "page": page,
        "page_range": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
    }
    return render(request, "chargers/templates/list.html", context)


def _template_or_404(template_id: UUID) -> ConfigurationTemplate:
    rows = ConfigurationTemplate.objects.select_related("operator")
    return get_object_or_404(rows.prefetch_related("places__location"), pk=template_id)


@require(Permission.STATIONS_VIEW)
def template_page(request: HttpRequest, template_id: UUID) -> HttpResponse:
    template = _template_or_404(template_id)
    step = request.GET.get("step", "")
    step = step if step in _STEPS else ""
    search = request.GET.get("q", "")[:200].strip()
    counts = selectors.step_counts(template)
    rows = selectors.filtered(selectors.drifts_of(template), step=step, search=search)
    total = sum(counts.values())
    known = counts.get(step, 0) if step else total
    paginator = CountedPaginator(
        rows.order_by("station__name", "id"), PER_PAGE, count=rows.count() if search else known
    )
    page = paginator.get_page(request.GET.get("page"))
    behind = counts.get(Step.DIFFERS, 0) + counts.get(Step.NOT_READ, 0)
    context = {
        "template": template,
        "conditions": conditions_of(template),
        "wanted": wanted_views(template.items),
        "chips": _chips(counts, step, search),
        "step": step,
        "q": search,
        "total": total,
        "behind": behind,
        "drifts": page.object_list,
        "page": page,
        "page_range": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "rollouts": selectors.rollouts_of(template)[:_SHOWN_ROLLOUTS],
        "crumbs": crumbs(template.name),
    }
    return render(request, "chargers/templates/page.html", context)


def crumbs(*labels: str, template: ConfigurationTemplate | None = None) -> list[dict[str, Any]]:
    """The way to a page below a template, or below the list."""
    found: list[dict[str, Any]] = [
        {
            "label": _("Configuration templates"),
            "url": reverse("chargers:configuration_templates"),
        }
    ]
    if template is not None:
        address = reverse("chargers:configuration_template", args=[template.pk])
        found.append({"label": template.name, "url": address})
    return found + [{"label": label} for label in labels]


def _chips(counts: dict[str, int], active: str, search: str) -> list[dict[str, Any]]:
    kept = {"q": search} if search else {}
    return [
        {
            "label": _STEPS[step] if step else _("All"),
            "count": counts.get(step, 0) if step else sum(counts.values()),
            "active": step == active,
            "url": f"?{urlencode({**kept, 'step': step} if step else kept)}",
        }
        for step in ("", *_STEPS)
    ]


@require(Permission.STATIONS_MANAGE)
def add_template(request: TenantRequest) -> HttpResponse:
    station_id = uuid_or_none(request.GET.get("station", ""))
    initial: dict[str, Any] = {}
    items: list[dict[str, str]] = []
    if station_id is not None:
        station = station_or_404(station_id)
        items = service.present_values(station)
        initial = {
            "name": _("As %s") % station.name,
            "vendor": station.vendor,
            "model": station.model,
        }
    form = TemplateForm(
        request.POST or None,
        operator=request.operator,
        template=None,
        items=items,
        initial=initial,
    )
    return _editor(request, form, None)


@require(Permission.STATIONS_MANAGE)
def edit_template(request: TenantRequest, template_id: UUID) -> HttpResponse:
    template = _template_or_404(template_id)
    form = TemplateForm(
        request.POST or None,
        operator=request.operator,
        template=template,
        items=template.items,
        initial=selectors.values_of(template),
    )
    return _editor(request, form, template)


def _editor(
    request: HttpRequest, form: TemplateForm, template: ConfigurationTemplate | None
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            saved = form.save(actor=actor_of(request), now=utc_now())
        except UnableToSaveTemplate as error:
            form.take(error)
        else:
            messages.success(request, _("Saved. Nothing was sent to any station yet."))
            return redirect("chargers:configuration_template", saved.pk)
    heading = template.name if template else _("Add a template")
    cancel = reverse("chargers:configuration_templates")
    if template is not None:
        cancel = reverse("chargers:configuration_template", args=[template.pk])
    context = {
        "form": form,
        "template": template,
        "heading": heading,
        "cancel_url": cancel,
        "crumbs": crumbs(_("Edit"), template=template) if template else crumbs(heading),
        "well_known": SETTINGS,
    }
    return render(request, "chargers/templates/edit.html", context)


@require(Permission.STATIONS_MANAGE)
def template_names(request: HttpRequest) -> HttpResponse:
    """Settings to choose from: those that every version has, and what stations have told."""
    search = request.GET.get("q", "")[:100].strip()
    words = search.casefold().split()
    settings = [
        setting
        for setting in SETTINGS
        if all(word in f"{setting.id} {setting.label} {setting.help}".casefold() for word in words)
    ]
    context = {
        "q": search,
        "settings": settings,
        "names": selectors.known_names(search) if search else [],
    }
    return render(request, "chargers/templates/_names.html", context)


@require(Permission.STATIONS_MANAGE)
def template_row(request: HttpRequest) -> HttpResponse:
    """One more row of the editor; nothing at all takes a row away."""
    if request.GET.get("remove"):
        return HttpResponse("")
    row = ItemRow(name=request.GET.get("name", "")[:255].replace("\x00", ""))
    context = {"row": row, "is_new": True}
    return render(request, "chargers/templates/_row.html", context)


@require_POST
@require(Permission.STATIONS_MANAGE)
def delete_template(request: HttpRequest, template_id: UUID) -> HttpResponse:
    template = _template_or_404(template_id)
    service.delete_template(template=template, actor=actor_of(request), now=utc_now())
    messages.success(request, _("The template was deleted. Stations keep what they are set to."))
    return redirect("chargers:configuration_templates")
