"""What a tariff says: elements in order, limits, caps. A superset of OCPI 2.2.1 §11 and 2.3.0.

Rules of evaluation: docs/algorithms/pricing.md. Prices are decimals of the currency's major unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Dimension(StrEnum):
    """TariffDimensionType of OCPI."""

    ENERGY = "ENERGY"
    FLAT = "FLAT"
    TIME = "TIME"
    PARKING_TIME = "PARKING_TIME"


class ReservationRule(StrEnum):
    """ReservationRestrictionType of OCPI."""

    RESERVATION = "RESERVATION"
    EXPIRES = "RESERVATION_EXPIRES"


class CapPeriod(StrEnum):
    SESSION = "session"
    DAY = "day"


@dataclass(frozen=True, kw_only=True)
class Spot:
    """The energy price follows a market: factor x price of the slot + the component's price.

    Attributes:
        area: bidding zone, such as DK1; which series of prices is meant.
        slot_minutes: 15, 30 or 60, aligned to full hours of UTC.
        fallback: price per kWh of a slot whose price is not known, mark-up included.
        floor: the least that a kWh costs; 0 unless negative prices are passed on.
    """

    area: str
    slot_minutes: int = 60
    factor: Decimal = Decimal(1)
    fallback: Decimal = Decimal(0)
    floor: Decimal | None = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Component:
    """A price of one dimension.

    Attributes:
        price: per kWh, per `per_seconds`, or per session.
        vat: per cent; None: not applicable, which is not 0.
        step_size: Wh or seconds; 0 and 1: none.
        per_seconds: what a price of time buys; OCPI knows the hour only.
        spot: ENERGY only; `price` is the mark-up then.
    """

    dimension: Dimension
    price: Decimal
    vat: Decimal | None = None
    step_size: int = 1
    per_seconds: int = 3600
    spot: Spot | None = None


@dataclass(frozen=True, kw_only=True)
class Restrictions:
    """When an element holds; all that are given must. Minimum included, maximum excluded.

    Attributes:
        start_minute, end_minute: of the local day, 0 to 1439; end None or 0: midnight.
        end_date: excluded.
        season_start, season_end: (month, day), each year; the end excluded.
        days: local weekdays, 0 is Monday; empty: every day.
        min_energy_wh, max_energy_wh: of the session so far.
        min_current_ma, max_current_ma: of the period, sum of phases.
        min_power_w, max_power_w: of the period.
        min_duration_s, max_duration_s: of the session so far.
        min_idle_s, max_idle_s: idle time of the session so far.
        min_peak_power_w … max_average_power_w: of the whole session.
    """

    start_minute: int | None = None
    end_minute: int | None = None
    start_date: date | None = None
    end_date: date | None = None
    season_start: tuple[int, int] | None = None
    season_end: tuple[int, int] | None = None
    days: frozenset[int] = frozenset()
    min_energy_wh: int | None = None
    max_energy_wh: int | None = None
    min_current_ma: int | None = None
    max_current_ma: int | None = None
    min_power_w: int | None = None
    max_power_w: int | None = None
    min_duration_s: int | None = None
    max_duration_s: int | None = None
    min_idle_s: int | None = None
    max_idle_s: int | None = None
    min_peak_power_w: int | None = None
    max_peak_power_w: int | None = None
    min_average_power_w: int | None = None
    max_average_power_w: int | None = None
    reservation: ReservationRule | None = None


ALWAYS = Restrictions()


@dataclass(frozen=True, kw_only=True)
class Element:
    components: tuple[Component, ...]
    restrictions: Restrictions = ALWAYS


@dataclass(frozen=True, kw_only=True)
class PriceLimit:
    """A least or a greatest total. With one figure, that one decides and the other follows."""

    net: Decimal | None = None
    gross: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Cap:
    """The most that a dimension costs: TIME or PARKING_TIME, in the tariff's own basis of VAT."""

    dimension: Dimension
    amount: Decimal
    per: CapPeriod = CapPeriod.SESSION


@dataclass(frozen=True, kw_only=True)
class Terms:
    """A tariff as far as it decides a price.

    Attributes:
        currency: ISO 4217.
        tax_included: prices and caps are gross (OCPI 2.3.0 tax_included YES).
    """

    currency: str
    elements: tuple[Element, ...]
    tax_included: bool = False
    min_price: PriceLimit | None = None
    max_price: PriceLimit | None = None
    caps: tuple[Cap, ...] = ()
