"""How much energy a session delivered: a ladder of sources, each checked for plausibility.

Registers at start and stop; else the closing sample; else the trusted samples between; else
zero and a person. Nothing implausible is billed unattended. Energy in Wh, power in W.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from chargers.domain.review import Finding, Oddity

# Meters and clocks are a little off, and a rating is not a limit.
_TOLERANCE = 1.1
_ALLOWANCE_WH = 100
# Up to twice the coarsest step of meters (100 Wh, Q74) registers and samples may differ by steps
# alone, and less is not worth a person's look.
_NOTEWORTHY_WH = 200
_DISAGREEMENT = 5


class EnergySource(StrEnum):
    REGISTERS = "registers"
    CLOSING_SAMPLE = "closing_sample"
    SAMPLES = "samples"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Sample:
    """A reading as far as energy is concerned; `at` is the corrected time."""

    at: datetime
    energy_wh: int | None = None
    power_w: int | None = None
    is_closing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterEvidence:
    """All that is known about a session's energy.

    Attributes:
        meter_start_wh: register at the start.
        meter_stop_wh: register at the stop, None when the stop is missing or silent.
        samples: in order of corrected time.
        duration: of the session.
        rated_power_w: of the EVSE.
    """

    meter_start_wh: int | None
    meter_stop_wh: int | None
    samples: Sequence[Sample]
    duration: timedelta
    rated_power_w: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnergy:
    energy_wh: int
    source: EnergySource
    findings: tuple[Finding, ...] = ()


def is_plausible(energy_wh: int, *, duration: timedelta, rated_power_w: int) -> bool:
    """Not negative, and not above rated power x time x 1.1 + 100 Wh."""
    hours = max(duration.total_seconds(), 0) / 3600
    return 0 <= energy_wh <= rated_power_w * hours * _TOLERANCE + _ALLOWANCE_WH


def session_energy(evidence: MeterEvidence) -> SessionEnergy:
    """The energy of a session, where it comes from, and what is odd about it."""
    by_registers = _difference(evidence.meter_start_wh, evidence.meter_stop_wh)
    if by_registers is not None and _fits(by_registers, evidence):
        return SessionEnergy(
            energy_wh=by_registers,
            source=EnergySource.REGISTERS,
            findings=_contradictions(by_registers, evidence),
        )
    return _from_samples(evidence, _why_not_registers(by_registers, evidence))


def _difference(start_wh: int | None, stop_wh: int | None) -> int | None:
    return None if start_wh is None or stop_wh is None else stop_wh - start_wh


def _fits(energy_wh: int, evidence: MeterEvidence) -> bool:
    return is_plausible(energy_wh, duration=evidence.duration, rated_power_w=evidence.rated_power_w)


def _why_not_registers(by_registers: int | None, evidence: MeterEvidence) -> tuple[Finding, ...]:
    if by_registers is None:
        return ()
    text = f"meter {evidence.meter_start_wh} Wh at start, {evidence.meter_stop_wh} Wh at stop"
    code = Oddity.ENERGY_NEGATIVE if by_registers < 0 else Oddity.ENERGY_IMPLAUSIBLE
    return (Finding(code, text),)


def _from_samples(evidence: MeterEvidence, reasons: tuple[Finding, ...]) -> SessionEnergy:
    closing = _difference(evidence.meter_start_wh, _closing_register(evidence))
    if closing is not None and _fits(closing, evidence):
        # Without a stop this is the expected source; after a refused register it is news.
        news = (Finding(Oddity.ENERGY_FROM_SAMPLES, "closing sample"),) if reasons else ()
        return SessionEnergy(
            energy_wh=closing, source=EnergySource.CLOSING_SAMPLE, findings=reasons + news
        )
    sampled = _trusted_span(evidence)
    if sampled is not None:
        return SessionEnergy(
            energy_wh=sampled,
            source=EnergySource.SAMPLES,
            findings=(*reasons, Finding(Oddity.ENERGY_FROM_SAMPLES, "first to last sample")),
        )
    return SessionEnergy(
        energy_wh=0,
        source=EnergySource.NONE,
        findings=(*reasons, Finding(Oddity.ENERGY_UNKNOWN, "no usable meter reading")),
    )


def _closing_register(evidence: MeterEvidence) -> int | None:
    """The closing sample; of a session whose stop is missing, the latest sample."""
    registers = [sample for sample in evidence.samples if sample.energy_wh is not None]
    closing = [sample for sample in registers if sample.is_closing]
    if closing:
        return closing[-1].energy_wh
    if evidence.meter_stop_wh is None and registers:
        return registers[-1].energy_wh
    return None


def _trusted_span(evidence: MeterEvidence) -> int | None:
    """Last minus first sample; with an implausible step between, the largest sound stretch."""
    registers = [(s.at, s.energy_wh) for s in evidence.samples if s.energy_wh is not None]
    if len(registers) < 2:
        return None
    stretches: list[list[int]] = [[registers[0][1]]]
    for (earlier, before), (later, after) in pairwise(registers):
        sound = is_plausible(
            after - before, duration=later - earlier, rated_power_w=evidence.rated_power_w
        )
        if sound:
            stretches[-1].append(after)
        else:
            stretches.append([after])
    spans = [stretch[-1] - stretch[0] for stretch in stretches if len(stretch) > 1]
    spans = [span for span in spans if _fits(span, evidence)]
    return max(spans, default=None)


def _contradictions(energy_wh: int, evidence: MeterEvidence) -> tuple[Finding, ...]:
    """Samples that tell of much more energy than the registers: kWh called Wh, a stuck meter."""
    sampled = _trusted_span(evidence) or 0
    powered = _energy_by_power(evidence.samples)
    witness = max(sampled, powered)
    if witness > _NOTEWORTHY_WH and witness > energy_wh * _DISAGREEMENT:
        detail = f"registers say {energy_wh} Wh, samples about {witness} Wh"
        return (Finding(Oddity.ENERGY_DISAGREES, detail),)
    return ()


def _energy_by_power(samples: Sequence[Sample]) -> int:
    """Integral of the power samples by trapezoids, in Wh."""
    powers = [(sample.at, sample.power_w) for sample in samples if sample.power_w is not None]
    watt_seconds = sum(
        (before + after) / 2 * (later - earlier).total_seconds()
        for (earlier, before), (later, after) in pairwise(powers)
    )
    return round(watt_seconds / 3600)


def live_energy(
    *,
    meter_start_wh: int | None,
    register_wh: int | None,
    duration: timedelta,
    rated_power_w: int,
    previous_wh: int,
) -> int:
    """Energy to show while a session runs; implausible registers leave the previous figure."""
    energy_wh = _difference(meter_start_wh, register_wh)
    if energy_wh is None:
        return previous_wh
    fits = is_plausible(energy_wh, duration=duration, rated_power_w=rated_power_w)
    return energy_wh if fits else previous_wh
