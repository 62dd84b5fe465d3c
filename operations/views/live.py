"""Live streams of the network pages (mechanism: `common.sse`)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.middleware import TenantRequest
from accounts.models import Operator
from accounts.policy import Permission, require
from chargers.live import group_of
from common import sse
from common.clock import utc_now
from common.tenancy import current_scope
from operations.dashboard import LINES_SHOWN, Counts, Network
from operations.periods import Period
from operations.selectors.interest import StationLine
from operations.services.sampling import NO_STATION
from operations.views.context import INLINE_FEATURES, attention_context
from operations.views.figures import POWER_EVENT, cards, latest_point
from operations.views.lists import state_chips
from operations.views.map_features import MAP_EVENT, changed_features, features, map_legend

PACE = sse.Pace(update_every=2.0)


@require(Permission.NETWORK_VIEW)
async def live_network(request: TenantRequest) -> HttpResponseBase:
    shown = _ids(request.GET.get("ids", ""))
    period = Period.of(request.GET.get("period", ""))
    return _stream(request, DashboardStream(request.operator, period=period, shown=shown))


@require(Permission.NETWORK_VIEW)
async def live_map(request: TenantRequest) -> HttpResponseBase:
    return _stream(request, MapStream(request.operator))


def _stream(request: TenantRequest, render: sse.Render) -> HttpResponseBase:
    group = group_of(request.operator.pk)
    return sse.stream(group=group, key="stations", scope=current_scope(), render=render, pace=PACE)


def _ids(text: str) -> tuple[UUID, ...]:
    """The rows that a page shows; nonsense is left out."""
    found = []
    for part in text.split(",")[:LINES_SHOWN]:
        try:
            found.append(UUID(part))
        except ValueError:
            continue
    return tuple(found)


class MapStream:
    """Pins and legend, as far as they differ from what this viewer has been told."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator
        self._told: dict[str, Any] = {}
        self._counts: Counts | None = None

    def __call__(self, changed: frozenset[str] | None) -> Sequence[str]:
        since = changed.heard_at if isinstance(changed, sse.Changed) else time.monotonic()
        net = Network(
            self._operator,
            now=utc_now(),
            since=since,
            new_sample=changed is not None and str(NO_STATION) in changed,
        )
        with timezone.override(net.zone):
            return [*sse.partials(self.fragments(net)), *self.messages(net)]

    def fragments(self, net: Network) -> Iterator[str]:
        legend = map_legend(net.counts_by_look())
        if self.is_news("legend", legend):
            html = render_to_string("components/legend.html", {"items": legend})
            yield sse.partial("#map-legend", html, swap="innerHTML")

    def messages(self, net: Network) -> Iterator[str]:
        old, self._counts = self._counts, net.counts_by_place()
        if old is not None:
            news = changed_features(net.places(), old, self._counts)
        else:
            # A map that reads its features itself has done so, or does it after this.
            small = len(self._counts) <= INLINE_FEATURES
            news = features(net.places(), self._counts) if small else []
        if news:
            yield sse.json_event(MAP_EVENT, news)

    def is_news(self, name: str, value: Any) -> bool:
        """Whether the viewer has not been told this value of `name` yet; he is told now."""
        if name in self._told and self._told[name] == value:
            return False
        self._told[name] = value
        return True


class DashboardStream(MapStream):
    """The whole dashboard. `shown` are the stations of its table, which keep their places."""

    def __init__(self, operator: Operator, *, period: Period, shown: tuple[UUID, ...]) -> None:
        super().__init__(operator)
        self._period = period
        self._shown = shown
        self._keys = frozenset(str(key) for key in shown)
        self._lines_due = True

    def __call__(self, changed: frozenset[str] | None) -> Sequence[str]:
        self._lines_due = changed is None or bool(changed & self._keys)
        return super().__call__(changed)

    def fragments(self, net: Network) -> Iterator[str]:
        yield from super().fragments(net)
        for card in cards(net, self._period):
            if self.is_news(card["id"], card):
                yield sse.partial(f"#{card['id']}", render_to_string("components/kpi.html", card))
        chips = state_chips(net.sizes().stations, net.states())
        if self.is_news("chips", chips):
            yield _inner("#state-chips", "operations/_chips.html", {"chips": chips})
        live = net.live()
        if self.is_news("alerts", (live.alerts, live.alert_count)):
            context = attention_context(net)
            yield _inner("#attention", "operations/_attention.html", context)
        yield from self._lines(net) if self._lines_due else ()

    def messages(self, net: Network) -> Iterator[str]:
        yield from super().messages(net)
        point = latest_point(net.curve(self._period))
        if point is not None and self.is_news("point", point):
            yield sse.json_event(POWER_EVENT, point)

    def _lines(self, net: Network) -> Iterator[str]:
        for line in net.lines(self._shown):
            if self.is_news(f"line {line.id}", line):
                yield line_fragment(line)


def line_fragment(line: StationLine) -> str:
    """A station's row."""
    html = render_to_string("operations/_station_row.html", {"line": line})
    return sse.partial(f"#station-{line.id}", html)


def _inner(target: str, template: str, context: dict[str, Any]) -> str:
    return sse.partial(target, render_to_string(template, context), swap="innerHTML")
