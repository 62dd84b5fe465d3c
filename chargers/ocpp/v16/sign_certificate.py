"""SignCertificate of the security whitepaper (5.12)."""

from __future__ import annotations

from chargers.domain.messages import Message, SignCertificate
from chargers.domain.results import SignCertificateResult
from chargers.ocpp.fields import Payload, require_identifier
from chargers.ocpp.notes import Notes


def decode(payload: Payload, notes: Notes) -> SignCertificate:
    return SignCertificate(csr=require_identifier(payload, "csr", notes))


def encode_result(_message: Message | None, result: SignCertificateResult) -> Payload:
    return {"status": "Accepted" if result.accepted else "Rejected"}
