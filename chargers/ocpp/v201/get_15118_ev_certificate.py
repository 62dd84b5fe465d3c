"""M01, M02."""

from __future__ import annotations

from chargers.domain.certificates import EvCertificateAction
from chargers.domain.messages import GetEvCertificate, Message
from chargers.domain.results import EvCertificateResult
from chargers.ocpp.fields import Payload, integer, require_identifier, text, word
from chargers.ocpp.notes import Notes


def decode(payload: Payload, notes: Notes) -> GetEvCertificate:
    return GetEvCertificate(
        exi_request=require_identifier(payload, "exiRequest", notes),
        schema_version=text(payload, "iso15118SchemaVersion", 50),
        action=word(EvCertificateAction, payload.get("action")) or EvCertificateAction.INSTALL,
        max_chains=integer(payload, "maximumContractCertificateChains", notes),
    )


def encode_result(_message: Message | None, result: EvCertificateResult) -> Payload:
    return {
        "status": "Accepted" if result.accepted else "Failed",
        "exiResponse": result.exi_response,
    }
