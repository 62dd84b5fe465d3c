"""A02, A03."""

from __future__ import annotations

from chargers.domain.commands import CertificateSigned, Outcome
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: CertificateSigned) -> Payload:
    return {"certificateChain": command.chain, "certificateType": command.use.value}


def decode_outcome(_command: CertificateSigned, payload: Payload) -> Outcome:
    return by_status(payload)
