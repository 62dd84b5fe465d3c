"""1.6 section 4.9: nine words say what 2.x says with ConnectorStatus and ChargingState."""

from __future__ import annotations

from chargers.domain.messages import StatusNotification
from chargers.domain.vocabulary import ChargingState, ConnectorStatus
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload, require_identifier, require_place, text
from chargers.ocpp.notes import Notes
from chargers.ocpp.times import read_time

encode_result = answers.nothing

_STATUS: dict[str, tuple[ConnectorStatus, ChargingState | None]] = {
    "available": (ConnectorStatus.AVAILABLE, None),
    "preparing": (ConnectorStatus.OCCUPIED, ChargingState.EV_CONNECTED),
    "charging": (ConnectorStatus.OCCUPIED, ChargingState.CHARGING),
    "suspendedev": (ConnectorStatus.OCCUPIED, ChargingState.SUSPENDED_EV),
    "suspendedevse": (ConnectorStatus.OCCUPIED, ChargingState.SUSPENDED_EVSE),
    "finishing": (ConnectorStatus.OCCUPIED, ChargingState.EV_CONNECTED),
    "reserved": (ConnectorStatus.RESERVED, None),
    "unavailable": (ConnectorStatus.UNAVAILABLE, None),
    "faulted": (ConnectorStatus.FAULTED, None),
    # OCPP 1.5's word, still sent by upgraded firmware
    "occupied": (ConnectorStatus.OCCUPIED, None),
}


def decode(payload: Payload, notes: Notes) -> StatusNotification | None:
    """None for a status word of the station's own invention: no truth to show (Q19)."""
    number = require_place(payload, "connectorId", notes)
    raw_status = require_identifier(payload, "status", notes)
    known = _STATUS.get(raw_status.strip().casefold())
    if known is None:
        return None
    error_code = text(payload, "errorCode", 50)
    return StatusNotification(
        evse=number,
        connector=1 if number else 0,
        status=known[0],
        charging_state=known[1],
        device_at=read_time(payload.get("timestamp"), notes, "timestamp"),
        raw_status=raw_status.strip()[:40],
        error_code="" if error_code == "NoError" else error_code,
        vendor_id=text(payload, "vendorId"),
        vendor_error_code=text(payload, "vendorErrorCode", 50),
        info=text(payload, "info", 500),
    )
