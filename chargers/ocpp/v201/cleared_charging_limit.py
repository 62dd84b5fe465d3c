"""K13, K14: a limit from outside is gone."""

from __future__ import annotations

from chargers.domain.messages import ClearedChargingLimit
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload, place, text
from chargers.ocpp.notes import Notes
from chargers.ocpp.v201.notify_charging_limit import MAX_SOURCE

encode_result = answers.nothing


def decode(payload: Payload, notes: Notes) -> ClearedChargingLimit:
    return ClearedChargingLimit(
        evse=place(payload, "evseId", notes) or 0,
        source=text(payload, "chargingLimitSource", MAX_SOURCE) or "Other",
    )
