"""A simulated session as the page shows it: a receipt, the reasons, the price over the day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.formats import money, number
from common.money import major_units
from tariffs.pricing import RoundedPrice
from tariffs.selectors.price_day import Moment
from tariffs.selectors.terms import terms_of
from tariffs.services.simulation import Simulation
from tariffs.why import why_words
from tariffs.words import headline

_QUARTER = timedelta(minutes=15)


def simulation_view(found: Simulation) -> dict[str, Any]:
    """What the result part shows."""
    version = found.resolution.version
    return {
        "found": found,
        "is_denied": found.resolution.denied,
        "tariff": version.tariff if version else None,
        "version": version,
        "headline": headline(terms_of(version)) if version else "",
        "group": _group_name(found),
        "total": _amount(found.rounded, found.rounded.gross_minor) if found.rounded else "",
        "taxes": _taxes(found.rounded) if found.rounded else [],
        "net": _net(found.rounded),
        "duration_s": int((found.end - found.start).total_seconds()),
        **_times(found),
        "zone": str(found.zone),
        "why": sorted(
            why_words(found.resolution.explanation()), key=lambda candidate: not candidate.won
        ),
        "chart": chart_of(found),
        "has_idle_price": any(moment.idle_minute for moment in found.day),
        "cheapest": _cheapest(found),
    }


def _times(found: Simulation) -> dict[str, str]:
    """On the clock of the site, whatever the zone of the page is."""
    start, end = found.start.astimezone(found.zone), found.end.astimezone(found.zone)
    later = "H:i" if end.date() == start.date() else "D j M, H:i"
    return {"start": date_format(start, "D j M, H:i"), "end": date_format(end, later)}


def _group_name(found: Simulation) -> str:
    names = [
        verdict.candidate.group.name
        for verdict in found.resolution.verdicts
        if verdict.candidate.group.key == found.resolution.group
    ]
    return names[0] if names else ""


def _amount(price: RoundedPrice, minor: int) -> str:
    return money(major_units(minor, price.currency), price.currency)


def _net(price: RoundedPrice | None) -> str:
    """The sum before VAT; of prices that include VAT it is not a line of the receipt."""
    if price is None or price.tax_included or not price.tax_minor:
        return ""
    return _amount(price, price.net_minor)


def _taxes(price: RoundedPrice) -> list[dict[str, str]]:
    """VAT by rate: on top, or contained."""
    text = _("of which VAT %s %%") if price.tax_included else _("VAT %s %%")
    return [
        {"label": text % _rate(tax.vat), "amount": _amount(price, tax.tax_minor)}
        for tax in price.taxes
        if tax.vat is not None and tax.tax_minor
    ]


def _rate(vat: Decimal) -> str:
    exponent = vat.normalize().as_tuple().exponent
    return number(vat, max(0, -exponent) if isinstance(exponent, int) else 0)


def _cheapest(found: Simulation) -> dict[str, Any] | None:
    """The start of this day at which the session costs least, where that is less than now."""
    priced = [moment for moment in found.day if moment.session_minor is not None]
    if found.rounded is None or not priced:
        return None
    least = min(priced, key=lambda moment: moment.session_minor or 0)
    if least.session_minor is None or least.session_minor >= found.rounded.gross_minor:
        return None
    if least.currency != found.rounded.currency:
        return None
    at = least.at.astimezone(found.zone)
    return {"at": f"{at:%H:%M}", "amount": _amount(found.rounded, least.session_minor)}


def chart_of(found: Simulation) -> dict[str, Any]:
    """Price per kWh and idle minute by quarters of the day, the session marked."""
    day = found.day
    currency = next((moment.currency for moment in day if moment.currency), "")
    edge = [int(day[-1].at.timestamp() + _QUARTER.total_seconds())] if day else []
    idle = _values(day, "idle_minute")
    chart: dict[str, Any] = {
        "x": [*(int(moment.at.timestamp()) for moment in day), *edge] if currency else [],
        "tz": str(found.zone),
        "unit": f"{currency}/kWh",
        "digits": 2,
        "empty": _("No price is known on this day."),
        "bands": [_band(found.start, found.end)],
        "series": [
            {
                "label": _("A kWh"),
                "kind": "stepped",
                "values": _values(day, "kwh"),
                "unit": f"{currency}/kWh",
                "digits": 4,
            }
        ],
    }
    if any(idle):
        chart |= {"unit2": f"{currency}/min", "max2": 1.25 * max(value or 0 for value in idle)}
        chart["series"].append(
            {
                "label": _("An idle minute"),
                "kind": "stepped",
                "values": idle,
                "unit": f"{currency}/min",
                "digits": 4,
                "colour": 3,
                "axis": 2,
            }
        )
    return chart


def _values(day: Sequence[Moment], name: str) -> list[float | None]:
    """For drawing only, so floats will do; the last one holds until the day ends."""
    values = [getattr(moment, name) for moment in day]
    return [None if value is None else float(value) for value in [*values, *values[-1:]]]


def _band(start: datetime, end: datetime) -> dict[str, Any]:
    return {
        "from": int(start.timestamp()),
        "to": int(end.timestamp()),
        "label": _("This session"),
    }
