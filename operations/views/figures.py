"""Key figures and charts, ready for the components."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from common.formats import DASH, energy_parts, number, percent, power_parts, with_unit
from operations.dashboard import Network
from operations.figures import Energy, Uptime
from operations.measured import Sample
from operations.periods import Period
from operations.power import Curve
from operations.selectors.network import Now, Sizes

TREND_POINTS = 48
POWER_EVENT = "network-power"

Card = dict[str, Any]


def cards(net: Network, period: Period) -> list[Card]:
    """The key figures, each for `components/kpi.html`; `id` is the target of live updates."""
    now, sizes, day = net.live().now, net.sizes(), net.day()
    return [
        _energy(net.energy(period), period),
        _power(now, sizes, day),
        _sessions(now, sizes, day),
        _in_use(now, sizes, day),
        _uptime(net.uptime()),
    ]


def _energy(energy: Energy, period: Period) -> Card:
    value, unit = energy_parts(energy.wh)
    labels = {
        Period.TODAY: (_("Energy today"), _("Energy by hour")),
        Period.WEEK: (_("Energy, 7 days"), _("Energy by day")),
        Period.MONTH: (_("Energy, 30 days"), _("Energy by day")),
    }
    label, trend_label = labels[period]
    card: Card = {"id": "kpi-energy", "label": label, "value": value, "unit": unit, "icon": "bolt"}
    card |= {"trend": energy.trend, "trend_label": trend_label}
    if energy.change is None:
        return card | {"note": _("no comparison yet")}
    return card | _delta(energy.change, f"{number(100 * energy.change, 1)}\u00a0%", 0.0005)


def _power(now: Now, sizes: Sizes, day: list[Sample]) -> Card:
    value, unit = power_parts(now.power_w)
    share = now.power_w / sizes.max_power_w if sizes.max_power_w else None
    return {
        "id": "kpi-power",
        "label": _("Live power"),
        "value": value,
        "unit": unit,
        "icon": "activity",
        "note": "" if share is None else _("%s of installed") % percent(share),
        "trend": _thinned([one.ac_power_w + one.dc_power_w for one in day]),
        "trend_label": _("Power over the last 24 hours"),
    }


def _sessions(now: Now, sizes: Sizes, day: list[Sample]) -> Card:
    return {
        "id": "kpi-sessions",
        "label": _("Active sessions"),
        "value": number(now.active_sessions),
        "icon": "plug-connected",
        "note": _("of %s connectors") % number(sizes.connectors),
        "url": f"{reverse('chargers:transactions')}?state=active",
        "trend": _thinned([one.active_sessions for one in day]),
        "trend_label": _("Sessions over the last 24 hours"),
    }


def _in_use(now: Now, sizes: Sizes, day: list[Sample]) -> Card:
    share = 100 * now.in_use / sizes.connectors if sizes.connectors else None
    return {
        "id": "kpi-in-use",
        "label": _("Connectors in use"),
        "value": number(share, 1),
        "unit": "" if share is None else "%",
        "icon": "plug",
        "note": _("%(used)s of %(all)s")
        % {
            "used": number(now.in_use),
            "all": number(sizes.connectors),
        },
        "trend": _thinned([one.in_use for one in day]),
        "trend_label": _("Connectors in use over the last 24 hours"),
    }


def _uptime(uptime: Uptime) -> Card:
    known = uptime.share is not None
    card: Card = {
        "id": "kpi-uptime",
        "label": _("Uptime, 30 days"),
        "value": number(100 * uptime.share, 2) if uptime.share is not None else DASH,
        "unit": "%" if known else "",
        "icon": "charging-pile",
        "trend": uptime.trend,
        "trend_label": _("Uptime by day"),
    }
    if uptime.change is None:
        return card | {"note": _("no comparison yet") if known else _("no samples yet")}
    points = number(100 * uptime.change, 2)
    return card | _delta(uptime.change, f"{points}\u00a0pt", 0.00005)


def _delta(change: float, text: str, smallest: float) -> Card:
    """Note with sign, arrow and tone; what rounds to nothing has neither."""
    if abs(change) < smallest:
        return {"note": text.removeprefix("-")}
    if change > 0:
        return {"note": f"+{text}", "direction": "up", "tone": "good"}
    return {"note": text.replace("-", "\u2212", 1), "direction": "down", "tone": "bad"}


def _thinned(values: list[int]) -> list[int]:
    """At most so many as a sparkline can show, the last one kept."""
    step = max(1, -(-len(values) // TREND_POINTS))
    return values[::-1][::step][::-1]


def power_chart(curve: Curve, *, zone: str, period: Period) -> dict[str, Any]:
    """The curve as the module `chart` takes it, in kW."""
    points = curve.points
    return {
        "x": [round(point.at.timestamp()) for point in points],
        "unit": "kW",
        "tz": zone,
        "empty": _("The curve begins with the first measured minute."),
        **({"window": 86_400} if period is Period.TODAY else {}),
        "series": [
            {
                "label": _("DC fast"),
                "kind": "area",
                "colour": "brand",
                "values": [_kilowatts(point.dc_w) for point in points],
            },
            {
                "label": _("AC"),
                "kind": "line",
                "colour": 2,
                "values": [_kilowatts(point.ac_w) for point in points],
            },
            {
                "label": typical_label(curve),
                "kind": "dashed",
                "colour": "muted",
                "values": [_kilowatts(point.typical_w) for point in points],
            },
        ],
    }


def power_legend(curve: Curve) -> list[dict[str, Any]]:
    """The lines of the chart, for `components/legend.html`."""
    return [
        {"label": _("DC fast"), "colour": "var(--brand-ink)"},
        {"label": _("AC"), "colour": "var(--series-2)"},
        {"label": typical_label(curve), "colour": "var(--muted)", "dashed": True},
    ]


def typical_label(curve: Curve) -> str:
    return _("Typical %s") % curve.typical_of


def power_summary(curve: Curve) -> str:
    """What the chart shows, for who cannot see it."""
    totals = [(point.dc_w or 0) + (point.ac_w or 0) for point in curve.points]
    peak = with_unit(max(totals, default=0) / 1000, "kW")
    return _("Network power, peak %s") % peak


def latest_point(curve: Curve) -> dict[str, Any] | None:
    """The last measured step as a live message, None before the first."""
    if curve.latest is None:
        return None
    point = curve.points[curve.latest]
    return {
        "x": round(point.at.timestamp()),
        "values": [_kilowatts(point.dc_w), _kilowatts(point.ac_w), _kilowatts(point.typical_w)],
    }


def _kilowatts(watts: float | None) -> float | None:
    return None if watts is None else round(watts / 1000, 1)
