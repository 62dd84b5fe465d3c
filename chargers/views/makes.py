"""Makes and quirks: what stands in the network, what is special about it, an operator's rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.policy import Permission, require
from chargers.domain.quirks import Rule
from chargers.exceptions import UnableToSaveQuirkRule
from chargers.forms.quirk_words import FIELD_WORDS, kind_words, said, value_words
from chargers.forms.quirks import PATTERNS, QuirkRuleForm, initial_of
from chargers.models import QuirkRule
from chargers.selectors import makes as selectors
from chargers.services import quirks as service
from common.clock import utc_now

PER_PAGE = 50
_PREVIEWED = 20


@require(Permission.STATIONS_VIEW)
def make_list(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("q", "")[:200].strip()
    found = selectors.makes(search)
    paginator = Paginator(found, PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "q": search,
        "total": len(found),
        "rows": [_row(make) for make in page.object_list],
        "rules": [_rule_row(rule) for rule in selectors.own_rules()],
        "page": page,
        "page_range": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
    }
    return render(request, "chargers/makes.html", context)


def _row(make: selectors.KnownMake) -> dict[str, Any]:
    query = urlencode({"vendor": make.vendor, "model": make.model})
    return {
        "make": make,
        "url": f"{reverse('chargers:make')}?{query}",
        "firmwares": len([item for item in make.firmwares if item.make.firmware]),
        "special": [said(name, value) for name, (value, _rule) in make.special.items()],
    }


def _rule_row(rule: QuirkRule) -> dict[str, Any]:
    sets = rule.as_rule().sets
    return {"rule": rule, "special": [said(name, value) for name, value in sets.items()]}


@require(Permission.STATIONS_VIEW)
def make_page(request: HttpRequest) -> HttpResponse:
    vendor, model = request.GET.get("vendor", "")[:50], request.GET.get("model", "")[:50]
    make = selectors.make_of(vendor, model)
    if make is None:
        raise Http404
    name = f"{vendor} {model}".strip() or _("Not said yet")
    context = {
        "make": make,
        "name": name,
        "stations_url": f"{reverse('chargers:stations')}?{urlencode({'q': model or vendor})}",
        "add_url": f"{reverse('chargers:add_quirk_rule')}?"
        f"{urlencode({'vendor': vendor, 'model': model})}",
        "firmwares": [
            {"firmware": item, "special": special_rows(item.resolved.rules, item.resolved.quirks)}
            for item in make.firmwares
        ],
        "forgiven": forgiven_rows(selectors.forgiven_to_make(vendor, model)),
        "crumbs": _crumbs(name),
    }
    return render(request, "chargers/make.html", context)


def special_rows(rules: dict[str, Rule] | Any, quirks: Any) -> list[dict[str, Any]]:
    """Each special field: what it means, and who says so."""
    return [
        {
            "label": FIELD_WORDS[name].label,
            "value": value_words(getattr(quirks, name)),
            "own": rule.is_own,
            "source": rule.source,
            "url": reverse("chargers:quirk_rule", args=[rule.key]) if rule.is_own else "",
        }
        for name, rule in rules.items()
    ]


def forgiven_rows(kinds: Iterable[selectors.ForgivenKind]) -> list[dict[str, Any]]:
    """Forgiven faults in plain words, with the search that finds the last example."""
    return [
        {
            "words": kind_words(kind.kind),
            "action": kind.action or _("any message"),
            "kind": kind,
            "detail": kind.example.detail if kind.example else "",
            "search": urlencode({"q": kind.example.message_id})
            if kind.example and kind.example.message_id
            else "",
        }
        for kind in kinds
    ]


def _crumbs(label: str) -> list[dict[str, Any]]:
    return [{"label": _("Makes and quirks"), "url": reverse("chargers:makes")}, {"label": label}]


@require(Permission.STATIONS_MANAGE)
def add_quirk_rule(request: TenantRequest) -> HttpResponse:
    wanted = {name: request.GET.get(name, "")[:50] for name in PATTERNS}
    return _rule_form(request, None, wanted)


@require(Permission.STATIONS_MANAGE)
def quirk_rule(request: TenantRequest, rule_id: UUID) -> HttpResponse:
    rule = get_object_or_404(QuirkRule, pk=rule_id)
    return _rule_form(request, rule, initial_of(rule))


def _rule_form(
    request: TenantRequest, rule: QuirkRule | None, initial: dict[str, Any]
) -> HttpResponse:
    form = QuirkRuleForm(
        request.POST or None, operator=request.operator, rule=rule, initial=initial
    )
    preview = None
    if request.method == "POST" and form.is_valid():
        if "preview" in request.POST:
            preview = _preview(form.as_rule())
        elif _save(request, form):
            return redirect("chargers:makes")
    elif rule is not None and request.method != "POST":
        preview = _preview(rule.as_rule())
    heading = str(rule) if rule is not None else _("Add a rule")
    context = {
        "form": form,
        "rule": rule,
        "preview": preview,
        "heading": heading,
        "cancel_url": reverse("chargers:makes"),
        "crumbs": _crumbs(heading),
    }
    return render(request, "chargers/quirk_rule.html", context)


def _save(request: TenantRequest, form: QuirkRuleForm) -> bool:
    try:
        form.save(actor=actor_of(request), now=utc_now())
    except UnableToSaveQuirkRule as error:
        form.take(error)
        return False
    messages.success(request, _("The rule holds from now on."))
    return True


def _preview(rule: Rule) -> dict[str, Any]:
    stations = selectors.stations_of_rule(rule)
    return {"count": stations.count(), "stations": stations[:_PREVIEWED]}


@require_POST
@require(Permission.STATIONS_MANAGE)
def delete_quirk_rule(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    rule = get_object_or_404(QuirkRule.objects.select_related("operator"), pk=rule_id)
    service.delete_quirk_rule(rule=rule, actor=actor_of(request), now=utc_now())
    messages.success(request, _("The rule was deleted."))
    return redirect("chargers:makes")
