"""DeleteCertificate of the security whitepaper (5.2)."""

from __future__ import annotations

from chargers.domain.commands import DeleteCertificate, Outcome
from chargers.ocpp.certificates import encode_delete
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status_or_absent

encode = encode_delete


def decode_outcome(_command: DeleteCertificate, payload: Payload) -> Outcome:
    return by_status_or_absent(payload)
