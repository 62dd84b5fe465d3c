"""CertificateSigned of the security whitepaper (5.1)."""

from __future__ import annotations

from chargers.domain.certificates import CertificateUse
from chargers.domain.commands import CertificateSigned, Outcome
from chargers.ocpp.errors import NotSupportedError
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: CertificateSigned) -> Payload:
    if command.use is not CertificateUse.CLIENT:
        raise NotSupportedError("1.6 knows client certificates only")
    return {"certificateChain": command.chain}


def decode_outcome(_command: CertificateSigned, payload: Payload) -> Outcome:
    return by_status(payload)
