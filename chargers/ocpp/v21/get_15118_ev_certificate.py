"""M01, M02: 2.1 tells how many contracts remain to be fetched."""

from __future__ import annotations

from chargers.domain.messages import Message
from chargers.domain.results import EvCertificateResult
from chargers.ocpp.absent import given
from chargers.ocpp.fields import Payload
from chargers.ocpp.v201 import get_15118_ev_certificate as v201

decode = v201.decode


def encode_result(message: Message | None, result: EvCertificateResult) -> Payload:
    return {**v201.encode_result(message, result), **given(remainingContracts=result.remaining)}
