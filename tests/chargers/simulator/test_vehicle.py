from __future__ import annotations

from random import Random

import pytest

from chargers.simulator.models import MODELS, CurrentKind, EvseSpec
from chargers.simulator.vehicle import WMS_PER_WH, Draw, Hold, Limit, Vehicle

AC = EvseSpec(CurrentKind.AC, ("sType2",), 22_080, 32, 3)
AC_ONE_PHASE = EvseSpec(CurrentKind.AC, ("sType2",), 7_360, 32, 1)
DC = EvseSpec(CurrentKind.DC, ("cCCS2",), 150_000, 300)
RNG = Random(0)


@pytest.mark.parametrize(
    ("phases", "amps", "spec", "power"),
    [
        (3, 16.0, AC, 11_040),
        (3, 32.0, AC, 22_080),
        (1, 32.0, AC, 7_360),
        (3, 16.0, AC_ONE_PHASE, 3_680),
        (2, 16.0, AC, 7_360),
        (3, 6.0, AC, 4_140),
    ],
)
def test_ac_power_is_phases_times_amps_times_230(
    phases: int, amps: float, spec: EvseSpec, power: int
) -> None:
    vehicle = Vehicle(ac_phases=phases, ac_max_current_a=amps)
    draw = vehicle.draw(spec, Limit(), RNG)
    used = min(phases, spec.phases)
    assert draw == Draw(power, (amps,) * used, (230,) * used, Hold.NONE)


def test_an_amps_limit_is_per_phase() -> None:
    draw = Vehicle(ac_max_current_a=16).draw(AC, Limit(amps=10), RNG)
    assert (draw.power_w, draw.currents_a) == (6_900, (10.0, 10.0, 10.0))


def test_below_six_amps_the_station_holds() -> None:
    draw = Vehicle().draw(AC, Limit(amps=5.9), RNG)
    assert (draw.power_w, draw.hold) == (0, Hold.EVSE)


def test_a_watts_limit_counts_the_phases_in_use() -> None:
    draw = Vehicle(ac_phases=1, ac_max_current_a=32).draw(AC, Limit(watts=2_300), RNG)
    assert (draw.power_w, draw.currents_a) == (2_300, (10.0,))


def test_a_satisfied_car_holds() -> None:
    draw = Vehicle(soc_percent=80, target_soc_percent=80).draw(AC, Limit(), RNG)
    assert (draw.power_w, draw.hold) == (0, Hold.EV)


def test_dc_tapers_over_the_state_of_charge() -> None:
    powers = [
        Vehicle(soc_percent=soc, target_soc_percent=100, dc_max_power_w=100_000)
        .draw(DC, Limit(), RNG)
        .power_w
        for soc in (0, 5, 10, 45, 55, 80, 90, 97)
    ]
    assert powers == [60_000, 90_000, 100_000, 100_000, 85_000, 42_000, 18_000, 6_000]


def test_dc_is_bounded_by_cable_current() -> None:
    vehicle = Vehicle(soc_percent=10, dc_max_power_w=300_000, dc_nominal_v=400)
    draw = vehicle.draw(DC, Limit(), RNG)
    assert (draw.voltages_v, draw.currents_a, draw.power_w) == ((360.0,), (300.0,), 108_000)


def test_absorbing_ends_exactly_at_the_target() -> None:
    vehicle = Vehicle(battery_wh=10_000, soc_percent=50, target_soc_percent=60, efficiency=1.0)
    assert vehicle.absorb(400 * WMS_PER_WH) == 400 * WMS_PER_WH
    assert vehicle.soc_percent == pytest.approx(54.0)
    assert vehicle.absorb(900 * WMS_PER_WH) == pytest.approx(600 * WMS_PER_WH)
    assert vehicle.soc_percent == 60
    assert vehicle.absorb(900 * WMS_PER_WH) == 0


def test_noise_comes_from_the_given_source_alone() -> None:
    def powers(seed: int) -> list[int]:
        rng = Random(seed)
        vehicle = Vehicle(noise=0.02, dc_max_power_w=80_000)
        return [vehicle.draw(DC, Limit(), rng).power_w for _ in range(5)]

    assert powers(1) == powers(1)
    assert powers(1) != powers(2)
    assert all(abs(power / 80_000 - 1) <= 0.02 for power in powers(1))


def test_the_catalogue_fits_the_narrowest_fields() -> None:
    assert len(MODELS) >= 12
    for model in MODELS.values():
        assert len(model.vendor) <= 20, model
        assert len(model.name) <= 20, model
        assert len(model.firmware) <= 50, model
        assert model.protocol in {"1.6", "2.0.1"}, model
