"""Whether a document was signed by the holder of a key, and unchanged since."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature

from chargers.ocmf.curves import DEFAULT, LIBRARY, PARAMETERS, Curve, curve_named, is_on, is_signed
from chargers.ocmf.der import DerError, read_signature
from chargers.ocmf.document import Document, Signature
from chargers.ocmf.keys import PublicKey

_ALGORITHM = re.compile(r"ECDSA-(.+)-SHA-?(256|384|512)", re.IGNORECASE)
_HASHES: dict[int, hashes.HashAlgorithm] = {
    256: hashes.SHA256(),
    384: hashes.SHA384(),
    512: hashes.SHA512(),
}
_MAX_SIGNATURE = 1_000


class Verdict(StrEnum):
    VALID = "valid"
    INVALID = "invalid"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Verification:
    """A verdict and its reason, a sentence for people."""

    verdict: Verdict
    reason: str


class _InvalidError(ValueError):
    """The reason why it is invalid."""


def verify(document: Document, key: PublicKey) -> Verification:
    """Check a document's signature. Never raises."""
    signature = document.signature
    named = _algorithm(signature.algorithm)
    if named is None:
        reason = "The signature uses a method that cannot be checked here."
        return Verification(Verdict.UNSUPPORTED, reason)
    curve, bits = named
    if key.curve is not None and curve is not None and key.curve != curve:
        reason = f"The value is signed on curve {curve.name}, the key is of {key.curve.name}."
        return Verification(Verdict.INVALID, reason)
    chosen = curve or key.curve or DEFAULT
    digest = hashlib.new(
        f"sha{bits}", document.signed_text.encode("utf-8", "backslashreplace")
    ).digest()
    try:
        numbers = _numbers(signature, chosen)
        fits = _fits(chosen, key.point, digest, bits, numbers)
    except _InvalidError as error:
        return Verification(Verdict.INVALID, str(error))
    if fits:
        return Verification(Verdict.VALID, "The signature fits the key: nothing was changed.")
    reason = "The signature does not fit: the value was changed, or another key signed it."
    return Verification(Verdict.INVALID, reason)


def _algorithm(name: str) -> tuple[Curve | None, int] | None:
    """Curve and bits of the hash; no curve where the default counts; None for an unknown one."""
    if not name:
        return None, 256
    match = _ALGORITHM.fullmatch(name.strip())
    curve = curve_named(match[1]) if match else None
    return (curve, int(match[2])) if match and curve else None


def _numbers(signature: Signature, curve: Curve) -> tuple[int, int]:
    """The two numbers, from DER or, as some meters send them, one after the other."""
    data = _signature_bytes(signature)
    try:
        return read_signature(data)
    except DerError:
        if len(data) != 2 * curve.size:
            raise _InvalidError("The signature is cut off or damaged.") from None
    return int.from_bytes(data[: curve.size], "big"), int.from_bytes(data[curve.size :], "big")


def _signature_bytes(signature: Signature) -> bytes:
    text = "".join(signature.data.split())
    if not text:
        raise _InvalidError("The document holds no signature.")
    if len(text) > _MAX_SIGNATURE:
        raise _InvalidError("The signature is longer than any of its kind.")
    try:
        if signature.encoding.casefold() == "base64":
            return base64.b64decode(text, validate=True)
        return bytes.fromhex(text)
    except (ValueError, binascii.Error):
        raise _InvalidError("The signature is cut off or damaged.") from None


def _fits(curve: Curve, point: bytes, digest: bytes, bits: int, numbers: tuple[int, int]) -> bool:
    if curve.name in PARAMETERS:
        return is_signed(PARAMETERS[curve.name], _coordinates(curve, point), digest, numbers)
    r, s = numbers
    if r <= 0 or s <= 0:
        return False
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(LIBRARY[curve.name], point)
    except ValueError:
        raise _no_point(curve) from None
    try:
        key.verify(encode_dss_signature(r, s), digest, ec.ECDSA(Prehashed(_HASHES[bits])))
    except InvalidSignature:
        return False
    return True


def _coordinates(curve: Curve, point: bytes) -> tuple[int, int]:
    """X and Y of a point; a compressed one is completed (p is 3 modulo 4 on both curves)."""
    parameters, size = PARAMETERS[curve.name], curve.size
    x = int.from_bytes(point[1 : 1 + size], "big")
    if len(point) == 1 + 2 * size:
        y = int.from_bytes(point[1 + size :], "big")
    elif len(point) == 1 + size:
        square = (x**3 + parameters.a * x + parameters.b) % parameters.p
        root = pow(square, (parameters.p + 1) // 4, parameters.p)
        y = root if root & 1 == point[0] & 1 else parameters.p - root
    else:
        raise _no_point(curve)
    if not is_on(parameters, (x, y)):
        raise _no_point(curve)
    return x, y


def _no_point(curve: Curve) -> _InvalidError:
    return _InvalidError(f"The key does not belong to curve {curve.name}, which the value names.")
