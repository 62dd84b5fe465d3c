from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from chargers.simulator.models import hardware
from csms.seed.places import SiteKind
from csms.seed.traffic import arrivals, curve_through, stay


def test_a_curve_integrates_its_straight_lines() -> None:
    curve = curve_through([(0, 0), (3600, 10_000), (7200, 10_000), (7200 + 1800, 0)])
    assert curve.power_at(1800) == 5_000
    assert curve.energy_at(3600) == 5_000
    assert curve.energy_at(7200) == 15_000
    assert curve.energy_at(9000) == 17_500
    assert curve.energy_at(99_999) == 17_500
    assert curve.power_at(99_999) == 0
    assert curve.power_at(-1) == 0


@pytest.mark.parametrize("model", ["alfen-eve-double", "evbox-elvi", "kempower-s"])
@pytest.mark.parametrize("kind", list(SiteKind))
def test_a_stay_keeps_to_the_rating_of_its_plug(kind: SiteKind, model: str) -> None:
    made = hardware(model)
    rng = Random(7)
    for _ in range(200):
        drawn = stay(kind=kind, spec=made.evses[0], shared_power_w=made.shared_power_w, rng=rng)
        length = drawn.plugged.total_seconds()
        energy = drawn.curve.energy_at(length)
        assert 0 < energy <= made.evses[0].max_power_w * length / 3600
        assert max(drawn.curve.watts) <= made.evses[0].max_power_w
        assert list(drawn.curve.seconds) == sorted(set(drawn.curve.seconds))


def test_offices_are_empty_at_night() -> None:
    made = hardware("alfen-eve-double")
    zone = ZoneInfo("Europe/Copenhagen")
    since = datetime(2026, 3, 2, tzinfo=UTC)
    people = arrivals(
        kind=SiteKind.COMMUTER, spec=made.evses[0], zone=zone, since=since, rng=Random(3)
    )
    hours = set()
    at = since
    while at < since + timedelta(days=60):
        at = people.after(at)
        hours.add(at.astimezone(zone).hour)
    assert hours & {0, 1, 2, 3, 4, 20, 21, 22, 23} == set()
