"""A meter that signs its begin and end readings (OCMF on secp256r1). Pure but for its key.

`spoiled` is a fault: the register is changed after it was signed.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chargers.simulator.neutral import Context, IdToken, Reading, SignedReading

_REASONS = {Context.BEGIN: "B", Context.END: "E"}
METHOD = "ECDSA-secp256r1-SHA256"


@dataclass(slots=True)
class MeterSigner:
    """The signing meter of a station, with a key of its own."""

    serial: str
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    pages: int = 0
    spoiled: bool = False

    @classmethod
    def make(cls, rng: Random, serial: str) -> MeterSigner:
        """A meter with a key made of the station's own randomness: a toy, never a secret."""
        secret = rng.getrandbits(250) + 1
        return cls(serial, ec.derive_private_key(secret, ec.SECP256R1()))

    @property
    def public_key(self) -> str:
        """DER in hexadecimal, as it would be printed on the meter."""
        encoded = self.key.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
        return encoded.hex().upper()

    def sign(self, reading: Reading, id_token: IdToken) -> Reading:
        """The reading with its signed twin."""
        self.pages += 1
        payload = self._payload(reading, id_token)
        signature = self.key.sign(payload.encode(), ec.ECDSA(hashes.SHA256()))
        if self.spoiled:
            payload = payload.replace('"RV":', '"RV":1', 1)
        section = json.dumps({"SA": METHOD, "SD": signature.hex().upper()})
        signed = SignedReading(document=f"OCMF|{payload}|{section}", public_key=self.public_key)
        return replace(reading, signed=signed)

    def _payload(self, reading: Reading, id_token: IdToken) -> str:
        told = {
            "FV": "1.0",
            "GI": "Simulated",
            "GS": self.serial,
            "PG": f"T{self.pages}",
            "MS": self.serial,
            "IS": True,
            "IL": "HEARSAY",
            "IF": ["RFID_PLAIN"],
            "IT": "ISO14443",
            "ID": id_token.value,
            "RD": [
                {
                    "TM": _time(reading.at),
                    "TX": _REASONS[reading.context],
                    "RV": reading.energy_wh / 1000,
                    "RI": "1-b:1.8.0",
                    "RU": "kWh",
                    "EF": "",
                    "ST": "G",
                }
            ],
        }
        return json.dumps(told, separators=(",", ":"))


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S},{at.microsecond // 1000:03d}+0000 S"


def wrapped(text: str) -> str:
    """Base64, as OCPP 2.x wants data and key."""
    return base64.b64encode(text.encode()).decode()
