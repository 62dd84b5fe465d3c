"""1.6 section 4.2. Never refused: a station without its boot answer repeats it for ever (Q14)."""

from __future__ import annotations

from chargers.domain.messages import BootNotification
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload, text
from chargers.ocpp.notes import Notes

encode_result = answers.boot


def decode(payload: Payload, _notes: Notes) -> BootNotification:
    serial = text(payload, "chargePointSerialNumber", 50) or text(
        payload, "chargeBoxSerialNumber", 50
    )
    return BootNotification(
        vendor=text(payload, "chargePointVendor", 50),
        model=text(payload, "chargePointModel", 50),
        serial_number=serial,
        firmware_version=text(payload, "firmwareVersion", 50),
        iccid=text(payload, "iccid", 30),
        imsi=text(payload, "imsi", 30),
    )
