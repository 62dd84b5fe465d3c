"""B01. Never refused: a station without its boot answer repeats it for ever (Q14)."""

from __future__ import annotations

from chargers.domain.messages import BootNotification
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload, text
from chargers.ocpp.notes import Notes

encode_result = answers.boot


def decode(payload: Payload, _notes: Notes) -> BootNotification:
    station: Payload = payload.get("chargingStation", {})
    modem: Payload = station.get("modem", {})
    return BootNotification(
        vendor=text(station, "vendorName", 50),
        model=text(station, "model", 50),
        serial_number=text(station, "serialNumber", 50),
        firmware_version=text(station, "firmwareVersion", 50),
        iccid=text(modem, "iccid", 30),
        imsi=text(modem, "imsi", 30),
        reason=text(payload, "reason", 40),
    )
