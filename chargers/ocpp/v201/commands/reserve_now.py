"""H01."""

from __future__ import annotations

from chargers.domain.commands import Outcome, ReserveNow
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.times import format_time
from chargers.ocpp.v201.id_token import MAX_ID_TOKEN

# OCPI's names of plugs as ConnectorEnumType.
_CONNECTOR = {
    "IEC_62196_T2": "cType2",
    "IEC_62196_T2_COMBO": "cCCS2",
    "IEC_62196_T1": "cType1",
    "IEC_62196_T1_COMBO": "cCCS1",
    "CHADEMO": "cG105",
    "DOMESTIC_F": "sCEE-7-7",
    "SAE_J3400": "cTesla",
}


def encode(command: ReserveNow) -> Payload:
    payload: Payload = {
        "id": command.reservation_id,
        "expiryDateTime": format_time(command.expires_at),
    }
    if command.connector_type in _CONNECTOR:
        payload["connectorType"] = _CONNECTOR[command.connector_type]
    payload["idToken"] = {"idToken": command.id_token_uid, "type": command.id_token_type}
    if command.evse:
        payload["evseId"] = command.evse
    if 0 < len(command.parent_uid) <= MAX_ID_TOKEN:
        payload["groupIdToken"] = {"idToken": command.parent_uid, "type": "Central"}
    return payload


def decode_outcome(_command: ReserveNow, payload: Payload) -> Outcome:
    return by_status(payload)
