"""Terms that nobody keeps: what is wrong with them, what they mean, what they would cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rest_framework.exceptions import ValidationError

from accounts.models import Operator
from chargers.services.locations import time_zones
from tariffs.pricing.terms import Terms
from tariffs.selectors.preview import examples
from tariffs.selectors.spot_prices import spot_prices
from tariffs.services.terms import check_terms
from tariffs.words import display_text, headline, sentences, total_limits, vat_note

_EMPTY: Mapping[str, Any] = {
    "headline": "",
    "words": [],
    "vat_note": "",
    "display_text": "",
    "examples": [],
}


def checked(
    *,
    operator: Operator,
    terms: Mapping[str, Any],
    now: datetime,
    display_characters: int,
    time_zone: str = "",
    day: date | None = None,
) -> dict[str, Any]:
    """What `CheckedTermsSerializer` shows.

    Raises:
        ValidationError: there is no such time zone.
    """
    zone = _zone(time_zone or operator.time_zone)
    found = check_terms(terms)
    told = {
        "errors": [{"field": name, "message": message} for name, message in found.errors.items()],
        "warnings": list(found.warnings),
    }
    if found.terms is None or found.errors:
        return {**_EMPTY, **told}
    local_day = day or now.astimezone(zone).date()
    return {**told, **_meaning(found.terms, operator, zone, local_day, display_characters)}


def _zone(name: str) -> ZoneInfo:
    if name not in time_zones():
        raise ValidationError({"time_zone": "The name of a time zone, such as Europe/Copenhagen."})
    return ZoneInfo(name)


def _meaning(
    terms: Terms, operator: Operator, zone: ZoneInfo, day: date, most: int
) -> dict[str, Any]:
    start = datetime.combine(day, datetime.min.time(), tzinfo=zone)
    spot = spot_prices(terms, operator.pk, start, start + timedelta(days=2))
    return {
        "headline": headline(terms),
        "words": [*sentences(terms), *total_limits(terms)],
        "vat_note": vat_note(terms),
        "display_text": display_text(terms, most=most),
        "examples": examples(terms, zone=zone, day=day, spot=spot),
    }
