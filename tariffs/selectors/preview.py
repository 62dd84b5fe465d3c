"""Three typical sessions, priced: what a tariff means while somebody writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from common.formats import money
from common.money import major_units
from tariffs.pricing import (
    Charging,
    Flag,
    Period,
    RoundedPrice,
    State,
    Terms,
    price,
    rounded,
)
from tariffs.words import LineWords, flag_words, line_words

Spots = Mapping[tuple[str, int, int], Decimal]

_MINUTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of an example: minutes, Wh, W and mA (sum of phases); no energy: idle."""

    minutes: int
    energy_wh: int = 0
    power_w: int | None = None
    current_ma: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A typical session; it begins at that time of the local day."""

    key: str
    begins: time
    stretches: tuple[Stretch, ...]


# 3 phases of 16 A; three stretches of a falling curve at 400 V; 3 phases of 29 A.
SESSIONS = (
    Session(
        key="overnight",
        begins=time(22, 0),
        stretches=(
            Stretch(minutes=120, energy_wh=22_000, power_w=11_000, current_ma=48_000),
            Stretch(minutes=360),
        ),
    ),
    Session(
        key="fast",
        begins=time(17, 0),
        stretches=(
            Stretch(minutes=10, energy_wh=20_000, power_w=120_000, current_ma=300_000),
            Stretch(minutes=15, energy_wh=15_000, power_w=60_000, current_ma=150_000),
            Stretch(minutes=10, energy_wh=5_000, power_w=30_000, current_ma=75_000),
        ),
    ),
    Session(
        key="stop",
        begins=time(11, 0),
        stretches=(
            Stretch(minutes=36, energy_wh=12_000, power_w=20_000, current_ma=87_000),
            Stretch(minutes=45),
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A typical session with its price.

    Attributes:
        key: `overnight`, `fast` or `stop`.
        about: what happens, in a few words.
        started_at: with the offset of the site.
        lines: in the tariff's basis of VAT; they add up to `net` or `gross`.
        net, tax, gross: with their currency.
        notes: what a person should know about this price.
        price: the same as numbers.
    """

    key: str
    title: str
    about: str
    started_at: datetime
    lines: list[LineWords]
    net: str
    tax: str
    gross: str
    notes: list[str]
    price: RoundedPrice


def examples(
    terms: Terms, *, zone: ZoneInfo, day: date, spot: Spots | None = None
) -> list[Example]:
    """Price the three sessions as if they began on a local day.

    Args:
        zone: of the site.
        spot: prices of the market; None: the tariff's fallback counts.
    """
    return [_example(terms, session, zone, day, spot) for session in SESSIONS]


def _example(
    terms: Terms, session: Session, zone: ZoneInfo, day: date, spot: Spots | None
) -> Example:
    started_at = datetime.combine(day, session.begins, tzinfo=zone)
    found = rounded(price(terms, charging_of(session, started_at), zone, spot))
    title, about = _told(session.key)
    return Example(
        key=session.key,
        title=title,
        about=about,
        started_at=started_at,
        lines=line_words(found, terms),
        net=_amount(found.net_minor, terms.currency),
        tax=_amount(found.tax_minor, terms.currency),
        gross=_amount(found.gross_minor, terms.currency),
        notes=[flag_words(flag) for flag in Flag if flag in found.flags],
        price=found,
    )


def charging_of(session: Session, started_at: datetime) -> Charging:
    """The periods of an example that begins at an instant."""
    periods = []
    start = int(started_at.timestamp())
    for stretch in session.stretches:
        end = start + stretch.minutes * _MINUTE
        state = State.CHARGING if stretch.energy_wh else State.IDLE
        periods.append(
            Period(start, end, stretch.energy_wh, state, stretch.power_w, stretch.current_ma)
        )
        start = end
    return Charging(periods=tuple(periods))


def _told(key: str) -> tuple[str, str]:
    return {
        "overnight": (
            gettext("Overnight, AC"),
            gettext("22 kWh in 2 h, then 6 h idle, from 22:00"),
        ),
        "fast": (gettext("Fast charging, DC"), gettext("40 kWh in 35 min, from 17:00")),
        "stop": (gettext("Short stop"), gettext("12 kWh in 36 min, then 45 min idle, from 11:00")),
    }[key]


def _amount(minor: int, currency: str) -> str:
    return money(major_units(minor, currency), currency)
