"""What a session costs. Pure; the rule book is docs/algorithms/pricing.md."""

from tariffs.pricing.charging import BadChargingError, Charging, Period, State
from tariffs.pricing.engine import price
from tariffs.pricing.result import Flag, Line, LineKind, Price
from tariffs.pricing.rounding import RoundedLine, RoundedPrice, RoundedTax, rounded
from tariffs.pricing.terms import (
    Cap,
    CapPeriod,
    Component,
    Dimension,
    Element,
    PriceLimit,
    ReservationRule,
    Restrictions,
    Spot,
    Terms,
)

__all__ = [
    "BadChargingError",
    "Cap",
    "CapPeriod",
    "Charging",
    "Component",
    "Dimension",
    "Element",
    "Flag",
    "Line",
    "LineKind",
    "Period",
    "Price",
    "PriceLimit",
    "ReservationRule",
    "Restrictions",
    "RoundedLine",
    "RoundedPrice",
    "RoundedTax",
    "Spot",
    "State",
    "Terms",
    "price",
    "rounded",
]
