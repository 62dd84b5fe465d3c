"""M03. Detail of the outcome: `uses` that the answer is about, `certificates` as kind, hash data and
children, `next` (nothing: one call asks for all).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chargers.domain.certificates import InstalledUse
from chargers.domain.commands import GetInstalledCertificateIds, Outcome
from chargers.ocpp.certificates import decode_hash_data, decode_hash_list
from chargers.ocpp.fields import Payload, word
from chargers.ocpp.outcomes import by_status_or_absent

# The standard lets the list be left out for all of them; firmware was seen that demands it (Q87).
_ALL = tuple(use for use in InstalledUse if use is not InstalledUse.OEM)


def encode(command: GetInstalledCertificateIds) -> Payload:
    return certificate_types(command, _ALL)


def certificate_types(command: GetInstalledCertificateIds, uses: Iterable[InstalledUse]) -> Payload:
    """What is asked for: the use of the command, else every one that the version knows."""
    asked = uses if command.use is None else (command.use,)
    return {"certificateType": [use.value for use in asked]}


def decode_outcome(command: GetInstalledCertificateIds, payload: Payload) -> Outcome:
    chains: list[Payload] = payload.get("certificateHashDataChain") or []
    found = [one for one in map(_decode_chain, chains) if one is not None]
    uses = list(InstalledUse) if command.use is None else [command.use]
    detail = {"uses": [use.value for use in uses], "certificates": found, "next": []}
    return by_status_or_absent(payload, detail)


def _decode_chain(chain: Payload) -> dict[str, Any] | None:
    use = word(InstalledUse, chain.get("certificateType"))
    data = decode_hash_data(chain.get("certificateHashData"))
    if use is None or data is None:
        return None
    children = decode_hash_list(chain.get("childCertificateHashData"))
    return {
        "use": use.value,
        "hash_data": data.to_json(),
        "children": [child.to_json() for child in children],
    }
