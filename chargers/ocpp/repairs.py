"""What a make's quirks change on the wire: numbers in other units, times, resets.

Only stations with such a quirk come here; a payload of the caller is never changed in place.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from chargers.domain.commands import Command, Reset
from chargers.domain.quirks import Quirks, ResetKinds, TimeStyle
from chargers.domain.vocabulary import ResetType
from chargers.ocpp.fields import Payload
from chargers.ocpp.metering import DEFAULT_MEASURAND
from chargers.ocpp.notes import Notes
from chargers.ocpp.tolerance import as_number

_REGISTERS = ("meterStart", "meterStop")
_SAMPLES = ("meterValue", "transactionData")
_OUR_SECONDS = "Z"


def rescaled(payload: Payload, quirks: Quirks, notes: Notes) -> Payload:
    """The payload with registers and samples in the unit that they claim (Q65).

    Samples that name another unit (kWh) are right as they are.
    """
    changed = dict(payload)
    for name in _REGISTERS:
        if name in payload and quirks.register_scale != 1:
            changed[name] = _times(payload[name], quirks.register_scale)
            notes.add(name, "rescaled")
    for name in _SAMPLES:
        if name in payload:
            changed[name] = [_meter_value(item, quirks, notes, name) for item in payload[name]]
    return changed


def _meter_value(meter_value: Payload, quirks: Quirks, notes: Notes, path: str) -> Payload:
    samples = [
        _sample(sample, quirks, notes, path) for sample in meter_value.get("sampledValue", ())
    ]
    return {**meter_value, "sampledValue": samples}


def _sample(sample: Payload, quirks: Quirks, notes: Notes, path: str) -> Payload:
    factor = _factor(sample, quirks)
    if factor == 1 or "value" not in sample:
        return sample
    warning = f"{path}.sampledValue: rescaled"
    if warning not in notes:
        notes.add(f"{path}.sampledValue", "rescaled")
    return {**sample, "value": _times(sample["value"], factor)}


def _factor(sample: Payload, quirks: Quirks) -> int:
    measurand: str = sample.get("measurand", DEFAULT_MEASURAND)
    unit = sample.get("unitOfMeasure", sample).get("unit")
    if sample.get("format") == "SignedData":
        return 1
    if measurand.startswith("Energy.") and unit in (None, "Wh"):
        return quirks.energy_scale
    if measurand.startswith("Power.") and unit in (None, "W"):
        return quirks.power_scale
    return 1


def _times(value: Any, factor: int) -> Any:
    """Exactly; what is no number stays for its reader to complain about."""
    if isinstance(value, str):
        number = as_number(value)
        return value if number is None else str(number * factor)
    if isinstance(value, float):
        return Decimal(repr(value)) * factor
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return value * factor
    return value


def in_style(payload: Payload, style: TimeStyle) -> Payload:
    """An answer with its `currentTime` as the make wants it (Q35)."""
    at = payload.get("currentTime")
    if style == TimeStyle.SECONDS or not isinstance(at, str) or not at.endswith(_OUR_SECONDS):
        return payload
    return {**payload, "currentTime": f"{at.removesuffix(_OUR_SECONDS)}.000Z"}


def workable(command: Command, quirks: Quirks) -> Command:
    """The command as the make can take it: the kind of reset that works."""
    if not isinstance(command, Reset) or quirks.reset_kinds == ResetKinds.ANY:
        return command
    hard = quirks.reset_kinds == ResetKinds.HARD_ONLY
    return replace(command, type=ResetType.IMMEDIATE if hard else ResetType.ON_IDLE)
