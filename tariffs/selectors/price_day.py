"""What charging costs over a day: for the chart of the price simulator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from tariffs.local_time import first_instant, quarters
from tariffs.models import TariffVersion
from tariffs.pricing import Terms, price, rounded
from tariffs.pricing.marginal import Shape, marginal, of_session
from tariffs.resolution import Customer
from tariffs.selectors.resolution import Plug, PriceList, Resolution, price_list
from tariffs.selectors.spot_prices import Spots, spot_prices
from tariffs.selectors.terms import terms_of

_SIX_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A quarter of an hour of the day.

    Attributes:
        at: its beginning, UTC.
        kwh, minute, idle_minute: gross price of the first kWh and the first minute of a session
            that begins then, and of an idle minute after such a session; None: no price is known.
        session_minor: gross price of the whole session, if it began then, in minor units.
        currency: "" where no price is known.
    """

    at: datetime
    kwh: Decimal | None = None
    minute: Decimal | None = None
    idle_minute: Decimal | None = None
    session_minor: int | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceDay:
    """A plug, a customer and a session, and what holds at each quarter of an hour of a day."""

    operator_id: UUID
    plug: Plug
    customer: Customer
    shape: Shape
    zone: ZoneInfo

    def moments(self, start: datetime, prices: PriceList, known: Resolution) -> list[Moment]:
        """Every quarter; where nothing changes within the day, one more query than the session."""
        day = start.astimezone(self.zone).date()
        starts = quarters(day, self.zone)
        if not starts:
            return []
        end = first_instant(day + timedelta(days=1), self.zone)
        changes = self._changes(prices, starts[0], end)
        found: list[Moment] = []
        for begin, until in pairwise([starts[0], *changes, end]):
            resolution = self._resolve(begin) if changes else known
            here = [at for at in starts if begin <= at < until]
            found += self._priced(resolution.version, here)
        return found

    def _changes(self, prices: PriceList, start: datetime, end: datetime) -> list[datetime]:
        """Instants within the day at which another price may hold."""
        candidates = prices.candidates(self.plug)
        tariffs = {one.tariff for one in candidates if one.tariff is not None}
        begun = TariffVersion.objects.filter(
            tariff__in=tariffs, withdrawn_at=None, valid_from__gt=start, valid_from__lt=end
        )
        instants = {
            at
            for one in candidates
            for at in (one.valid_from, one.valid_until, one.archived_at)
            if at is not None
        }
        instants |= set(begun.values_list("valid_from", flat=True)) if tariffs else set()
        return sorted(at for at in instants if start < at < end)

    def _resolve(self, at: datetime) -> Resolution:
        prices = price_list(operator_id=self.operator_id, at=at, plugs=[self.plug])
        return prices.resolve(self.plug, self.customer)

    def _priced(self, version: TariffVersion | None, starts: Sequence[datetime]) -> list[Moment]:
        if version is None or not starts:
            return [Moment(at=at) for at in starts]
        terms = terms_of(version)
        length = timedelta(seconds=self.shape.charging_s + self.shape.idle_s + 60)
        spot = spot_prices(
            terms,
            self.operator_id,
            starts[0] - length,
            starts[-1] + length,
        )
        plain = of_session(terms, self.shape)
        return [self._moment(terms, plain, at, spot) for at in starts]

    def _moment(self, terms: Terms, plain: Terms, at: datetime, spot: Spots) -> Moment:
        second = int(at.timestamp())
        next_ones = marginal(plain, self.shape, second, self.zone, spot)
        session = rounded(price(terms, self.shape.charging(second), self.zone, spot))
        return Moment(
            at=at,
            kwh=_shown(next_ones.kwh),
            minute=_shown(next_ones.minute),
            idle_minute=_shown(next_ones.idle_minute),
            session_minor=session.gross_minor,
            currency=terms.currency,
        )


def _shown(exact: Fraction) -> Decimal:
    """A unit price for a chart: six decimals."""
    return (Decimal(exact.numerator) / exact.denominator).quantize(_SIX_PLACES)
