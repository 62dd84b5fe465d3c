"""What the templates of the network pages get."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.middleware import TenantRequest
from accounts.policy import granted
from common.clock import utc_now
from common.slots import Panel, panels_for
from operations.dashboard import Network
from operations.periods import Period
from operations.shared import shared
from operations.views.figures import (
    POWER_EVENT,
    cards,
    power_chart,
    power_legend,
    power_summary,
)
from operations.views.lists import alert_items, line_columns, period_links, state_chips
from operations.views.map_features import MAP_EVENT, Feature, features, map_legend, subtitle

SLOT = "network_kpis"
# A page may be so many seconds late; its stream follows at once.
PAGE_SECONDS = 10.0
# More features than this are read by the map itself, beside the page.
INLINE_FEATURES = 250


def network_of(request: TenantRequest) -> Network:
    """The network of the request's operator, as fresh as a page needs it."""
    since = shared.at_most(PAGE_SECONDS)
    return Network(request.operator, now=utc_now(), since=since)


def page_context(net: Network, period: Period, panels: list[Panel]) -> dict[str, Any]:
    """Everything of the dashboard."""
    ids = net.interesting()
    keys = ",".join(str(key) for key in ids)
    curve = net.curve(period)
    return {
        "subtitle": subtitle(net.sizes()),
        "periods": period_links(period),
        "cards": cards(net, period),
        "panels": panels,
        "chips": state_chips(net.sizes().stations, net.states()),
        "columns": line_columns(),
        "lines": net.lines(ids),
        "chart": power_chart(curve, zone=net.operator.time_zone, period=period),
        "chart_legend": power_legend(curve),
        "chart_label": power_summary(curve),
        "power_event": POWER_EVENT,
        "live_url": f"{reverse('operations:live_network')}?period={period}&ids={keys}",
        **attention_context(net),
        **map_context(net),
    }


def attention_context(net: Network) -> dict[str, Any]:
    """The list of alerts beside the map."""
    live = net.live()
    return {"alerts": alert_items(live.alerts), "alert_count": live.alert_count}


def map_context(net: Network) -> dict[str, Any]:
    """Map and legend."""
    return {
        "map_legend": map_legend(net.counts_by_look()),
        "features": inline_features(net),
        "map_event": MAP_EVENT,
        "map_url": reverse("operations:map_features"),
    }


def inline_features(net: Network) -> list[Feature]:
    """The features of a small network; none of a large one."""
    if net.sizes().locations > INLINE_FEATURES:
        return []
    return features(net.places(), net.counts_by_place())


def panels_of(request: TenantRequest) -> list[Panel]:
    """Key figures of higher apps."""
    key = request.operator.pk
    return panels_for(SLOT, [key], permissions=granted(request), now=utc_now())[key]
