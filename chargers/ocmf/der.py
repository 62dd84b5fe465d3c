"""The little of DER (X.690) that keys and signatures of elliptic curves are made of."""

from __future__ import annotations

SEQUENCE, INTEGER, BIT_STRING, OBJECT_ID = 0x30, 0x02, 0x03, 0x06


class DerError(ValueError):
    """Not the expected structure."""


class DerReader:
    """Reads one value after the other."""

    __slots__ = ("_data", "_position")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    @property
    def is_done(self) -> bool:
        return self._position == len(self._data)

    def take(self, tag: int) -> bytes:
        """The content of the next value, which must have this tag."""
        if self._byte() != tag:
            raise DerError(f"tag {tag:#x} expected")
        length = self._length()
        content = self._data[self._position : self._position + length]
        if len(content) != length:
            raise DerError("cut off")
        self._position += length
        return content

    def _byte(self) -> int:
        if self._position >= len(self._data):
            raise DerError("cut off")
        value = self._data[self._position]
        self._position += 1
        return value

    def _length(self) -> int:
        first = self._byte()
        if first < 0x80:
            return first
        count = first & 0x7F
        if not 1 <= count <= 3:
            raise DerError("length")
        return int.from_bytes(bytes(self._byte() for _ in range(count)), "big")


def read_signature(data: bytes) -> tuple[int, int]:
    """ECDSA-Sig-Value: r and s.

    Raises:
        DerError: anything else, or something after it.
    """
    outer = DerReader(data)
    inner = DerReader(outer.take(SEQUENCE))
    r, s = (int.from_bytes(inner.take(INTEGER), "big", signed=True) for _ in range(2))
    if not (outer.is_done and inner.is_done):
        raise DerError("too long")
    return r, s


def read_public_key(data: bytes) -> tuple[bytes, bytes]:
    """SubjectPublicKeyInfo of an elliptic curve: the curve's object id (encoded) and the point.

    Raises:
        DerError: anything else.
    """
    outer = DerReader(data)
    info = DerReader(outer.take(SEQUENCE))
    algorithm = DerReader(info.take(SEQUENCE))
    if algorithm.take(OBJECT_ID) != EC_PUBLIC_KEY:
        raise DerError("no key of an elliptic curve")
    curve = algorithm.take(OBJECT_ID)
    bits = info.take(BIT_STRING)
    if not bits or bits[0] != 0:
        raise DerError("unused bits")
    return curve, bits[1:]


EC_PUBLIC_KEY = bytes.fromhex("2a8648ce3d0201")
