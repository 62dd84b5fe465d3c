"""ChargingProfile of 1.6 (section 7.8): one schedule, three purposes, integer transaction ids."""

from __future__ import annotations

from chargers.domain.charging_profiles import ChargingProfile, ProfileKind, ProfilePurpose
from chargers.ocpp.errors import NotSupportedError, UnableToEncodeError
from chargers.ocpp.fields import Payload
from chargers.ocpp.schedules import write_periods, write_times
from chargers.ocpp.times import format_time

_PURPOSE = {
    ProfilePurpose.STATION_MAX: "ChargePointMaxProfile",
    ProfilePurpose.TX_DEFAULT: "TxDefaultProfile",
    ProfilePurpose.TX: "TxProfile",
}


def encode_purpose(purpose: ProfilePurpose) -> str:
    """Raises:
    NotSupportedError: 1.6 has no such purpose.
    """
    word = _PURPOSE.get(purpose)
    if word is None:
        raise NotSupportedError(f"1.6 has no profiles for {purpose}")
    return word


def encode_profile(profile: ChargingProfile) -> Payload:
    """Raises:
    NotSupportedError: a purpose or kind that 1.6 does not have.
    UnableToEncodeError: a transaction that is none of 1.6.
    """
    if profile.kind == ProfileKind.DYNAMIC:
        raise NotSupportedError("1.6 has no dynamic profiles")
    schedule = profile.schedule
    payload: Payload = {
        "chargingProfileId": profile.id,
        "stackLevel": profile.stack_level,
        "chargingProfilePurpose": encode_purpose(profile.purpose),
        "chargingProfileKind": str(profile.kind),
        "chargingSchedule": {
            **write_times(schedule),
            "chargingRateUnit": str(schedule.unit),
            "chargingSchedulePeriod": write_periods(schedule, choose_phase=False),
        },
    }
    if profile.transaction_ref:
        payload["transactionId"] = _transaction_id(profile.transaction_ref)
    if profile.recurrence is not None:
        payload["recurrencyKind"] = str(profile.recurrence)
    if profile.valid_from is not None:
        payload["validFrom"] = format_time(profile.valid_from)
    if profile.valid_to is not None:
        payload["validTo"] = format_time(profile.valid_to)
    return payload


def _transaction_id(reference: str) -> int:
    try:
        return int(reference)
    except ValueError as error:
        raise UnableToEncodeError("a 1.6 transaction id is an integer") from error
