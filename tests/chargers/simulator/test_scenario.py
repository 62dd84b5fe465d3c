from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from chargers.simulator.models import MODELS
from chargers.simulator.neutral import IdToken
from chargers.simulator.scenario import Scenario

NOW = datetime(2026, 3, 2, tzinfo=UTC)
AC = MODELS["alfen-eve-double"].evses[0]
DC = MODELS["alpitronic-hyc300"].evses[0]


def arrivals(scenario: Scenario, days: int) -> list[datetime]:
    rng, at = Random(5), NOW
    found: list[datetime] = []
    while True:
        at = scenario.next_arrival(at, DC, rng)
        if at >= NOW + timedelta(days=days):
            return found
        found.append(at)


def test_arrivals_come_at_the_given_rate_and_by_day() -> None:
    found = arrivals(Scenario(arrivals_dc=12.0, utc_offset_hours=0), days=200)
    assert 2_250 < len(found) < 2_550
    night = sum(at.hour < 5 for at in found)
    evening = sum(15 <= at.hour < 20 for at in found)
    assert evening > 8 * night


def test_the_same_seed_makes_the_same_traffic() -> None:
    first, second = (Scenario().visit(AC, Random(3)) for _ in range(2))
    assert first == second
    assert Scenario().visit(AC, Random(4)) != first


def test_nobody_comes_at_rate_zero() -> None:
    scenario = Scenario(arrivals_ac=0)
    assert scenario.next_arrival(NOW, AC, Random(1)) > NOW + timedelta(days=300)


def test_a_visit_is_plausible() -> None:
    rng = Random(8)
    scenario = Scenario(id_tokens=(IdToken("A"), IdToken("B")), stranger=0.1)
    visits = [scenario.visit(DC, rng) for _ in range(500)]
    assert all(5 < v.vehicle.soc_percent < v.vehicle.target_soc_percent <= 100 for v in visits)
    strangers = [visit for visit in visits if visit.id_token.value not in {"A", "B"}]
    assert 30 < len(strangers) < 75
    warm = [scenario.warm_visit(DC, rng) for _ in range(100)]
    assert all(v.vehicle.soc_percent < v.vehicle.target_soc_percent for v in warm)
