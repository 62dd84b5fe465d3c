"""J01: readings outside of a transaction. Never refused."""

from __future__ import annotations

from chargers.domain.messages import MeterValues
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload, place
from chargers.ocpp.metering import read_meter_values
from chargers.ocpp.notes import Notes

encode_result = answers.nothing


def decode(payload: Payload, notes: Notes) -> MeterValues:
    return MeterValues(
        evse=place(payload, "evseId", notes) or 0,
        connector=None,
        transaction_ref=None,
        readings=read_meter_values(payload.get("meterValue", ()), notes, "meterValue"),
    )
