"""C01, C07."""

from __future__ import annotations

from chargers.domain.messages import Authorize, Message
from chargers.domain.results import AuthorizeResult
from chargers.ocpp.certificates import decode_hash_list
from chargers.ocpp.errors import ErrorCode, RefusedCallError
from chargers.ocpp.fields import Payload, identifier
from chargers.ocpp.notes import Notes
from chargers.ocpp.v201.id_token import decode_id_token, encode_id_token_info


def decode(payload: Payload, notes: Notes) -> Authorize:
    token = decode_id_token(payload)
    if token is None:
        wrong_type = "idToken: type" in notes
        raise RefusedCallError(
            ErrorCode.TYPE_CONSTRAINT_VIOLATION
            if wrong_type
            else ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION,
            "idToken has a wrong type" if wrong_type else "idToken is missing",
        )
    return Authorize(
        id_token=token,
        certificate=identifier(payload, "certificate"),
        certificate_hashes=decode_hash_list(payload.get("iso15118CertificateHashData")),
    )


def encode_result(_message: Message | None, result: AuthorizeResult) -> Payload:
    payload: Payload = {"idTokenInfo": encode_id_token_info(result.token)}
    if result.certificate_status is not None:
        payload["certificateStatus"] = result.certificate_status.value
    return payload
