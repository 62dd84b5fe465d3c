"""M07: the revocation status of a whole chain."""

from __future__ import annotations

from chargers.domain.messages import CertificateQuery, GetCertificateChainStatus, Message
from chargers.domain.results import CertificateChainStatusResult
from chargers.ocpp.certificates import decode_hash_data, encode_hash_data
from chargers.ocpp.errors import ErrorCode, RefusedCallError
from chargers.ocpp.fields import Payload
from chargers.ocpp.notes import Notes
from chargers.ocpp.times import format_time

_SOURCES = frozenset({"OCSP", "CRL"})


def decode(payload: Payload, _notes: Notes) -> GetCertificateChainStatus:
    queries = []
    for asked in payload.get("certificateStatusRequests") or []:
        certificate = decode_hash_data(asked.get("certificateHashData"))
        source = asked.get("source")
        if certificate is not None:
            source = source if source in _SOURCES else "OCSP"
            queries.append(CertificateQuery(certificate=certificate, source=source))
    if not queries:
        code = ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION
        raise RefusedCallError(code, "certificateStatusRequests names no certificate")
    return GetCertificateChainStatus(queries=tuple(queries[:4]))


def encode_result(_message: Message | None, result: CertificateChainStatusResult) -> Payload:
    return {
        "certificateStatus": [
            {
                "certificateHashData": encode_hash_data(verdict.certificate),
                "source": verdict.source,
                "status": verdict.status.value,
                "nextUpdate": format_time(verdict.next_update),
            }
            for verdict in result.verdicts
        ]
    }
