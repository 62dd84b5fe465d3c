"""1.6 section 4.7. Tells of a transaction: never refused."""

from __future__ import annotations

from chargers.domain.messages import MeterValues
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload, place
from chargers.ocpp.metering import read_meter_values
from chargers.ocpp.notes import Notes
from chargers.ocpp.v16.transaction_id import decode_transaction_id

encode_result = answers.nothing


def decode(payload: Payload, notes: Notes) -> MeterValues:
    evse = place(payload, "connectorId", notes) or 0
    return MeterValues(
        evse=evse,
        connector=1 if evse else None,
        transaction_ref=decode_transaction_id(payload, notes),
        readings=read_meter_values(payload.get("meterValue", ()), notes, "meterValue"),
    )
