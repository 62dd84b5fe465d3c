"""The price simulator: what a session would cost, why, and when of the day it would cost what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from common.formats import kw
from tariffs.exceptions import UnableToSimulate
from tariffs.local_time import Instant
from tariffs.models import TariffVersion
from tariffs.pricing import Flag, Price, RoundedPrice, Terms, price, rounded
from tariffs.pricing.marginal import Shape
from tariffs.selectors.price_day import Moment, PriceDay
from tariffs.selectors.resolution import Plug, Resolution, price_list
from tariffs.selectors.spot_prices import spot_prices
from tariffs.selectors.terms import terms_of
from tariffs.services.asked_session import Asked, begin_of, shape_of
from tariffs.words import LineWords, flag_words, line_words

__all__ = ["Asked", "Moment", "Simulation", "simulate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What the session would cost.

    Attributes:
        zone: of the site, whose day `day` is.
        resolution: why this price.
        price: exact; None: they may not charge, or no price is known.
        rounded: the same in minor units.
        lines: in words; their amounts add up to the total in the tariff's basis of VAT.
        warnings: what a person should know, as sentences.
        day: the day of the start by quarters of an hour.
    """

    start: datetime
    end: datetime
    zone: ZoneInfo
    shape: Shape
    resolution: Resolution
    price: Price | None
    rounded: RoundedPrice | None
    lines: Sequence[LineWords]
    warnings: Sequence[str]
    day: Sequence[Moment]


def simulate(asked: Asked) -> Simulation:
    """Price a session that nobody has charged. Nothing is written.

    Raises:
        UnableToSimulate: `errors` by field name.
    """
    zone = ZoneInfo(asked.evse.station.location.time_zone)
    shape, errors = shape_of(asked)
    begin, start_errors = begin_of(asked.start, zone)
    if errors or start_errors or shape is None or begin is None:
        raise UnableToSimulate(errors={**start_errors, **errors})
    plug = Plug.of(asked.evse)
    prices = price_list(operator_id=asked.evse.operator_id, at=begin.at, plugs=[plug])
    resolution = prices.resolve(plug, asked.customer)
    exact, terms = _priced(asked.evse.operator_id, resolution.version, shape, begin.at, zone)
    result = None if exact is None else rounded(exact)
    return Simulation(
        start=begin.at,
        end=_end(begin.at, shape),
        zone=zone,
        shape=shape,
        resolution=resolution,
        price=exact,
        rounded=result,
        lines=line_words(result, terms) if result and terms else (),
        warnings=list(_warnings(asked, shape, begin, resolution, result)),
        day=PriceDay(
            operator_id=asked.evse.operator_id,
            plug=plug,
            customer=asked.customer,
            shape=shape,
            zone=zone,
        ).moments(begin.at, prices, resolution),
    )


def _priced(
    operator_id: UUID,
    version: TariffVersion | None,
    shape: Shape,
    start: datetime,
    zone: ZoneInfo,
) -> tuple[Price | None, Terms | None]:
    if version is None:
        return None, None
    terms = terms_of(version)
    spot = spot_prices(terms, operator_id, start, _end(start, shape))
    return price(terms, shape.charging(int(start.timestamp())), zone, spot), terms


def _end(start: datetime, shape: Shape) -> datetime:
    return start + timedelta(seconds=shape.charging_s + shape.idle_s)


def _warnings(
    asked: Asked,
    shape: Shape,
    begin: Instant,
    resolution: Resolution,
    result: RoundedPrice | None,
) -> Iterable[str]:
    if resolution.denied:
        yield gettext("Charging is not allowed here.")
    elif resolution.version is None:
        yield gettext("No price is known: such a session waits for a person before it is billed.")
    if begin.is_twice:
        yield gettext("The clock shows this time twice on that day; the first time is meant.")
    if shape.power_w is not None and shape.power_w > asked.evse.max_power_w:
        yield gettext("This plug gives at most %s.") % kw(asked.evse.max_power_w)
    yield from _stops(resolution.version, shape, result)
    if result is not None:
        yield from (flag_words(flag) for flag in Flag if flag in result.flags)


def _stops(
    version: TariffVersion | None, shape: Shape, result: RoundedPrice | None
) -> Iterable[str]:
    """Limits of the tariff that the session would reach."""
    if version is None or result is None:
        return
    reached = (
        (
            version.max_energy_wh,
            shape.energy_wh,
            gettext("Charging would stop at the most energy."),
        ),
        (
            version.max_duration_s,
            shape.charging_s + shape.idle_s,
            gettext("Charging would stop at the longest time."),
        ),
        (
            version.max_amount_minor,
            result.gross_minor,
            gettext("Charging would stop at the greatest amount."),
        ),
    )
    for limit, value, text in reached:
        if limit is not None and value > limit:
            yield text
