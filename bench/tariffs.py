"""Tariffs as operators have them, and sessions of twenty periods, for the pricing scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from tariffs.pricing.charging import Charging, Period, State
from tariffs.pricing.terms import (
    Cap,
    CapPeriod,
    Component,
    Dimension,
    Element,
    PriceLimit,
    Restrictions,
    Spot,
    Terms,
)

ZONE = ZoneInfo("Europe/Copenhagen")
PERIODS = 20
AREA = "DK1"
_VAT = Decimal(25)
_DAY = 86_400
# 1 October 2026: four weeks with the night of 25 hours in them.
_FIRST = 1_790_805_600
_DAYS = 28
_WORKDAYS = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class Session:
    """A charging and the name of the tariff that prices it."""

    tariff: str
    charging: Charging


def energy(price: str, **more: int | Spot) -> Component:
    return _component(Dimension.ENERGY, price, **more)


def _component(dimension: Dimension, price: str, **more: int | Spot) -> Component:
    return Component(dimension=dimension, price=Decimal(price), vat=_VAT, **more)  # type: ignore[arg-type]


def _element(*components: Component, **restrictions: object) -> Element:
    return Element(components=components, restrictions=Restrictions(**restrictions))  # type: ignore[arg-type]


def tariffs() -> dict[str, Terms]:
    """By name; each kind is as frequent as the others."""
    grace = _element(_component(Dimension.PARKING_TIME, "0"), max_idle_s=1800)
    return {
        "flat kWh": Terms(currency="DKK", elements=(_element(energy("3.25")),), tax_included=True),
        "time of day, idle grace": Terms(
            currency="EUR",
            elements=(
                _element(_component(Dimension.FLAT, "0.50")),
                _element(energy("0.59"), start_minute=1020, end_minute=1260, days=_WORKDAYS),
                _element(energy("0.29"), start_minute=1380, end_minute=360),
                _element(energy("0.39")),
                grace,
                _element(
                    _component(Dimension.PARKING_TIME, "0.10", per_seconds=60),
                    start_minute=480,
                    end_minute=1320,
                ),
            ),
        ),
        "power bands": Terms(
            currency="EUR",
            elements=(
                _element(energy("0.39"), max_power_w=11_000),
                _element(
                    energy("0.49"),
                    _component(Dimension.TIME, "1.20"),
                    min_power_w=11_000,
                    max_power_w=50_000,
                ),
                _element(energy("0.69"), _component(Dimension.TIME, "6.00"), min_power_w=50_000),
                grace,
                _element(_component(Dimension.PARKING_TIME, "0.15", per_seconds=60)),
            ),
        ),
        "spot": Terms(
            currency="DKK",
            elements=(
                _element(
                    energy(
                        "0.85",
                        spot=Spot(area=AREA, factor=Decimal("1.05"), fallback=Decimal("3.50")),
                    )
                ),
            ),
        ),
        "steps and caps": Terms(
            currency="EUR",
            elements=(
                _element(_component(Dimension.FLAT, "1.00")),
                _element(energy("0.35", step_size=100), max_energy_wh=30_000),
                _element(energy("0.45", step_size=100)),
                _element(_component(Dimension.TIME, "0.50", per_seconds=900, step_size=900)),
                grace,
                _element(
                    _component(Dimension.PARKING_TIME, "0.50", per_seconds=900, step_size=900)
                ),
            ),
            caps=(
                Cap(dimension=Dimension.PARKING_TIME, amount=Decimal("6.00"), per=CapPeriod.DAY),
                Cap(dimension=Dimension.TIME, amount=Decimal("10.00")),
            ),
            min_price=PriceLimit(net=Decimal("2.00")),
        ),
    }


def sessions(random: Random, count: int) -> list[Session]:
    """Twenty periods each: charging that slows down, a pause now and then, idle at the end."""
    names = list(tariffs())
    return [Session(names[number % len(names)], _charging(random)) for number in range(count)]


def _charging(random: Random) -> Charging:
    at = _FIRST + random.randrange(_DAYS) * _DAY + random.randrange(6, 23) * 3600
    at += random.randrange(3600)
    watts = random.choice((7_400, 11_000, 22_000, 50_000, 150_000))
    idle = random.randrange(4)
    periods = []
    for number in range(PERIODS):
        left = PERIODS - idle - number
        state = State.IDLE if left <= 0 else State.CHARGING
        if left > 0 and random.random() < 0.05:
            state = State.PAUSED
        end = at + (300 if random.random() < 0.8 else random.randrange(60, 900))
        power = watts * min(left, 8) // 8 if state is State.CHARGING else 0
        energy_wh = power * (end - at) // 3600
        periods.append(Period(at, end, energy_wh, state, power, power * 1000 // 230))
        at = end
    return Charging(periods=tuple(periods))


def spot_prices(random: Random) -> Mapping[tuple[str, int, int], Decimal]:
    """Of every hour of the four weeks, and of the day after."""
    first = _FIRST // 3600 * 3600
    return {
        (AREA, 60, start): Decimal(random.randrange(-5_000, 180_000)).scaleb(-5)
        for start in range(first, first + (_DAYS + 2) * _DAY, 3600)
    }
