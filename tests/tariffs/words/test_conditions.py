from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from tariffs.pricing.terms import Dimension
from tariffs.words.conditions import conditions, exact, span
from tests.tariffs.words.terms import element, energy, plain, terms


def _said(dimension: Dimension | None = None, **restrictions: Any) -> list[str]:
    found = terms(element(energy(1), **restrictions)).elements[0].restrictions
    return [plain(text) for text in conditions(found, dimension)]


@pytest.mark.parametrize(
    ("restrictions", "said"),
    [
        ({}, []),
        ({"start_time": "08:00", "end_time": "20:00"}, ["08:00-20:00"]),
        ({"start_time": "22:00", "end_time": "06:00"}, ["22:00-06:00"]),
        ({"start_time": "22:00"}, ["22:00-24:00"]),
        ({"start_time": "22:00", "end_time": "00:00"}, ["22:00-24:00"]),
        ({"end_time": "07:30"}, ["00:00-07:30"]),
        ({"start_time": "09:00", "end_time": "09:00"}, []),
        ({"start_time": "00:00", "end_time": "00:00"}, []),
        ({"day_of_week": ["SATURDAY", "SUNDAY"]}, ["Sat-Sun"]),
        ({"day_of_week": ["MONDAY"]}, ["Mon"]),
        ({"day_of_week": ["SUNDAY", "MONDAY"]}, ["Mon, Sun"]),
        ({"day_of_week": ["MONDAY", "TUESDAY", "WEDNESDAY", "FRIDAY"]}, ["Mon-Wed, Fri"]),
        ({"start_date": "2026-06-01", "end_date": "2026-09-01"}, ["1 June - 31 August 2026"]),
        (
            {"start_date": "2026-12-24", "end_date": "2027-01-02"},
            ["24 December 2026 - 1 January 2027"],
        ),
        ({"start_date": "2026-12-24", "end_date": "2026-12-25"}, ["24 December 2026"]),
        ({"start_date": "2026-12-24"}, ["from 24 December 2026"]),
        ({"end_date": "2027-01-01"}, ["until 31 December 2026"]),
        ({"season_start": "06-01", "season_end": "09-01"}, ["1 June - 31 August"]),
        ({"season_start": "11-01", "season_end": "03-01"}, ["1 November - 29 February"]),
        ({"season_start": "10-01"}, ["1 October - 31 December"]),
        ({"season_end": "02-01"}, ["1 January - 31 January"]),
        ({"min_kwh": 20}, ["above 20 kWh"]),
        ({"max_kwh": "0.5"}, ["for the first 0.5 kWh"]),
        ({"min_kwh": 0, "max_kwh": 20}, ["for the first 20 kWh"]),
        ({"min_kwh": 20, "max_kwh": 40}, ["20-40 kWh"]),
        ({"min_power": 50}, ["power from 50 kW"]),
        ({"max_power": "7.4"}, ["power below 7.4 kW"]),
        ({"min_power": 11, "max_power": 22}, ["power 11-22 kW"]),
        ({"min_current": 16, "max_current": 32}, ["current 16-32 A"]),
        ({"min_peak_power": 50}, ["highest power of the session from 50 kW"]),
        (
            {"min_average_power": 11, "max_average_power": 22},
            ["average power of the session 11-22 kW"],
        ),
        (
            {
                "day_of_week": ["SATURDAY", "SUNDAY"],
                "start_time": "08:00",
                "end_time": "20:00",
                "season_start": "06-01",
                "season_end": "09-01",
                "min_kwh": 20,
                "max_power": 22,
            },
            ["above 20 kWh", "power below 22 kW", "08:00-20:00", "Sat-Sun", "1 June - 31 August"],
        ),
    ],
)
def test_each_restriction(restrictions: dict[str, Any], said: list[str]) -> None:
    assert _said(**restrictions) == said


@pytest.mark.parametrize(
    ("restrictions", "alone", "beside_idle"),
    [
        ({"min_idle": 900}, "after 15 minutes idle", "after 15 minutes"),
        ({"max_idle": 900}, "for the first 15 minutes idle", "for the first 15 minutes"),
        (
            {"min_idle": 900, "max_idle": 3600},
            "from 15 minutes to 1 hour idle",
            "from 15 minutes to 1 hour",
        ),
        ({"min_duration": 7200}, "after 2 hours", "after 2 hours of the session"),
        ({"max_duration": 60}, "for the first 1 minute", "for the first 1 minute of the session"),
        (
            {"min_duration": 90, "max_duration": 5400},
            "from 90 seconds to 90 minutes",
            "from 90 seconds to 90 minutes of the session",
        ),
    ],
)
def test_clocks_are_named_where_they_could_be_confused(
    restrictions: dict[str, Any], alone: str, beside_idle: str
) -> None:
    assert _said(**restrictions) == [alone]
    assert _said(Dimension.PARKING_TIME, **restrictions) == [beside_idle]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "1 second"), (45, "45 seconds"), (60, "1 minute"), (5400, "90 minutes"),
     (3600, "1 hour"), (86_400, "24 hours")],
)  # fmt: skip
def test_spans(seconds: int, text: str) -> None:
    assert span(seconds) == text


def test_figures_keep_the_digits_that_they_need() -> None:
    shown = [exact(value) for value in (0, 1, 500, 7_400, 22_000, 1_234_500)]
    assert shown == ["0", "0.001", "0.5", "7.4", "22", "1,234.5"]


def test_days_and_months_are_the_readers() -> None:
    restrictions: dict[str, Any] = {
        "day_of_week": ["SATURDAY", "SUNDAY"], "season_start": "06-01", "season_end": "09-01",
        "min_kwh": "0.5",
    }  # fmt: skip
    with translation.override("de"):
        said = _said(**restrictions)
    assert said == ["above 0,5 kWh", "Sa-So", "1 Juni - 31 August"]
