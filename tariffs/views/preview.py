"""What a tariff means, while somebody writes it and on its page: words, examples, a chart."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from common.formats import DASH, money
from tariffs import words
from tariffs.forms.remarks import Remark
from tariffs.pricing.curve import Curve, curve_of, monday_of, number_of, plain_price, seconds_of
from tariffs.pricing.terms import Terms
from tariffs.selectors.preview import Example, examples

_POWER_W = 11_000
_IDLE_S = 4 * 3600


@dataclass(frozen=True, kw_only=True)
class Preview:
    """Of terms; with errors there are no examples.

    Attributes:
        terms: None where nothing can be said yet.
        remarks: faults; those of a field stand beside it, too.
        chart: for `components/chart.html`.
    """

    terms: Terms | None
    remarks: list[Remark] = field(default_factory=list)
    headline: str = ""
    vat_note: str = ""
    sentences: list[str] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    chart: dict[str, Any] = field(default_factory=dict)
    chart_note: str = ""
    is_daily: bool = True

    @property
    def at_fields(self) -> list[dict[str, Any]]:
        """For the script that puts them beside their fields."""
        return [
            {"field": each.field, "text": each.text, "error": each.is_error}
            for each in self.remarks
            if each.field
        ]

    @property
    def general(self) -> list[Remark]:
        return [each for each in self.remarks if not each.field]

    @property
    def has_errors(self) -> bool:
        return any(each.is_error for each in self.remarks)


def preview_of(
    terms: Terms | None, *, remarks: list[Remark], zone: ZoneInfo, now: datetime
) -> Preview:
    """What terms mean in the week of `now`. Terms with errors are not priced."""
    if terms is None or not terms.elements or any(each.is_error for each in remarks):
        return Preview(terms=None, remarks=remarks, chart=_chart(None, zone, "EUR"))
    monday = monday_of(now, zone)
    curve = curve_of(terms, monday, power_w=_POWER_W, idle_s=_IDLE_S)
    return Preview(
        terms=terms,
        remarks=remarks,
        headline=words.headline(terms),
        vat_note=words.vat_note(terms),
        sentences=[*words.sentences(terms), *words.total_limits(terms)],
        examples=examples(terms, zone=zone, day=monday.date()),
        chart=_chart(curve, zone, terms.currency),
        chart_note=_chart_note(curve, terms),
        is_daily=curve.is_daily,
    )


def _chart(curve: Curve | None, zone: ZoneInfo, currency: str) -> dict[str, Any]:
    series: list[dict[str, Any]] = []
    if curve is not None:
        drawn = ((_("kWh"), curve.energy, "brand"), (_("idle minute"), curve.idle, "3"))
        series = [
            {
                "label": label,
                "values": [number_of(price) for price in prices],
                "kind": "stepped",
                "colour": colour,
                "digits": 4,
            }
            for label, prices, colour in drawn
        ]
    return {
        "x": seconds_of(curve.starts) if curve else [],
        "unit": currency,
        "tz": str(zone),
        "series": series,
        "empty": _("No price yet"),
    }


def _chart_note(curve: Curve, terms: Terms) -> str:
    """The chart in words, for those who do not see it and for what it cannot show."""
    if curve.spot:
        return _("Energy follows the spot price, which is not drawn.")
    energy = sorted({price for price in curve.energy if price is not None})
    shown = f" {DASH} ".join(_money(price, terms) for price in (energy[:1] + energy[1:][-1:]))
    return _("A kWh costs %s over the week, 11 kW, after 20 kWh.") % shown


def _money(price: Fraction, terms: Terms) -> str:
    return money(plain_price(price), terms.currency)
