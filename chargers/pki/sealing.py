"""Private keys at rest: Fernet (AES-128-CBC with HMAC-SHA-256) under a key of the installation."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class UnableToUnseal(Exception):
    """Sealed under another secret, or damaged."""


def seal(plain: bytes, *, secret: str) -> str:
    """Encrypt what must not lie readable in a database or its back-up."""
    return _fernet(secret).encrypt(plain).decode()


def unseal(sealed: str, *, secret: str) -> bytes:
    """Raises UnableToUnseal."""
    try:
        return _fernet(secret).decrypt(sealed.encode())
    except InvalidToken as error:
        raise UnableToUnseal("sealed under another secret, or damaged") from error


def _fernet(secret: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"stationmaster certificate keys")
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret.encode())))
