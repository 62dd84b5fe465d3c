"""A02, A03. 2.1 adds a requestId."""

from __future__ import annotations

from chargers.domain.certificates import CertificateUse
from chargers.domain.messages import Message, SignCertificate
from chargers.domain.results import SignCertificateResult
from chargers.ocpp.fields import Payload, integer, require_identifier, word
from chargers.ocpp.notes import Notes
from chargers.ocpp.v201.status_info import status_info


def decode(payload: Payload, notes: Notes) -> SignCertificate:
    return SignCertificate(
        csr=require_identifier(payload, "csr", notes),
        use=word(CertificateUse, payload.get("certificateType")) or CertificateUse.CLIENT,
        request_ref=integer(payload, "requestId", notes),
    )


def encode_result(_message: Message | None, result: SignCertificateResult) -> Payload:
    if result.accepted:
        return {"status": "Accepted"}
    return {"status": "Rejected", **status_info(result.reason_code, result.reason)}
