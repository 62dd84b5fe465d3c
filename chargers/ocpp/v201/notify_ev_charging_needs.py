"""K15: what a vehicle asks for over ISO 15118."""

from __future__ import annotations

from chargers.domain.charging_needs import ChargingNeeds, NeedsAnswer
from chargers.domain.messages import Message, NotifyEVChargingNeeds
from chargers.domain.results import ChargingNeedsResult, Result
from chargers.ocpp.fields import INT32, Payload, meter, require_place, text
from chargers.ocpp.notes import Notes
from chargers.ocpp.times import read_time


def decode(payload: Payload, notes: Notes) -> NotifyEVChargingNeeds:
    """AC, DC and, in 2.1, bidirectional parameters; the first that tells something counts."""
    needs: Payload = payload.get("chargingNeeds", {})
    dc: Payload = needs.get("dcChargingParameters", {})
    both = [needs.get("acChargingParameters", {}), dc]
    v2x: Payload = needs.get("v2xChargingParameters", {})
    return NotifyEVChargingNeeds(
        evse=require_place(payload, "evseId", notes),
        device_at=read_time(payload.get("timestamp"), notes, "timestamp"),
        needs=ChargingNeeds(
            transfer=text(needs, "requestedEnergyTransfer", 20),
            departure_at=read_time(needs.get("departureTime"), notes, "departureTime"),
            energy_wh=_first(both, "energyAmount", notes)
            or _whole(v2x, "evTargetEnergyRequest", notes),
            min_current_a=_first(both, "evMinCurrent", notes),
            max_current_a=_first(both, "evMaxCurrent", notes),
            max_voltage_v=_first(both, "evMaxVoltage", notes),
            max_power_w=_whole(dc, "evMaxPower", notes) or _whole(v2x, "maxChargePower", notes),
            soc_percent=_percent(dc, "stateOfCharge", notes),
            full_soc_percent=_percent(dc, "fullSoC", notes),
            bulk_soc_percent=_percent(dc, "bulkSoC", notes),
            capacity_wh=_whole(dc, "evEnergyCapacity", notes),
            control_mode=text(needs, "controlMode", 20),
            max_schedule_tuples=_whole(payload, "maxScheduleTuples", notes),
        ),
    )


def encode_result(message: Message | None, result: Result) -> Payload:
    """2.0.1 has no word for "noted, but no profile comes": the vehicle shall not wait for one."""
    answer = answer_of(message, result)
    return {"status": "Rejected" if answer == NeedsAnswer.NO_PROFILE else answer.value}


def answer_of(_message: Message | None, result: Result) -> NeedsAnswer:
    return result.answer if isinstance(result, ChargingNeedsResult) else NeedsAnswer.REJECTED


def _first(places: list[Payload], name: str, notes: Notes) -> int | None:
    found = (_whole(place, name, notes) for place in places)
    return next((number for number in found if number is not None), None)


def _whole(payload: Payload, name: str, notes: Notes) -> int | None:
    """Whole amps, volts, watts or Wh; 2.1 sends fractions."""
    number = meter(payload, name, notes)
    if number is not None and not 0 <= number <= INT32:
        notes.add(name, "out of range")
        return None
    return number


def _percent(payload: Payload, name: str, notes: Notes) -> int | None:
    number = _whole(payload, name, notes)
    return number if number is None or number <= 100 else None
