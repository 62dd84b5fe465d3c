"""GetInstalledCertificateIds of the security whitepaper (5.4): one kind of root a call.

Detail of the outcome: `uses` that the answer is about, `certificates` as kind and hash data,
`next` as the kinds that are still to be asked for.
"""

from __future__ import annotations

from typing import Any

from chargers.domain.certificates import InstalledUse
from chargers.domain.commands import GetInstalledCertificateIds, Outcome
from chargers.ocpp.certificates import decode_hash_list
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status_or_absent
from chargers.ocpp.v16.certificate_uses import certificate_use


def encode(command: GetInstalledCertificateIds) -> Payload:
    return {"certificateType": certificate_use(command.use or InstalledUse.CSMS)}


def decode_outcome(command: GetInstalledCertificateIds, payload: Payload) -> Outcome:
    use = command.use or InstalledUse.CSMS
    found: list[dict[str, Any]] = [
        {"use": use.value, "hash_data": data.to_json(), "children": []}
        for data in decode_hash_list(payload.get("certificateHashData"))
    ]
    following = [InstalledUse.MANUFACTURER.value] if command.use is None else []
    detail = {"uses": [use.value], "certificates": found, "next": following}
    return by_status_or_absent(payload, detail)
