from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from common import formats

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(12345.6, 0, "12,346"), (Decimal("0.5"), 2, "0.50"), (0, 0, "0"), (None, 0, formats.DASH)],
)
def test_number(value: formats.Quantity, digits: int, text: str) -> None:
    assert formats.number(value, digits) == text


def test_kwh_from_watt_hours() -> None:
    assert formats.kwh(18_420) == "18.4\u00a0kWh"
    assert formats.kwh(1_234_567, 0) == "1,235\u00a0kWh"
    assert formats.kwh(None) == formats.DASH


@pytest.mark.parametrize(
    ("watts", "text"),
    [(7_360, "7.4\u00a0kW"), (150_000, "150\u00a0kW"), (0, "0\u00a0kW"), (None, formats.DASH)],
)
def test_kw_from_watts(watts: int | None, text: str) -> None:
    assert formats.kw(watts) == text


@pytest.mark.parametrize(
    ("watt_hours", "parts"),
    [
        (0, ("0.0", "kWh")),
        (900, ("0.9", "kWh")),
        (18_420_000, ("18.42", "MWh")),
        (7_000_000_000, ("7.00", "GWh")),
        (None, (formats.DASH, "kWh")),
    ],
)
def test_energy_parts(watt_hours: int | None, parts: tuple[str, str]) -> None:
    assert formats.energy_parts(watt_hours) == parts


@pytest.mark.parametrize(
    ("watts", "parts"),
    [
        (1_386_000, ("1,386", "kW")),
        (7_360, ("7.4", "kW")),
        (12_500_000, ("12.5", "MW")),
        (None, (formats.DASH, "kW")),
    ],
)
def test_power_parts(watts: int | None, parts: tuple[str, str]) -> None:
    assert formats.power_parts(watts) == parts


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (Decimal("12.5"), "EUR", "€\u00a012.50"),
        (Decimal("0.4995"), "EUR", "€\u00a00.4995"),
        (Decimal("0.490000"), "EUR", "€\u00a00.49"),
        (Decimal(100), "EUR", "€\u00a0100.00"),
        (Decimal("1234567.8"), "DKK", "DKK\u00a01,234,567.80"),
        (12, "JPY", "¥\u00a012"),
        (Decimal("0.5"), "JPY", "¥\u00a00.5"),
        (Decimal("1.5"), "KWD", "KWD\u00a01.500"),
        (Decimal(-1), "USD", "-$\u00a01.00"),
        (None, "EUR", formats.DASH),
    ],
)
def test_money(amount: Decimal | int | None, currency: str, text: str) -> None:
    assert formats.money(amount, currency) == text


def test_percent_of_a_share() -> None:
    assert formats.percent(0.9931, 2) == "99.31\u00a0%"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0\u00a0s"),
        (-4, "0\u00a0s"),
        (65, "1\u00a0min 5\u00a0s"),
        (3600, "1\u00a0h"),
        (4980, "1\u00a0h 23\u00a0min"),
        (180_000, "2\u00a0d 2\u00a0h"),
        (None, formats.DASH),
    ],
)
def test_duration(seconds: int | None, text: str) -> None:
    assert formats.duration(seconds) == text


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=4), "now"),
        (timedelta(seconds=42), "42\u00a0s ago"),
        (timedelta(minutes=5, seconds=59), "5\u00a0min ago"),
        (timedelta(hours=3), "3\u00a0h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=9), "9 days ago"),
        (timedelta(seconds=-30), "now"),
        (timedelta(minutes=-5), "in 5\u00a0min"),
    ],
)
def test_ago(age: timedelta, text: str) -> None:
    assert formats.ago(NOW - age, NOW) == text


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ida Krogh", "IK"),
        ("Ida Maria Krogh", "IK"),
        ("ida", "I"),
        ("ida@example.com", "IC"),
        ("", "?"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert formats.initials(name) == letters
