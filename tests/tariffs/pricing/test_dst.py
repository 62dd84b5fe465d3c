"""Nights of 23, 25, 23.5 and 24.5 hours, a day that never was, midnight, leap days, New Year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from tariffs.pricing import price
from tariffs.pricing.charging import Charging
from tariffs.pricing.terms import Cap, CapPeriod, Component, Dimension, Element, Spot, Terms
from tests.tariffs.build import (
    COPENHAGEN,
    Part,
    charge,
    energy,
    hour,
    idle,
    parking,
    session,
    tariff,
    when,
)

LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
NEW_YORK = ZoneInfo("America/New_York")
KOLKATA = ZoneInfo("Asia/Kolkata")
APIA = ZoneInfo("Pacific/Apia")


def window(start: int, end: int) -> Terms:
    """3.00 an hour between two minutes of the day, 1.00 an hour otherwise."""
    return tariff(when(hour("3"), start_minute=start, end_minute=end), hour("1"))


def net(terms: Terms, charging: Charging, zone: ZoneInfo = COPENHAGEN) -> Fraction:
    return price(terms, charging, zone).net


@pytest.mark.parametrize(
    ("terms", "start", "minutes", "zone", "expected"),
    [
        # 02:00 to 03:00 comes twice: 30 min + 120 min at 3 + 30 min
        (window(120, 180), "2026-10-25 01:30", 180, COPENHAGEN, "7"),
        # and never in spring
        (window(120, 180), "2026-03-29 01:30", 60, COPENHAGEN, "1"),
        # 02:30 does not exist; the window starts where the clock goes on, at 03:00
        (window(150, 240), "2026-03-29 01:30", 90, COPENHAGEN, "3.5"),
        # 02:30 comes twice; between, the clock falls back before the window
        (window(150, 180), "2026-10-25 02:00", 120, COPENHAGEN, "4"),
        # a wrapped window over the long night: 22:00 to 06:00 are 9 h, and 1 h on each side
        (window(1320, 360), "2026-10-24 21:00", 660, COPENHAGEN, "29"),
        # over the short one: 7 h
        (window(1320, 360), "2026-03-28 21:00", 540, COPENHAGEN, "23"),
        (window(60, 120), "2026-11-01 00:30", 180, NEW_YORK, "7"),
        (window(120, 180), "2026-03-08 01:30", 60, NEW_YORK, "1"),
        # half an hour back: 01:30 to 02:00 comes twice
        (window(90, 120), "2026-04-05 01:00", 120, LORD_HOWE, "4"),
        # half an hour forth: 02:00 to 02:30 never comes
        (window(120, 150), "2026-10-04 01:30", 60, LORD_HOWE, "1"),
        (window(1020, 1080), "2026-06-01 16:45", 30, KOLKATA, "1"),
        # second by second: 17:00 is 15 min away
        (window(1020, 0), "2026-06-01 16:45", 16, COPENHAGEN, "0.3"),
        # ends at midnight
        (window(1380, 0), "2026-06-01 22:30", 120, COPENHAGEN, "4"),
        (window(600, 600), "2026-06-01 22:30", 120, COPENHAGEN, "6"),
    ],
)
def test_times_of_day(
    terms: Terms, start: str, minutes: int, zone: ZoneInfo, expected: str
) -> None:
    assert net(terms, session(start, charge(minutes), zone=zone), zone) == Fraction(expected)


def test_second_two_o_clock_is_the_second() -> None:
    """Started in the second hour between two and three: 60 min less."""
    charging = session("2026-10-25 02:30", charge(60), fold=1)

    assert net(window(120, 180), charging) == Fraction(2)


@pytest.mark.parametrize(
    ("start", "hours", "zone", "expected"),
    [
        ("2026-10-25 00:00", 25, COPENHAGEN, "24.5"),
        ("2026-03-29 00:00", 23, COPENHAGEN, "23"),
        # two long halves: 20 h of the first day, and 24.5 of the 25 of the next
        ("2026-10-24 04:00", 45, COPENHAGEN, "44.5"),
        ("2026-04-05 00:00", 24, LORD_HOWE, "24"),
        ("2026-11-01 00:00", 25, NEW_YORK, "24.5"),
    ],
)
def test_cap_of_a_local_day(start: str, hours: int, zone: ZoneInfo, expected: str) -> None:
    cap = Cap(dimension=Dimension.PARKING_TIME, amount=Decimal("24.5"), per=CapPeriod.DAY)
    terms = tariff(parking("1"), caps=(cap,))

    assert net(terms, session(start, idle(hours * 60), zone=zone), zone) == Fraction(expected)


def test_apia_had_no_friday() -> None:
    """30 December 2011 was left out: Thursday 23:00, two hours on it is Saturday 01:00."""
    charging = session("2011-12-29 23:00", charge(120), zone=APIA)
    terms = tariff(
        when(hour("9"), days=frozenset({4})), when(hour("2"), days=frozenset({5})), hour("1")
    )

    assert net(terms, charging, APIA) == Fraction(3)


def test_a_wrapped_night_belongs_to_both_days() -> None:
    """Fridays 22:00 to 06:00: Friday before six and after ten, not Saturday morning."""
    terms = tariff(
        when(hour("3"), start_minute=1320, end_minute=360, days=frozenset({4})), hour("1")
    )

    # Friday, 5 June 2026
    assert net(terms, session("2026-06-05 05:00", charge(120))) == Fraction(4)
    assert net(terms, session("2026-06-05 23:00", charge(120))) == Fraction(4)
    assert net(terms, session("2026-06-06 23:00", charge(120))) == Fraction(2)


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        ("2028-02-28 23:00", 120, "4"),
        ("2028-02-29 23:00", 120, "4"),
        ("2027-02-28 23:00", 120, "2"),
        ("2028-02-29 00:00", 1440, "72"),
    ],
)
def test_leap_day(start: str, minutes: int, expected: str) -> None:
    terms = tariff(when(hour("3"), season_start=(2, 29), season_end=(3, 1)), hour("1"))

    assert net(terms, session(start, charge(minutes))) == Fraction(expected)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-12-31 23:00", "6"),
        ("2026-10-31 23:00", "4"),
        ("2027-02-28 23:00", "4"),
        ("2026-07-01 12:00", "2"),
    ],
)
def test_season_over_new_year(start: str, expected: str) -> None:
    """1 November up to, and without, 1 March."""
    terms = tariff(when(hour("3"), season_start=(11, 1), season_end=(3, 1)), hour("1"))

    assert net(terms, session(start, charge(120))) == Fraction(expected)


def test_dates_are_local() -> None:
    """31 December in New York ends five hours after that of UTC."""
    terms = tariff(
        when(hour("3"), start_date=date(2026, 12, 31), end_date=date(2027, 1, 1)), hour("1")
    )

    assert net(terms, session("2026-12-30 23:00", charge(26 * 60), zone=NEW_YORK), NEW_YORK) == (
        Fraction(1 + 24 * 3 + 1)
    )


def test_slots_of_spot_prices_are_of_utc() -> None:
    """In Kolkata they change at half past: 16:00 to 17:00 are two half slots."""
    charging = session("2026-06-01 16:00", charge(60, 2000), zone=KOLKATA)
    middle = charging.periods[0].start + 1800
    terms = tariff(energy("0.10", spot=Spot(area="IN", factor=Decimal("1.25"))))
    slots = {("IN", 60, middle - 3600): Decimal("0.4"), ("IN", 60, middle): Decimal("0.8")}

    found = price(terms, charging, KOLKATA, slots)

    # 1 kWh at 0.60 and 1 kWh at 1.10
    assert [(line.quantity, line.unit_price) for line in found.lines] == [
        (1000, Decimal("0.6")),
        (1000, Decimal("1.1")),
    ]
    assert found.net == Fraction("1.7")


def test_a_day_of_energy_is_priced_in_real_time() -> None:
    """25 kWh in 25 h: 1 kWh in each hour, two of them between two and three."""
    terms = tariff(when(energy("2"), start_minute=120, end_minute=180), energy("1"))

    assert net(terms, session("2026-10-25 00:00", charge(25 * 60, 25_000))) == Fraction(27)


def test_elements_and_parts_are_what_they_seem() -> None:
    """The builder of these tests: local times, one part after the other."""
    charging = session("2026-10-25 02:30", Part(60), charge(1), fold=1)

    assert [(p.start, p.end) for p in charging.periods] == [
        (1_792_891_800, 1_792_891_860),
        (1_792_891_860, 1_792_891_920),
    ]
    assert tariff(hour("1")).elements == (
        Element(components=(Component(dimension=Dimension.TIME, price=Decimal(1)),)),
    )
