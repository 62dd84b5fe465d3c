"""Smart charging in the words of OCPP 2.0.1: orders, reports, what is told unasked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chargers.simulator import charging
from chargers.simulator.neutral import (
    Json,
    LimitNotified,
    NeedsNotified,
    PlanNotified,
    Raw,
)
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
    "ChargingStationExternalConstraints": Purpose.EXTERNAL,
    "ChargingStationMaxProfile": Purpose.STATION_MAX,
    "TxDefaultProfile": Purpose.TX_DEFAULT,
    "TxProfile": Purpose.TX,
}
WORDS = {purpose: word for word, purpose in PURPOSES.items()}
RECURRENCE_WORDS = {seconds: word for word, seconds in RECURRENCES.items()}


def set_charging_profile(payload: Json, desk: CommandDesk) -> Json:
    profile = decode_profile(payload["chargingProfile"])
    if profile.purpose is Purpose.TX and profile.tx_reference is None:
        return {"status": "Rejected", "statusInfo": {"reasonCode": "MissingParam"}}  # K01.FR.03
    return {"status": str(charging.set_profile(desk, int(payload["evseId"]), profile))}


def clear_charging_profile(payload: Json, desk: CommandDesk) -> Json:
    criteria = payload.get("chargingProfileCriteria") or {}
    purpose = criteria.get("chargingProfilePurpose")
    outcome = charging.clear_profile(
        desk,
        profile_id=payload.get("chargingProfileId"),
        evse=criteria.get("evseId"),
        purpose=PURPOSES[purpose] if purpose else None,
        stack_level=criteria.get("stackLevel"),
    )
    return {"status": str(outcome)}


def get_composite_schedule(payload: Json, desk: CommandDesk) -> Json:
    evse, seconds = int(payload["evseId"]), int(payload["duration"])
    unit = payload.get("chargingRateUnit", "A")
    try:
        start, periods = charging.composite(desk, evse, seconds, unit)
    except LookupError:
        return {"status": "Rejected"}
    return {
        "status": "Accepted",
        "schedule": {
            "evseId": evse,
            "duration": seconds,
            "scheduleStart": stamp(start),
            "chargingRateUnit": unit,
            "chargingSchedulePeriod": encode_periods(periods),
        },
    }


def get_charging_profiles(payload: Json, desk: CommandDesk) -> Json:
    criteria = payload["chargingProfile"]
    purpose = criteria.get("chargingProfilePurpose")
    parts = charging.installed(
        desk,
        evse=payload.get("evseId"),
        ids=criteria.get("chargingProfileId", ()),
        purpose=PURPOSES[purpose] if purpose else None,
        stack_level=criteria.get("stackLevel"),
        sources=criteria.get("chargingLimitSource", ()),
    )
    if not parts:
        return {"status": "NoProfiles"}
    desk.send_soon(
        [
            Raw(
                "ReportChargingProfiles",
                {
                    "requestId": int(payload["requestId"]),
                    "evseId": evse,
                    "chargingLimitSource": source,
                    "tbc": number < len(parts),
                    "chargingProfile": [encode_profile(profile) for profile in profiles],
                },
            )
            for number, (evse, source, profiles) in enumerate(parts, start=1)
        ]
    )
    return {"status": "Accepted"}


def decode_profile(raw: Json) -> Profile:
    """Read a charging profile; of several schedules the first counts (no ISO 15118 here)."""
    schedule = raw["chargingSchedule"][0]
    return Profile(
        id=int(raw["id"]),
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
        tx_reference=raw.get("transactionId"),
        min_rate=float(schedule.get("minChargingRate", 0)),
    )


def encode_profile(profile: Profile) -> Json:
    """Write a charging profile as a report does."""
    optional = {
        "recurrencyKind": RECURRENCE_WORDS.get(profile.recurs_s or 0),
        "validFrom": stamp(profile.valid_from) if profile.valid_from else None,
        "validTo": stamp(profile.valid_to) if profile.valid_to else None,
        "transactionId": profile.tx_reference,
    }
    return {
        "id": profile.id,
        "stackLevel": profile.stack_level,
        "chargingProfilePurpose": WORDS[profile.purpose],
        "chargingProfileKind": str(profile.kind),
        **{name: value for name, value in optional.items() if value is not None},
        "chargingSchedule": [_schedule(profile)],
    }


def _schedule(profile: Profile) -> Json:
    schedule: Json = {
        "id": 1,
        "chargingRateUnit": profile.unit,
        "chargingSchedulePeriod": encode_periods(profile.periods),
    }
    if profile.start is not None:
        schedule["startSchedule"] = stamp(profile.start)
    if profile.duration_s is not None:
        schedule["duration"] = profile.duration_s
    if profile.min_rate:
        schedule["minChargingRate"] = profile.min_rate
    return schedule


def encode_limit(event: LimitNotified) -> tuple[str, Json]:
    """Write a limit from outside, or that it is gone."""
    place: Json = {"evseId": event.evse} if event.evse else {}
    if event.profile is None:
        return "ClearedChargingLimit", {"chargingLimitSource": event.source, **place}
    return "NotifyChargingLimit", {
        **place,
        "chargingLimit": {
            "chargingLimitSource": event.source,
            "isGridCritical": event.is_grid_critical,
        },
        "chargingSchedule": [_schedule(event.profile)],
    }


def encode_needs(event: NeedsNotified) -> Json:
    """Write what a vehicle asked for."""
    needs: Json = {"requestedEnergyTransfer": event.transfer}
    if event.departure_at is not None:
        needs["departureTime"] = stamp(event.departure_at)
    if event.transfer == "DC":
        needs["dcChargingParameters"] = {
            "evMaxCurrent": event.max_current_a,
            "evMaxVoltage": event.max_voltage_v,
            "energyAmount": event.energy_wh,
            "stateOfCharge": event.soc_percent,
            "evEnergyCapacity": event.capacity_wh,
        }
    else:
        needs["acChargingParameters"] = {
            "energyAmount": event.energy_wh,
            "evMinCurrent": event.min_current_a,
            "evMaxCurrent": event.max_current_a,
            "evMaxVoltage": event.max_voltage_v,
        }
    return {"evseId": event.evse, "chargingNeeds": needs}


def encode_plan(event: PlanNotified) -> Json:
    """Write how a vehicle means to charge."""
    return {
        "timeBase": stamp(event.at),
        "evseId": event.evse,
        "chargingSchedule": {
            "id": 1,
            "chargingRateUnit": event.unit,
            "chargingSchedulePeriod": [
                {"startPeriod": start, "limit": limit} for start, limit in event.periods
            ],
        },
    }


CHARGING_201: dict[str, Callable[[Json, CommandDesk], Json]] = {
    "ClearChargingProfile": clear_charging_profile,
    "GetChargingProfiles": get_charging_profiles,
    "GetCompositeSchedule": get_composite_schedule,
    "SetChargingProfile": set_charging_profile,
}
