"""Short ways to write terms in tests of faults and of OCPI."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tariffs.pricing.terms import Component, Dimension, Element, Restrictions, Terms


def component(dimension: Dimension, price: str, vat: str | None = None, **rest: Any) -> Component:
    return Component(
        dimension=dimension,
        price=Decimal(price),
        vat=None if vat is None else Decimal(vat),
        **rest,
    )


def energy(price: str = "0.25", **rest: Any) -> Component:
    return component(Dimension.ENERGY, price, **rest)


def flat(price: str = "0.50", **rest: Any) -> Component:
    return component(Dimension.FLAT, price, **rest)


def time(price: str = "2.00", **rest: Any) -> Component:
    return component(Dimension.TIME, price, **rest)


def parking(price: str = "5.00", **rest: Any) -> Component:
    return component(Dimension.PARKING_TIME, price, **rest)


def element(*components: Component, **restrictions: Any) -> Element:
    return Element(components=components, restrictions=Restrictions(**restrictions))


def tariff(*elements: Element, currency: str = "EUR", **rest: Any) -> Terms:
    return Terms(currency=currency, elements=elements, **rest)
