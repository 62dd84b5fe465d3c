from __future__ import annotations

import json
import math

import pytest

from bench.report import Figure, Report, aligned, number


@pytest.mark.parametrize(
    ("value", "target", "better", "verdict"),
    [
        (0.35, 0.35, "lower", "ok"),
        (0.36, 0.35, "lower", "MISSED"),
        (3_000, 3_000, "higher", "ok"),
        (2_999, 3_000, "higher", "MISSED"),
        (math.nan, 1, "lower", "MISSED"),
        (5, None, "lower", ""),
    ],
)
def test_verdict(value: float, target: float | None, better: str, verdict: str) -> None:
    figure = Figure(
        name="x", value=value, target=target, better="lower" if better == "lower" else "higher"
    )

    assert figure.verdict == verdict


def test_report_lists_what_was_missed_and_prints_both_numbers() -> None:
    report = Report("demo")
    report.figure("cost", 0.4, "ms", at_most=0.35)
    report.figure("rate", 4_000, "/s", at_least=3_000)

    assert [figure.name for figure in report.missed] == ["cost"]
    assert report.text() == (
        "== demo ==\n"
        "  figure  measured  to reach\n"
        "  cost    0.400 ms  ≤ 0.350   MISSED\n"
        "  rate    4,000 /s  ≥ 3,000   ok\n"
    )


def test_report_is_valid_json_even_without_a_measurement() -> None:
    report = Report("demo")
    report.figure("lost", math.nan)

    text = json.dumps(report.to_json(), allow_nan=False)

    assert json.loads(text)["figures"][0]["value"] is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (12_345.6, "12,346"), (0.1234, "0.123"), (12.345, "12.35"), (123.4, "123")],
)
def test_number_shows_digits_that_say_something(value: float, text: str) -> None:
    assert number(value) == text


def test_aligned_pads_columns() -> None:
    assert aligned([["a", "bb"], ["ccc", "d"]]) == "  a    bb\n  ccc  d"


def test_a_failed_scenario_says_why() -> None:
    report = Report("demo", failure="the server did not start")

    assert report.text() == "== demo ==\n  FAILED: the server did not start\n"
    assert report.to_json()["failure"] == "the server did not start"
