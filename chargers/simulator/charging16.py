"""Smart charging in the words of OCPP 1.6."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chargers.simulator import charging
from chargers.simulator.neutral import Json
from chargers.simulator.profiles import Kind, Profile, Purpose
from chargers.simulator.wire import (
    RECURRENCES,
    decode_periods,
    encode_periods,
    parse_optional,
    stamp,
)

if TYPE_CHECKING:
    from chargers.simulator.commands import CommandDesk

PURPOSES = {
    "ChargePointMaxProfile": Purpose.STATION_MAX,
    "TxDefaultProfile": Purpose.TX_DEFAULT,
    "TxProfile": Purpose.TX,
}


def set_charging_profile(payload: Json, desk: CommandDesk) -> Json:
    profile = decode_profile(payload["csChargingProfiles"])
    return {"status": str(charging.set_profile(desk, int(payload["connectorId"]), profile))}


def clear_charging_profile(payload: Json, desk: CommandDesk) -> Json:
    purpose = payload.get("chargingProfilePurpose")
    outcome = charging.clear_profile(
        desk,
        profile_id=payload.get("id"),
        evse=payload.get("connectorId"),
        purpose=PURPOSES[purpose] if purpose else None,
        stack_level=payload.get("stackLevel"),
    )
    return {"status": str(outcome)}


def get_composite_schedule(payload: Json, desk: CommandDesk) -> Json:
    evse, seconds = int(payload["connectorId"]), int(payload["duration"])
    unit = payload.get("chargingRateUnit", "A")
    try:
        start, periods = charging.composite(desk, evse, seconds, unit)
    except LookupError:
        return {"status": "Rejected"}
    return {
        "status": "Accepted",
        "connectorId": evse,
        "scheduleStart": stamp(start),
        "chargingSchedule": {
            "duration": seconds,
            "startSchedule": stamp(start),
            "chargingRateUnit": unit,
            "chargingSchedulePeriod": encode_periods(periods),
        },
    }


def decode_profile(raw: Json) -> Profile:
    """Read a charging profile."""
    schedule = raw["chargingSchedule"]
    reference = raw.get("transactionId")
    return Profile(
        id=int(raw["chargingProfileId"]),
        stack_level=int(raw["stackLevel"]),
        purpose=PURPOSES[raw["chargingProfilePurpose"]],
        kind=Kind(raw["chargingProfileKind"]),
        unit=schedule["chargingRateUnit"],
        periods=decode_periods(schedule),
        start=parse_optional(schedule.get("startSchedule")),
        duration_s=schedule.get("duration"),
        valid_from=parse_optional(raw.get("validFrom")),
        valid_to=parse_optional(raw.get("validTo")),
        recurs_s=RECURRENCES.get(raw.get("recurrencyKind", "")),
        tx_reference=None if reference is None else str(reference),
        min_rate=float(schedule.get("minChargingRate", 0)),
    )


CHARGING_16: dict[str, Callable[[Json, CommandDesk], Json]] = {
    "ClearChargingProfile": clear_charging_profile,
    "GetCompositeSchedule": get_composite_schedule,
    "SetChargingProfile": set_charging_profile,
}
