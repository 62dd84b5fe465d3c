"""Tariffs and sessions for tests, in few words."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tariffs.pricing.charging import Charging, Period, State
from tariffs.pricing.terms import ALWAYS, Component, Dimension, Element, Restrictions, Terms

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def energy(price: str, vat: str | None = None, **more: Any) -> Component:
    """A price per kWh."""
    return _component(Dimension.ENERGY, price, vat, **more)


def flat(price: str, vat: str | None = None, **more: Any) -> Component:
    return _component(Dimension.FLAT, price, vat, **more)


def hour(price: str, vat: str | None = None, **more: Any) -> Component:
    """A price per hour of charging."""
    return _component(Dimension.TIME, price, vat, **more)


def parking(price: str, vat: str | None = None, **more: Any) -> Component:
    """A price per hour of standing idle."""
    return _component(Dimension.PARKING_TIME, price, vat, **more)


def _component(
    dimension: Dimension, price: str, vat: str | None, *, step: int = 1, **more: Any
) -> Component:
    rate = None if vat is None else Decimal(vat)
    return Component(dimension=dimension, price=Decimal(price), vat=rate, step_size=step, **more)


def when(*components: Component, **restrictions: Any) -> Element:
    """An element; its restrictions by the names of `Restrictions`."""
    limits = Restrictions(**restrictions) if restrictions else ALWAYS
    return Element(components=components, restrictions=limits)


def tariff(*elements: Element | Component, currency: str = "EUR", **more: Any) -> Terms:
    """Terms; a component by itself is an element that always holds."""
    whole = tuple(e if isinstance(e, Element) else when(e) for e in elements)
    return Terms(currency=currency, elements=whole, **more)


class Part(NamedTuple):
    """A period without its place in time."""

    seconds: int
    energy_wh: int = 0
    state: State = State.CHARGING
    power_w: int | None = None
    current_ma: int | None = None


def charge(minutes: int, wh: int = 0, **more: Any) -> Part:
    return Part(minutes * 60, wh, **more)


def idle(minutes: int, wh: int = 0, **more: Any) -> Part:
    return Part(minutes * 60, wh, State.IDLE, **more)


def pause(minutes: int, wh: int = 0, **more: Any) -> Part:
    return Part(minutes * 60, wh, State.PAUSED, **more)


def reserve(minutes: int) -> Part:
    return Part(minutes * 60, 0, State.RESERVED)


def gap(minutes: int) -> Part:
    """Nothing is known of this time."""
    return Part(minutes * 60, -1)


def session(
    start: str, *parts: Part, zone: ZoneInfo = COPENHAGEN, expired: bool = False, fold: int = 0
) -> Charging:
    """Parts one after the other from a local time such as "2026-06-01 09:30"."""
    at = int(datetime.fromisoformat(start).replace(tzinfo=zone, fold=fold).timestamp())
    periods = []
    for part in parts:
        if part.energy_wh >= 0:
            periods.append(Period(at, at + part.seconds, *part[1:]))
        at += part.seconds
    return Charging(periods=tuple(periods), reservation_expired=expired)
