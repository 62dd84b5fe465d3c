"""K09: a page of the profiles that are installed."""

from __future__ import annotations

from chargers.domain.messages import ReportChargingProfiles
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload, place, require_integer, text
from chargers.ocpp.notes import Notes
from chargers.ocpp.v201.charging_profile import decode_profiles
from chargers.ocpp.v201.notify_charging_limit import MAX_SOURCE

encode_result = answers.nothing


def decode(payload: Payload, notes: Notes) -> ReportChargingProfiles:
    return ReportChargingProfiles(
        request_id=require_integer(payload, "requestId", notes),
        evse=place(payload, "evseId", notes) or 0,
        source=text(payload, "chargingLimitSource", MAX_SOURCE) or "CSO",
        profiles=decode_profiles(payload.get("chargingProfile", ()), notes),
        is_last=not payload.get("tbc", False),
    )
