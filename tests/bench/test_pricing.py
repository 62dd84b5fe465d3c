"""The sessions of `bench pricing` cost something, and are the same for the same seed."""

from __future__ import annotations

from random import Random

from bench.options import Options
from bench.scenarios import pricing_oracle
from bench.tariffs import PERIODS, ZONE, sessions, spot_prices, tariffs
from tariffs.pricing import price
from tariffs.pricing.result import Flag


def test_sessions_have_twenty_periods_and_a_price() -> None:
    terms, spot = tariffs(), spot_prices(Random(1))
    found = sessions(Random(1), 50)
    flags: set[Flag] = set()
    for session in found:
        cost = price(terms[session.tariff], session.charging, ZONE, spot)
        flags |= cost.flags

        assert len(session.charging.periods) == PERIODS
        assert cost.net > 0
    assert {session.tariff for session in found} == set(terms)
    assert flags == set()


def test_same_seed_same_sessions() -> None:
    assert sessions(Random(7), 20) == sessions(Random(7), 20)
    assert sessions(Random(7), 20) != sessions(Random(8), 20)


def test_oracle_scenario_counts_its_pairs() -> None:
    report = pricing_oracle.run(Options(pairs=25, seed=3))

    figures = {figure.name: figure.value for figure in report.figures}
    assert (figures["pairs"], figures["seed"], figures["differences"]) == (25, 3, 0)
    assert report.missed == []
