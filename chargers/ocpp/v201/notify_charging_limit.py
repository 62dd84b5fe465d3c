"""K12, K13: a limit that somebody set at the station."""

from __future__ import annotations

from chargers.domain.messages import NotifyChargingLimit
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload, place, text
from chargers.ocpp.notes import Notes
from chargers.ocpp.v201.charging_profile import decode_schedules

encode_result = answers.nothing

MAX_SOURCE = 20


def decode(payload: Payload, notes: Notes) -> NotifyChargingLimit:
    limit: Payload = payload.get("chargingLimit", {})
    return NotifyChargingLimit(
        evse=place(payload, "evseId", notes) or 0,
        source=text(limit, "chargingLimitSource", MAX_SOURCE) or "Other",
        is_grid_critical=bool(limit.get("isGridCritical", False)),
        schedules=decode_schedules(payload.get("chargingSchedule", ()), notes),
    )
