"""1.6 section 5.13. Connector 0 is any; the type of a plug has no place here."""

from __future__ import annotations

from chargers.domain.commands import Outcome, ReserveNow
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.times import format_time
from chargers.ocpp.v16.id_tag import MAX_ID_TAG, id_tag_of


def encode(command: ReserveNow) -> Payload:
    payload: Payload = {
        "connectorId": command.evse or 0,
        "expiryDate": format_time(command.expires_at),
        "idTag": id_tag_of(command.id_token_uid, command.id_token_type),
    }
    if 0 < len(command.parent_uid) <= MAX_ID_TAG:
        payload["parentIdTag"] = command.parent_uid
    payload["reservationId"] = command.reservation_id
    return payload


def decode_outcome(_command: ReserveNow, payload: Payload) -> Outcome:
    return by_status(payload)
