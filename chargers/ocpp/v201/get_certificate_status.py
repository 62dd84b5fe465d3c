"""M06."""

from __future__ import annotations

from chargers.domain.messages import GetCertificateStatus, Message
from chargers.domain.results import CertificateStatusResult
from chargers.ocpp.certificates import decode_hash_data
from chargers.ocpp.errors import ErrorCode, RefusedCallError
from chargers.ocpp.fields import Payload, text
from chargers.ocpp.notes import Notes


def decode(payload: Payload, _notes: Notes) -> GetCertificateStatus:
    data: Payload = payload.get("ocspRequestData") or {}
    certificate = decode_hash_data(data)
    if certificate is None:
        code = ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION
        raise RefusedCallError(code, "ocspRequestData names no certificate")
    return GetCertificateStatus(
        certificate=certificate, responder_url=text(data, "responderURL", 512)
    )


def encode_result(_message: Message | None, result: CertificateStatusResult) -> Payload:
    if not result.ocsp:
        return {"status": "Failed"}
    return {"status": "Accepted", "ocspResult": result.ocsp}
