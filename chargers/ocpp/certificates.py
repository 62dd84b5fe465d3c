"""CertificateHashDataType, which looks the same in every version."""

from __future__ import annotations

from typing import Any

from chargers.domain.certificates import HashAlgorithm, HashData
from chargers.domain.commands import DeleteCertificate
from chargers.ocpp.fields import Payload, identifier, word

# of our column; nothing longer is a hash
_MAX = {"issuerNameHash": 128, "issuerKeyHash": 128, "serialNumber": 40}


def decode_hash_data(payload: Any) -> HashData | None:
    """None when it names no certificate."""
    if not isinstance(payload, dict):
        return None
    algorithm = word(HashAlgorithm, payload.get("hashAlgorithm"))
    values = {name: identifier(payload, name).strip() for name in _MAX}
    if algorithm is None or not all(0 < len(values[name]) <= _MAX[name] for name in _MAX):
        return None
    return HashData(
        algorithm=algorithm,
        issuer_name_hash=values["issuerNameHash"],
        issuer_key_hash=values["issuerKeyHash"],
        serial_number=values["serialNumber"],
    )


def decode_hash_list(payload: Any) -> tuple[HashData, ...]:
    """Those of a list that can be read."""
    items = payload if isinstance(payload, list) else []
    found = (decode_hash_data(item) for item in items)
    return tuple(one for one in found if one is not None)


def encode_hash_data(data: HashData) -> Payload:
    return {
        "hashAlgorithm": data.algorithm.value,
        "issuerNameHash": data.issuer_name_hash,
        "issuerKeyHash": data.issuer_key_hash,
        "serialNumber": data.serial_number,
    }


def encode_delete(command: DeleteCertificate) -> Payload:
    return {"certificateHashData": encode_hash_data(command.hash_data)}
