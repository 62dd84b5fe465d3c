"""Template filters for quantities and times: `{% load format %}`. Rules in `common.formats`."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common import clock, formats
from common.money import major_units

register = template.Library()
# How much longer an indented text may be; ordinary ones are two or three times as long.
_MAX_INDENTATION = 8


@register.filter
def num(value: formats.Quantity, digits: int = 0) -> str:
    """Grouped digits."""
    return formats.number(value, digits)


@register.filter
def kwh(watt_hours: formats.Quantity, digits: int = 1) -> str:
    """Wh as "18.4 kWh"."""
    return formats.kwh(watt_hours, digits)


@register.filter
def kw(watts: formats.Quantity, digits: int = 1) -> str:
    """W as "7.4 kW"."""
    return formats.kw(watts, digits)


@register.filter
def unit(value: formats.Quantity, name: str) -> str:
    """Number and unit: `{{ station.max_current|unit:"A" }}`."""
    return formats.with_unit(value, name)


@register.filter
def percent(share: formats.Quantity, digits: int = 0) -> str:
    """A share of one as "99 %"."""
    return formats.percent(share, digits)


@register.filter
def money(amount: Decimal | int | None, currency: str) -> str:
    """`{{ price|money:"EUR" }}` -> "€ 0.4995"; `{{ minor|minor_units:"EUR" }}` for minor units."""
    return formats.money(amount, currency)


@register.filter
def minor_units(amount: int | None, currency: str) -> str:
    """Integer minor units as an amount: 1250 of EUR -> "€ 12.50"."""
    return formats.money(None if amount is None else major_units(amount, currency), currency)


@register.filter
def duration(seconds: formats.Quantity) -> str:
    """Seconds as "1 h 23 min"."""
    return formats.duration(seconds)


@register.filter
def ago(then: datetime | None) -> SafeString | str:
    """A `<time>` that reads "5 min ago" and keeps ticking in the browser."""
    if then is None:
        return formats.DASH
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>',
        then.isoformat(),
        _full(then),
        formats.ago(then, clock.utc_now()),
    )


@register.filter
def when(instant: datetime | None, pattern: str = "j M Y, H:i") -> SafeString | str:
    """A `<time>` in the active time zone; `pattern` as for Django's `date` filter."""
    if instant is None:
        return formats.DASH
    local = timezone.localtime(instant)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        instant.isoformat(),
        _full(instant),
        date_format(local, pattern),
    )


def _full(instant: datetime) -> str:
    return date_format(timezone.localtime(instant), "j F Y, H:i:s e")


@register.filter
def initials(name: str) -> str:
    """One or two capitals for an avatar."""
    return formats.initials(str(name))


@register.filter
def pretty_json(value: Any) -> str:
    """A JSON value, or JSON text, indented; text that is no JSON stays as it is.

    So does text nested so deeply that its indentation would be most of the page. Lone surrogates, which JSON can write and no page
    can hold, are shown as the escapes that they were.
    """
    try:
        parsed = json.loads(value) if isinstance(value, str) else value
        shown = json.dumps(parsed, indent=2, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return str(value)
    if isinstance(value, str) and len(shown) > _MAX_INDENTATION * len(value) + 1_000:
        return value
    return shown.encode("utf-8", "backslashreplace").decode()
