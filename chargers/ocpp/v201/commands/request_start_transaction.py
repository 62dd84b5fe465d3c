"""F01, F02. Detail of the outcome: `transaction_ref` of a transaction that runs already."""

from __future__ import annotations

from chargers.domain.commands import Outcome, RequestStartTransaction
from chargers.ocpp.fields import Payload, identifier
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.v201.charging_profile import encode_profile


def encode(command: RequestStartTransaction) -> Payload:
    payload: Payload = {
        "idToken": {"idToken": command.id_token_uid, "type": command.id_token_type},
        "remoteStartId": command.remote_start_id,
    }
    if command.evse:
        payload["evseId"] = command.evse
    if command.profile is not None:
        payload["chargingProfile"] = encode_profile(command.profile)
    return payload


def decode_outcome(_command: RequestStartTransaction, payload: Payload) -> Outcome:
    reference = identifier(payload, "transactionId")
    return by_status(payload, {"transaction_ref": reference} if reference else {})
