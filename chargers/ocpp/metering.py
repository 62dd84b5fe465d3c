"""Sampled values of any version as `Reading`s (OCPP 1.6: 7.43, OCPP 2.0.1 part 2: 2.46, J01).

One Reading per MeterValue and context. Defaults of the standard: measurand
Energy.Active.Import.Register, location Outlet, unit of the measurand. Units are scaled exactly and
rounded half-even once (Q72). Energy and power prefer the total; without one, the phases are summed.
Whatever has no place of its own, cannot be read or comes twice ends in `extra`, nothing is lost.
Signed values (2.x `signedMeterValue`; 1.6 `format: "SignedData"`) are kept as they came.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from chargers.domain.messages import Reading, SignedData
from chargers.ocpp.notes import Notes
from chargers.ocpp.times import read_time
from chargers.ocpp.tolerance import as_number

Number = int | Decimal

DEFAULT_MEASURAND = "Energy.Active.Import.Register"
DEFAULT_CONTEXT = "Sample.Periodic"
MAX_MULTIPLIER = 12
MAX_EXTRAS = 100
MAX_SHOWN = 100


@dataclass(frozen=True, slots=True)
class _Field:
    unit: str
    factors: dict[str, int]
    limit: int
    signed: bool = True

    def is_plausible(self, number: Number) -> bool:
        """Within what a database column and good sense can hold."""
        lowest = -self.limit if self.signed else 0
        return lowest <= number <= self.limit


_FIELDS: dict[str, _Field] = {
    "Energy.Active.Import.Register": _Field("Wh", {"Wh": 1, "kWh": 1_000, "MWh": 10**6}, 10**15),
    "Power.Active.Import": _Field("W", {"W": 1, "kW": 1_000, "MW": 10**6}, 2**31 - 1),
    "Current.Import": _Field("A", {"A": 1_000, "mA": 1}, 2**31 - 1),
    "Voltage": _Field("V", {"V": 1_000, "mV": 1, "kV": 10**6}, 2**31 - 1),
    "SoC": _Field("Percent", {"Percent": 1, "%": 1}, 100, signed=False),
}
# letter case is forgiven where it cannot mean another unit (mW is not MW)
_FOLDED = {
    name: {unit.casefold(): factor for unit, factor in field.factors.items() if unit[0] not in "mM"}
    for name, field in _FIELDS.items()
}
_ENERGY, _POWER, _CURRENT, _VOLTAGE, _SOC = _FIELDS
_PHASES = {None: "", "L1": "L1", "L2": "L2", "L3": "L3", "L1-N": "L1", "L2-N": "L2", "L3-N": "L3"}
_RANK = {None: 0, "Outlet": 0, "Cable": 1, "Body": 1, "EV": 2, "Inlet": 3}


@dataclass(slots=True)
class _Slot:
    """A usable value; how it would read in `extra` is worked out only when it goes there."""

    rank: int
    number: Number
    sample: dict[str, Any]


def read_meter_values(meter_values: Iterable[Any], notes: Notes, path: str) -> tuple[Reading, ...]:
    """All readings of a `meterValue` (or `transactionData`) array, in the order sent.

    Args:
        meter_values: MeterValueType objects of any version, as forgiven by the schema check.
        notes: gets unreadable times, values and units.
        path: name of the array, for the notes.
    """
    readings: list[Reading] = []
    for index, meter_value in enumerate(meter_values):
        where = f"{path}.{index}"
        at = read_time(meter_value.get("timestamp"), notes, f"{where}.timestamp")
        builders: dict[str, _Builder] = {}
        for sample in meter_value.get("sampledValue", ()):
            context = sample.get("context", DEFAULT_CONTEXT)
            builder = builders.get(context)
            if builder is None:
                builder = builders[context] = _Builder(notes, where)
            builder.add(sample)
        readings.extend(_reading(at, context, builder) for context, builder in builders.items())
    return tuple(readings)


def _reading(at: Any, context: str, builder: _Builder) -> Reading:
    return Reading(
        device_at=at,
        context=context[:24],
        energy_wh=builder.total(_ENERGY),
        power_w=builder.total(_POWER),
        current_ma=builder.phases(_CURRENT),
        voltage_mv=builder.first(_VOLTAGE),
        soc_percent=builder.first(_SOC),
        extra=builder.rest(),
        signed=builder.signed(),
    )


class _Builder:
    """Samples of one instant and context, sorted into slots of (measurand, phase)."""

    __slots__ = ("_extra", "_notes", "_path", "_signed", "_slots")

    def __init__(self, notes: Notes, path: str) -> None:
        self._notes = notes
        self._path = path
        self._slots: dict[tuple[str, str], _Slot] = {}
        self._extra: dict[str, str] = {}
        self._signed: list[SignedData] = []

    def add(self, sample: dict[str, Any]) -> None:
        if "signedMeterValue" in sample:
            self._keep_signed(sample, sample["signedMeterValue"])
        if sample.get("format") == "SignedData":
            self._keep_signed(sample, {"signedMeterData": sample.get("value")})
            return
        if "value" not in sample:
            return
        measurand = sample.get("measurand", DEFAULT_MEASURAND)
        slot_phase = _PHASES.get(sample.get("phase"))
        field = _FIELDS.get(measurand)
        if field is None or slot_phase is None:
            self._put_aside(_key(sample), _scaled_text(sample, measurand))
            return
        unit, multiplier = _unit(sample, measurand)
        number = _in_base_unit(sample["value"], multiplier, _factor(measurand, field, unit))
        if number is None or not field.is_plausible(number):
            self._notes.add(f"{self._path}.sampledValue", f"unusable {measurand[:40]}")
            self._put_aside(_key(sample), _shown(sample, unit))
            return
        rank = _RANK.get(sample.get("location"), 2)
        self._fill((measurand, slot_phase), _Slot(rank, number, sample))

    def total(self, measurand: str) -> int | None:
        """The value without phase, else the sum over L1, L2 and L3."""
        slots = [self._slots.get((measurand, phase)) for phase in ("L1", "L2", "L3")]
        present = [slot for slot in slots if slot is not None]
        for slot in present:
            self._put_slot_aside(slot)
        whole = self._slots.get((measurand, ""))
        if whole is not None:
            return _rounded(whole.number)
        if not present:
            return None
        return _rounded(sum((slot.number for slot in present), start=0))

    def phases(self, measurand: str) -> tuple[int | None, int | None, int | None]:
        """L1, L2, L3; a value without phase takes the first place when no phase was named."""
        named = [self._number(measurand, phase) for phase in ("L1", "L2", "L3")]
        whole = self._slots.get((measurand, ""))
        if whole is None:
            return (named[0], named[1], named[2])
        if named == [None, None, None]:
            return (_rounded(whole.number), None, None)
        self._put_slot_aside(whole)
        return (named[0], named[1], named[2])

    def first(self, measurand: str) -> int | None:
        """The value without phase, else the first phase; the others go aside."""
        found = [
            slot
            for phase in ("", "L1", "L2", "L3")
            if (slot := self._slots.get((measurand, phase))) is not None
        ]
        for slot in found[1:]:
            self._put_slot_aside(slot)
        return _rounded(found[0].number) if found else None

    def rest(self) -> dict[str, str]:
        return self._extra

    def signed(self) -> tuple[SignedData, ...]:
        return tuple(self._signed)

    def _number(self, measurand: str, phase: str) -> int | None:
        slot = self._slots.get((measurand, phase))
        return None if slot is None else _rounded(slot.number)

    def _fill(self, place: tuple[str, str], slot: _Slot) -> None:
        held = self._slots.get(place)
        if held is None:
            self._slots[place] = slot
        elif slot.rank < held.rank:
            self._slots[place] = slot
            self._put_slot_aside(held)
        else:
            self._put_slot_aside(slot)

    def _put_slot_aside(self, slot: _Slot) -> None:
        unit, _ = _unit(slot.sample, slot.sample.get("measurand", DEFAULT_MEASURAND))
        self._put_aside(_key(slot.sample), _shown(slot.sample, unit))

    def _put_aside(self, key: str, shown: str) -> None:
        if len(self._extra) < MAX_EXTRAS:
            self._extra.setdefault(key, shown)

    def _keep_signed(self, sample: dict[str, Any], signed: Any) -> None:
        data = signed.get("signedMeterData") if isinstance(signed, dict) else None
        if isinstance(data, str) and data:
            self._signed.append(
                SignedData(
                    data=data,
                    measurand=sample.get("measurand", DEFAULT_MEASURAND)[:MAX_SHOWN],
                    encoding_method=signed.get("encodingMethod", "")[:MAX_SHOWN],
                    signing_method=signed.get("signingMethod", "")[:MAX_SHOWN],
                    public_key=signed.get("publicKey", ""),
                )
            )


def _key(sample: dict[str, Any]) -> str:
    """Name of a value in `extra`: measurand, phase where named, location unless Outlet."""
    phase, location = sample.get("phase"), sample.get("location")
    key: str = sample.get("measurand", DEFAULT_MEASURAND)
    if phase is not None:
        key = f"{key}.{phase}"
    if location is not None and location != "Outlet":
        key = f"{key}@{location}"
    return key[:MAX_SHOWN]


def _shown(sample: dict[str, Any], unit: str) -> str:
    return f"{str(sample['value'])[:MAX_SHOWN]} {unit}".strip()


def _unit(sample: dict[str, Any], measurand: str) -> tuple[str, int]:
    """Unit and power of ten (2.0.1: unitOfMeasure), the measurand's own unit by default."""
    measure = sample.get("unitOfMeasure", sample)
    multiplier = measure.get("multiplier", 0)
    unit = measure.get("unit")
    if unit is None:
        field = _FIELDS.get(measurand)
        unit = field.unit if field is not None else ""
    return unit[:20], multiplier if type(multiplier) is int else MAX_MULTIPLIER + 1


def _factor(measurand: str, field: _Field, unit: str) -> int | None:
    factor = field.factors.get(unit)
    return _FOLDED[measurand].get(unit.strip().casefold()) if factor is None else factor


def _in_base_unit(value: object, multiplier: int, factor: int | None) -> Number | None:
    if factor is None or abs(multiplier) > MAX_MULTIPLIER:
        return None
    number = _number(value)
    if number is None or multiplier == 0:
        return None if number is None else number * factor
    return Decimal(number).scaleb(multiplier) * factor


def _number(value: object) -> Number | None:
    if isinstance(value, str):
        return as_number(value)
    if isinstance(value, float):
        return as_number(repr(value))
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return value
    return None


def _scaled_text(sample: dict[str, Any], measurand: str) -> str:
    """A value without a place of its own, its multiplier applied where it can be."""
    unit, multiplier = _unit(sample, measurand)
    number = _in_base_unit(sample["value"], multiplier, 1) if multiplier else None
    return _shown(sample, unit) if number is None else f"{number:f} {unit}".rstrip()


def _rounded(number: Number) -> int:
    if isinstance(number, int):
        return number
    return int(number.to_integral_value(ROUND_HALF_EVEN))
