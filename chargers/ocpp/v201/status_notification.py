"""G01."""

from __future__ import annotations

from chargers.domain.messages import StatusNotification
from chargers.domain.vocabulary import ConnectorStatus
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload, place, require_identifier, require_place, word
from chargers.ocpp.notes import Notes
from chargers.ocpp.times import read_time

encode_result = answers.nothing


def decode(payload: Payload, notes: Notes) -> StatusNotification | None:
    """None for a status word of the station's own invention: no truth to show (Q19).

    A missing connectorId means the first connector (Q60).
    """
    evse = require_place(payload, "evseId", notes)
    raw_status = require_identifier(payload, "connectorStatus", notes)
    status = word(ConnectorStatus, raw_status)
    if status is None:
        return None
    connector = place(payload, "connectorId", notes)
    return StatusNotification(
        evse=evse,
        connector=(1 if evse else 0) if connector is None else connector,
        status=status,
        device_at=read_time(payload.get("timestamp"), notes, "timestamp"),
        raw_status=raw_status.strip()[:40],
    )
