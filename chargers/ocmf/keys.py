"""Public keys of meters in the forms in which they are printed, sent and typed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from chargers.ocmf.curves import BY_OID, Curve
from chargers.ocmf.der import DerError, read_public_key

MAX_KEY_LENGTH = 2_500
_WRAPPINGS = 3
_PEM = re.compile(r"-----[A-Z ]+-----")
# OCA application note "Signed meter values": oca:<encoding>:<type>:<data>
_OCA = re.compile(r"oca:base(?:16|64):asn1:", re.IGNORECASE)
_HEX = re.compile(r"(?:0x)?((?:[0-9a-fA-F]{2})+)")


class KeyUnreadableError(ValueError):
    """The text is no public key; the message says why in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A key.

    Attributes:
        curve: None for a bare point, whose curve the signature must name.
        point: 04‖X‖Y (or 02/03‖X).
    """

    curve: Curve | None
    point: bytes

    @property
    def algorithm(self) -> str:
        """As OCMF writes it, empty when the key does not say."""
        return f"ECDSA-{self.curve.name}-SHA256" if self.curve else ""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the point, 64 hexadecimal digits: the same key however it is written."""
        return hashlib.sha256(self.point).hexdigest()


def read_key(text: str) -> PublicKey:
    """A key from DER (SubjectPublicKeyInfo) or a bare point; hexadecimal, Base64, PEM or OCA's form.

    Raises:
        KeyUnreadableError: none of these.
    """
    if len(text) > MAX_KEY_LENGTH:
        raise KeyUnreadableError(f"A public key has at most {MAX_KEY_LENGTH} characters.")
    data = _bytes(text, _WRAPPINGS)
    if data[:1] == b"\x30":
        return _from_der(data)
    return PublicKey(curve=None, point=_point(data))


def _from_der(data: bytes) -> PublicKey:
    try:
        oid, point = read_public_key(data)
    except DerError:
        raise KeyUnreadableError("This is no public key of an elliptic curve.") from None
    curve = BY_OID.get(oid)
    if curve is None:
        raise KeyUnreadableError("The key is on a curve that signed meter values do not use.")
    if len(point) not in (1 + curve.size, 1 + 2 * curve.size):
        raise KeyUnreadableError("The key is cut off.")
    return PublicKey(curve=curve, point=point)


def _point(data: bytes) -> bytes:
    sizes = {24, 32, 48, 66}
    if data[:1] == b"\x04" and (len(data) - 1) / 2 in sizes:
        return data
    if data[:1] in (b"\x02", b"\x03") and len(data) - 1 in sizes:
        return data
    if len(data) / 2 in sizes:
        return b"\x04" + data
    raise KeyUnreadableError("This is no public key: neither its form nor its length fits.")


def _bytes(text: str, depth: int) -> bytes:
    """The key's bytes, out of as many wrappings as `depth`."""
    plain = "".join(_OCA.sub("", _PEM.sub("", text)).split()).replace(":", "")
    if not plain:
        raise KeyUnreadableError("There is no key.")
    data = _decoded(plain)
    inner = _ascii(data)
    return _bytes(inner, depth - 1) if inner and depth > 1 else data


def _decoded(plain: str) -> bytes:
    match = _HEX.fullmatch(plain)
    if match:
        return bytes.fromhex(match[1])
    try:
        padded = plain.rstrip("=").translate(str.maketrans("-_", "+/"))
        return base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
    except (ValueError, binascii.Error):
        raise KeyUnreadableError("A key is written in hexadecimal or Base64.") from None


def _ascii(data: bytes) -> str:
    """The text that a wrapping held, empty for real bytes."""
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() or "-----" in text else ""
