"""Short ways to write terms, and words in plain characters."""

from __future__ import annotations

from typing import Any

from common.formats import DASH, NBSP
from tariffs.pricing.document import load_terms
from tariffs.pricing.terms import Terms

Part = dict[str, Any]


def energy(price: object, **more: Any) -> Part:
    return {"type": "ENERGY", "price": price, **more}


def charging_time(price: object, **more: Any) -> Part:
    return {"type": "TIME", "price": price, **more}


def idle(price: object, **more: Any) -> Part:
    return {"type": "PARKING_TIME", "price": price, **more}


def fee(price: object, **more: Any) -> Part:
    return {"type": "FLAT", "price": price, **more}


def element(*parts: Part, **restrictions: Any) -> Part:
    return {"price_components": list(parts), "restrictions": restrictions}


def terms(*elements: Part, currency: str = "EUR", **more: Any) -> Terms:
    return load_terms({"currency": currency, "elements": list(elements), **more})


def plain(text: str) -> str:
    return text.replace(NBSP, " ").replace(DASH, "-")
