from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargers.domain.energy import (
    EnergySource,
    MeterEvidence,
    Sample,
    SessionEnergy,
    is_plausible,
    live_energy,
    session_energy,
)

START = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def sample(minutes: float, energy_wh: int | None = None, power_w: int | None = None) -> Sample:
    return Sample(START + timedelta(minutes=minutes), energy_wh, power_w)


def closing(minutes: float, energy_wh: int) -> Sample:
    return Sample(START + timedelta(minutes=minutes), energy_wh, is_closing=True)


def judged(
    start: int | None, stop: int | None, *samples: Sample, hours: float = 1, rated: int = 11_000
) -> tuple[int, str, list[str]]:
    energy = session_energy(
        MeterEvidence(
            meter_start_wh=start,
            meter_stop_wh=stop,
            samples=samples,
            duration=hours * HOUR,
            rated_power_w=rated,
        )
    )
    return (
        energy.energy_wh,
        energy.source.value,
        [finding.code.value for finding in energy.findings],
    )


@pytest.mark.parametrize(
    ("energy_wh", "plausible"),
    [(-1, False), (0, True), (12_200, True), (12_201, False)],
)
def test_plausible_is_rated_power_times_time_and_a_little(energy_wh: int, plausible: bool) -> None:
    assert is_plausible(energy_wh, duration=HOUR, rated_power_w=11_000) is plausible


def test_a_session_of_no_time_may_have_the_allowance_only() -> None:
    assert is_plausible(100, duration=timedelta(0), rated_power_w=11_000)
    assert not is_plausible(101, duration=-HOUR, rated_power_w=11_000)


def test_registers_come_first() -> None:
    assert judged(1_000, 9_000, sample(30, 5_000), closing(60, 8_000)) == (8_000, "registers", [])


def test_q62_closing_sample_comes_second() -> None:
    assert judged(1_000, 500, closing(60, 8_000)) == (
        7_000,
        "closing_sample",
        ["energy_negative", "energy_from_samples"],
    )


def test_q62_samples_come_third() -> None:
    assert judged(1_000, 500, sample(0, 100), sample(30, 4_100)) == (
        4_000,
        "samples",
        ["energy_negative", "energy_from_samples"],
    )


def test_q62_else_nothing_and_a_person() -> None:
    assert judged(1_000, 500) == (0, "none", ["energy_negative", "energy_unknown"])
    assert judged(None, None) == (0, "none", ["energy_unknown"])
    assert judged(1_000, 500, sample(0, 4_000)) == (
        0,
        "none",
        ["energy_negative", "energy_unknown"],
    )


def test_missing_stop_uses_the_latest_sample_without_a_finding() -> None:
    assert judged(1_000, None, sample(10, 2_000), sample(50, 6_000)) == (
        5_000,
        "closing_sample",
        [],
    )


def test_q64_equal_registers_against_samples() -> None:
    assert judged(1_000, 1_000, sample(0, 0), sample(50, 6_000)) == (
        0,
        "registers",
        ["energy_disagrees"],
    )
    assert judged(1_000, 1_000, sample(0, 0), sample(50, 200)) == (0, "registers", [])


def test_q65_a_small_slip_of_units_is_noticed_above_two_coarse_steps() -> None:
    assert judged(0, 0, sample(0, 0), sample(10, 201))[2] == ["energy_disagrees"]
    assert judged(41_000, 41_100, sample(0, 0), sample(10, 200))[2] == []


def test_q65_kwh_called_wh_disagrees_with_power() -> None:
    powers = (sample(0, power_w=9_400), sample(7, power_w=9_400))
    assert judged(361, 362, *powers, hours=7 / 60) == (1, "registers", ["energy_disagrees"])


def test_q65_wh_called_kwh_is_above_what_the_station_can_deliver() -> None:
    assert judged(361_000, 8_361_000)[1:] == ("none", ["energy_implausible", "energy_unknown"])


def test_q66_relative_samples_are_not_mixed_with_lifetime_registers() -> None:
    assert judged(900_000, 0, sample(0, 0), sample(30, 3_000), sample(60, 6_000)) == (
        6_000,
        "samples",
        ["energy_negative", "energy_from_samples"],
    )


def test_q68_base_line_of_zero() -> None:
    samples = (sample(0, 0), sample(1, 939_000), sample(59, 945_000))
    assert judged(0, 945_100, *samples) == (
        6_000,
        "samples",
        ["energy_implausible", "energy_from_samples"],
    )


def test_q73_flat_register_while_power_flows() -> None:
    powers = tuple(sample(m, 5_000, 7_000) for m in (0, 30, 60))
    assert judged(5_000, 5_000, *powers) == (0, "registers", ["energy_disagrees"])


def test_q74_coarse_meter_of_a_short_session_is_no_error() -> None:
    powers = (sample(0, power_w=7_000), sample(0.5, power_w=7_000))
    assert judged(5_000, 5_000, *powers, hours=0.01) == (0, "registers", [])


def test_a_dip_to_zero_breaks_the_samples_into_sound_stretches() -> None:
    samples = (
        sample(0, 1_000),
        sample(20, 4_000),
        sample(21, 0),
        sample(22, 4_100),
        sample(60, 9_000),
    )
    assert judged(5, 1, *samples) == (
        4_900,
        "samples",
        ["energy_negative", "energy_from_samples"],
    )


registers = st.one_of(st.none(), st.integers(-(2**63), 2**63))


@given(
    start=registers,
    stop=registers,
    values=st.lists(st.tuples(st.integers(0, 600), registers, registers), max_size=8),
    hours=st.floats(0, 200),
)
def test_whatever_a_station_says_the_energy_is_plausible(
    start: int | None,
    stop: int | None,
    values: list[tuple[int, int | None, int | None]],
    hours: float,
) -> None:
    evidence = MeterEvidence(
        meter_start_wh=start,
        meter_stop_wh=stop,
        samples=[sample(*value) for value in sorted(values, key=lambda v: v[0])],
        duration=hours * HOUR,
        rated_power_w=22_000,
    )
    energy: SessionEnergy = session_energy(evidence)
    assert is_plausible(energy.energy_wh, duration=evidence.duration, rated_power_w=22_000)
    if energy.source == EnergySource.NONE:
        assert energy.findings


def test_live_energy_keeps_the_previous_figure_for_nonsense() -> None:
    def live(start: int | None, register: int | None) -> int:
        return live_energy(
            meter_start_wh=start,
            register_wh=register,
            duration=HOUR,
            rated_power_w=11_000,
            previous_wh=42,
        )

    assert live(1_000, 5_000) == 4_000
    assert live(1_000, 900) == 42
    assert live(0, 939_000) == 42
    assert live(None, 5_000) == 42
    assert live(1_000, None) == 42
