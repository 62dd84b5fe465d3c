"""InstallCertificate of the security whitepaper (5.6)."""

from __future__ import annotations

from chargers.domain.commands import InstallCertificate, Outcome
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.v16.certificate_uses import certificate_use


def encode(command: InstallCertificate) -> Payload:
    return {
        "certificateType": certificate_use(command.use),
        "certificate": command.certificate,
    }


def decode_outcome(_command: InstallCertificate, payload: Payload) -> Outcome:
    return by_status(payload)
