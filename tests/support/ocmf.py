"""Meters that sign: keys made on the spot, with the library's curves and two by hand."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chargers.ocmf.curves import CURVES, LIBRARY, PARAMETERS, multiply

BEGIN_TIME, END_TIME = "2026-03-02T09:00:00,000+0100 S", "2026-03-02T10:00:00,000+0100 S"


@dataclass
class Meter:
    """A signing meter; `public_key` is what is printed on it (DER, hexadecimal)."""

    curve: str = "secp256r1"
    _library: Any = field(default=None, repr=False)
    _secret: int = field(default=0, repr=False)

    def __post_init__(self) -> None:
        if self.curve in LIBRARY:
            self._library = ec.generate_private_key(LIBRARY[self.curve])
        else:
            self._secret = secrets.randbelow(PARAMETERS[self.curve].n - 1) + 1

    @property
    def point(self) -> bytes:
        if self._library is not None:
            encoded: bytes = self._library.public_key().public_bytes(
                Encoding.X962, PublicFormat.UncompressedPoint
            )
            return encoded
        found = multiply(PARAMETERS[self.curve], self._secret, PARAMETERS[self.curve].g)
        assert found is not None
        return b"\x04" + b"".join(number.to_bytes(24, "big") for number in found)

    @property
    def compressed(self) -> bytes:
        half = len(self.point) // 2
        return bytes([2 + (self.point[-1] & 1)]) + self.point[1 : half + 1]

    @property
    def der(self) -> bytes:
        oid = _tlv(6, bytes.fromhex("2a8648ce3d0201")) + _tlv(6, CURVES[self.curve].oid)
        return _tlv(0x30, _tlv(0x30, oid) + _tlv(3, b"\x00" + self.point))

    @property
    def public_key(self) -> str:
        return self.der.hex().upper()

    def signature(self, text: str) -> bytes:
        if self._library is not None:
            signed: bytes = self._library.sign(text.encode(), ec.ECDSA(hashes.SHA256()))
            return signed
        curve = PARAMETERS[self.curve]
        number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:24], "big")
        while True:
            k = secrets.randbelow(curve.n - 1) + 1
            point = multiply(curve, k, curve.g)
            assert point is not None
            r = point[0] % curve.n
            s = pow(k, -1, curve.n) * (number + r * self._secret) % curve.n
            if r and s:
                return encode_dss_signature(r, s)

    def document(
        self, payload: str, *, encoding: str = "hex", name_algorithm: bool = True, raw: bytes = b""
    ) -> str:
        signature = raw or self.signature(payload)
        told: dict[str, str] = {}
        if name_algorithm:
            told["SA"] = f"ECDSA-{self.curve}-SHA256"
        if encoding == "base64":
            told |= {"SE": "base64", "SM": "application/x-der"}
            told["SD"] = base64.b64encode(signature).decode()
        else:
            told["SD"] = signature.hex().upper()
        return f"OCMF|{payload}|{json.dumps(told)}"

    def begin(self, **changes: Any) -> str:
        return self.document(payload(tx="B", at=BEGIN_TIME, page="T7", value="100.5", **changes))

    def end(self, **changes: Any) -> str:
        wanted = {"tx": "E", "at": END_TIME, "page": "T8", "value": "111.54"} | changes
        return self.document(payload(**wanted))


def _tlv(tag: int, content: bytes) -> bytes:
    length = len(content)
    head = bytes([tag, length]) if length < 128 else bytes([tag, 0x81, length])
    return head + content


def reading(*, tx: str, at: str, value: str, **changes: Any) -> str:
    fields = {"TM": at, "TX": tx, "RI": "1-b:1.8.0", "RU": "kWh", "RT": "AC", "EF": "", "ST": "G"}
    text = json.dumps({key: v for key, v in (fields | changes).items() if v is not None})
    return f'{text[:-1]}, "RV": {value}}}'


def payload(*, tx: str, at: str, page: str, value: str, serial: str = "M1", **changes: Any) -> str:
    general = {
        "FV": "1.0", "GI": "SBC-301", "GS": "G-80", "GV": "1.4p3", "PG": page, "MV": "Phoenix",
        "MM": "EEM-350", "MS": serial, "MF": "1.0", "IS": True, "IL": "VERIFIED",
        "IF": ["RFID_PLAIN", "OCPP_RS_TLS"], "IT": "ISO14443", "ID": "1F2D3A4F5506C7",
        "CT": "EVSEID", "CI": "DE*ABC*E1",
    }  # fmt: skip
    text = json.dumps(general)
    return f'{text[:-1]}, "RD": [{reading(tx=tx, at=at, value=value, **changes)}]}}'
