"""Elliptic curves that OCMF names, and ECDSA verification on those that the library lacks.

The library (`cryptography`) has the curves of 256 bits and more. Meters in the field also sign on
curves of 192 bits, for which the textbook's affine arithmetic is enough: there is no secret in a
verification that timing could betray.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec

Point = tuple[int, int] | None  # None is the point at infinity


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A named curve.

    Attributes:
        oid: object id, encoded.
        size: bytes of a coordinate.
        order_size: bytes of r and s in a raw signature.
    """

    name: str
    oid: bytes
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """y² = x³ + ax + b over the prime field p; generator g of prime order n (SEC 2)."""

    p: int
    a: int
    b: int
    g: tuple[int, int]
    n: int


CURVES = {
    curve.name: curve
    for curve in (
        Curve(name="secp192k1", oid=bytes.fromhex("2b8104001f"), size=24),
        Curve(name="secp192r1", oid=bytes.fromhex("2a8648ce3d030101"), size=24),
        Curve(name="secp256k1", oid=bytes.fromhex("2b8104000a"), size=32),
        Curve(name="secp256r1", oid=bytes.fromhex("2a8648ce3d030107"), size=32),
        Curve(name="brainpool256r1", oid=bytes.fromhex("2b2403030208010107"), size=32),
        Curve(name="secp384r1", oid=bytes.fromhex("2b81040022"), size=48),
        Curve(name="brainpool384r1", oid=bytes.fromhex("2b240303020801010b"), size=48),
        Curve(name="secp521r1", oid=bytes.fromhex("2b81040023"), size=66),
    )
}
BY_OID = {curve.oid: curve for curve in CURVES.values()}
DEFAULT = CURVES["secp256r1"]

LIBRARY: dict[str, ec.EllipticCurve] = {
    "secp256k1": ec.SECP256K1(),
    "secp256r1": ec.SECP256R1(),
    "brainpool256r1": ec.BrainpoolP256R1(),
    "secp384r1": ec.SECP384R1(),
    "brainpool384r1": ec.BrainpoolP384R1(),
    "secp521r1": ec.SECP521R1(),
}

_P192R1 = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_FFFFFFFF_FFFFFFFF
PARAMETERS = {
    "secp192k1": Parameters(
        p=0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_FFFFEE37,
        a=0,
        b=3,
        g=(
            0xDB4FF10E_C057E9AE_26B07D02_80B7F434_1DA5D1B1_EAE06C7D,
            0x9B2F2F6D_9C5628A7_844163D0_15BE8634_4082AA88_D95E2F9D,
        ),
        n=0xFFFFFFFF_FFFFFFFF_FFFFFFFE_26F2FC17_0F69466A_74DEFD8D,
    ),
    "secp192r1": Parameters(
        p=_P192R1,
        a=_P192R1 - 3,
        b=0x64210519_E59C80E7_0FA7E9AB_72243049_FEB8DEEC_C146B9B1,
        g=(
            0x188DA80E_B03090F6_7CBF20EB_43A18800_F4FF0AFD_82FF1012,
            0x07192B95_FFC8DA78_631011ED_6B24CDD5_73F977A1_1E794811,
        ),
        n=0xFFFFFFFF_FFFFFFFF_FFFFFFFF_99DEF836_146BC9B1_B4D22831,
    ),
}

_SYNONYMS = {
    "prime256v1": "secp256r1",
    "p256": "secp256r1",
    "nistp256": "secp256r1",
    "prime192v1": "secp192r1",
    "p192": "secp192r1",
    "nistp192": "secp192r1",
    "p384": "secp384r1",
    "nistp384": "secp384r1",
    "p521": "secp521r1",
    "nistp521": "secp521r1",
    "brainpoolp256r1": "brainpool256r1",
    "brainpool256r11": "brainpool256r1",  # as the first printing of the standard has it
    "brainpoolp384r1": "brainpool384r1",
}


def curve_named(name: str) -> Curve | None:
    """The curve by its OCMF name or a synonym, whatever the letters' case; None if unknown."""
    plain = re.sub(r"[-_ ]", "", name.casefold())
    return CURVES.get(_SYNONYMS.get(plain, plain))


def add(curve: Parameters, one: Point, other: Point) -> Point:
    """The sum of two points."""
    if one is None or other is None:
        return other if one is None else one
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % curve.p == 0:
        return None
    if one == other:
        slope = (3 * x1 * x1 + curve.a) * pow(2 * y1, -1, curve.p)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, curve.p)
    x3 = (slope * slope - x1 - x2) % curve.p
    return x3, (slope * (x1 - x3) - y1) % curve.p


def multiply(curve: Parameters, factor: int, point: Point) -> Point:
    """A multiple of a point."""
    total: Point = None
    while factor:
        if factor & 1:
            total = add(curve, total, point)
        point = add(curve, point, point)
        factor >>= 1
    return total


def is_on(curve: Parameters, point: tuple[int, int]) -> bool:
    x, y = point
    inside = 0 <= x < curve.p and 0 <= y < curve.p
    return inside and (y * y - (x * x * x + curve.a * x + curve.b)) % curve.p == 0


def is_signed(
    curve: Parameters, point: tuple[int, int], digest: bytes, signature: tuple[int, int]
) -> bool:
    """ECDSA verification (SEC 1, 4.1.4)."""
    r, s = signature
    if not (0 < r < curve.n and 0 < s < curve.n):
        return False
    bits = curve.n.bit_length()
    number = int.from_bytes(digest, "big") >> max(0, len(digest) * 8 - bits)
    inverse = pow(s, -1, curve.n)
    first = multiply(curve, number * inverse % curve.n, curve.g)
    found = add(curve, first, multiply(curve, r * inverse % curve.n, point))
    return found is not None and found[0] % curve.n == r
