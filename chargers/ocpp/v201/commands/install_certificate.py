"""M05."""

from __future__ import annotations

from chargers.domain.commands import InstallCertificate, Outcome
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: InstallCertificate) -> Payload:
    return {"certificateType": command.use.value, "certificate": command.certificate}


def decode_outcome(_command: InstallCertificate, payload: Payload) -> Outcome:
    return by_status(payload)
