"""A02, A03: 2.1 tells the station's requestId back."""

from __future__ import annotations

from chargers.domain.commands import CertificateSigned
from chargers.ocpp.absent import given
from chargers.ocpp.fields import Payload
from chargers.ocpp.v201.commands import certificate_signed

decode_outcome = certificate_signed.decode_outcome


def encode(command: CertificateSigned) -> Payload:
    return {**certificate_signed.encode(command), **given(requestId=command.request_ref)}
