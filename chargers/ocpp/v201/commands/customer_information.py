"""N09, N10."""

from __future__ import annotations

from chargers.domain.commands import CustomerInformation, Outcome
from chargers.ocpp.absent import given
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: CustomerInformation) -> Payload:
    payload: Payload = {
        "requestId": command.request_id,
        "report": command.report,
        "clear": command.clear,
        **given(customerIdentifier=command.customer_identifier),
    }
    if command.id_token_uid:
        payload["idToken"] = {"idToken": command.id_token_uid, "type": command.id_token_type}
    return payload


def decode_outcome(_command: CustomerInformation, payload: Payload) -> Outcome:
    return by_status(payload)
