from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from tariffs.pricing import Charging, Flag, Period, State, Terms, price, rounded
from tariffs.words import LineWords, flag_words, line_words
from tests.tariffs.words.terms import charging_time, element, energy, fee, idle, plain, terms

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
# 2026-03-14 12:00 UTC, a Saturday
NOON = 1_773_489_600


def _lines(found: Terms, *periods: Period) -> list[tuple[str, str, str, str]]:
    done = rounded(price(found, Charging(periods=periods), COPENHAGEN, None))
    lines = line_words(done, found)
    assert sum(line.amount_minor for line in lines) == (
        done.gross_minor if found.tax_included else done.net_minor
    )
    return [_plain(line) for line in lines]


def _plain(line: LineWords) -> tuple[str, str, str, str]:
    return line.title, plain(line.quantity), plain(line.reason), plain(line.amount)


def test_what_was_charged_and_why() -> None:
    found = terms(
        element(energy("0.39"), max_kwh=20, day_of_week=["SATURDAY", "SUNDAY"]),
        element(energy("0.49", step_size=500), fee("0.50")),
        element(idle("0.10", per_seconds=60, step_size=300), min_idle=900),
        caps=[{"type": "PARKING_TIME", "amount": "2"}],
    )
    charge = Period(NOON, NOON + 3600, 30_300)
    stay = Period(NOON + 3600, NOON + 3600 + 47 * 60, 0, State.IDLE)
    assert _lines(found, charge, stay) == [
        ("Start fee", "€ 0.50", "Part 2 of the tariff: always", "€ 0.50"),
        (
            "Energy",
            "20 kWh \u00d7 € 0.39",
            "Part 1 of the tariff: for the first 20 kWh, Sat-Sun",
            "€ 7.80",
        ),
        (
            "Energy",
            "10.5 kWh \u00d7 € 0.49",
            "Part 2 of the tariff: when no part before it applies; rounded up by 0.2 kWh",
            "€ 5.15",
        ),
        (
            "Idle",
            "35 min \u00d7 € 0.10 a minute",
            "Part 3 of the tariff: after 15 minutes; rounded up by 3 min",
            "€ 3.50",
        ),
        ("Cap on idle", "", "What exceeds the cap is taken off.", "-€ 1.50"),
    ]


def test_limits_of_the_total() -> None:
    least = terms(
        element(energy("0.30", vat=25)),
        min_price={"incl_vat": 1},
        max_price={"incl_vat": 2},
        tax_included=True,
    )
    short = _lines(least, Period(NOON, NOON + 60, 100))
    assert short[-1] == (
        "Least price of a session",
        "",
        "At least € 1.00 a session, incl. VAT",
        "€ 0.97",
    )
    long = _lines(least, Period(NOON, NOON + 3600, 10_000))
    assert long[-1] == (
        "Greatest price of a session",
        "",
        "At most € 2.00 a session, incl. VAT",
        "-€ 1.00",
    )


def test_reservations_are_told_apart() -> None:
    found = terms(
        element(charging_time(2), reservation="RESERVATION"),
        element(charging_time(3), energy("0.3")),
    )
    lines = _lines(
        found,
        Period(NOON, NOON + 1800, 0, State.RESERVED),
        Period(NOON + 1800, NOON + 5400, 4_000),
    )
    assert [(title, quantity) for title, quantity, _reason, _amount in lines] == [
        ("Reservation", "30 min \u00d7 € 2.00 an hour"),
        ("Energy", "4 kWh \u00d7 € 0.30"),
        ("Charging time", "1 h \u00d7 € 3.00 an hour"),
    ]


@pytest.mark.parametrize("flag", list(Flag))
def test_every_flag_has_a_sentence(flag: Flag) -> None:
    assert flag_words(flag).endswith(".")
