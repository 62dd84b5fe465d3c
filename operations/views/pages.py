"""Dashboard, map and alerts."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.middleware import TenantRequest
from accounts.policy import Permission, require
from common.clock import utc_now
from operations.periods import Period
from operations.selectors.attention import Alert, AlertKind, Alerts
from operations.views.context import map_context, network_of, page_context, panels_of
from operations.views.lists import alert_items, kind_chips
from operations.views.map_features import features, subtitle

PER_PAGE = 50


@require(Permission.NETWORK_VIEW)
@require_GET
def network(request: TenantRequest) -> HttpResponse:
    net = network_of(request)
    period = Period.of(request.GET.get("period", ""))
    with timezone.override(net.zone):
        if not net.sizes().stations:
            return render(request, "operations/empty.html", {"subtitle": subtitle(net.sizes())})
        context = page_context(net, period, panels_of(request))
        return render(request, "operations/network.html", context)


@require(Permission.NETWORK_VIEW)
@require_GET
def live_map(request: TenantRequest) -> HttpResponse:
    net = network_of(request)
    context = map_context(net) | {
        "subtitle": subtitle(net.sizes()),
        "live_url": reverse("operations:live_map"),
    }
    return render(request, "operations/map.html", context)


@require(Permission.NETWORK_VIEW)
@require_GET
def map_features(request: TenantRequest) -> JsonResponse:
    """All features, for maps of large networks and after a lost stream."""
    net = network_of(request)
    response = JsonResponse(features(net.places(), net.counts_by_place()), safe=False)
    response["Cache-Control"] = "private, no-store"
    return response


@require(Permission.NETWORK_VIEW)
@require_GET
def attention(request: TenantRequest) -> HttpResponse:
    net = network_of(request)
    chosen = _kind(request.GET.get("kind", ""))
    now = utc_now()
    everything = Alerts(now=now)
    paginator: Paginator[Alert] = Paginator(
        Alerts(now=now, kind=chosen) if chosen else everything, PER_PAGE
    )
    page = paginator.get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "crumbs": [
            {"label": _("Network"), "url": reverse("operations:network")},
            {"label": _("Needs attention")},
        ],
        "chips": kind_chips(everything.counts, chosen),
        "page": page,
        "page_range": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "alerts": alert_items(page.object_list),
    }
    with timezone.override(net.zone):
        return render(request, "operations/attention.html", context)


def _kind(text: str) -> AlertKind | None:
    return AlertKind(text) if text in set(AlertKind) else None
