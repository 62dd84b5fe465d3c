from __future__ import annotations

import base64
import dataclasses
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from chargers.ocmf import (
    KeyUnreadableError,
    PublicKey,
    Verdict,
    Verification,
    parse,
    read_key,
    verify,
)
from chargers.ocmf.curves import CURVES, LIBRARY, PARAMETERS, add, curve_named, is_on, multiply
from chargers.ocmf.der import DerError, read_public_key, read_signature
from tests.support.ocmf import Meter

VALID = Verification(Verdict.VALID, "The signature fits the key: nothing was changed.")
CHANGED = Verification(
    Verdict.INVALID,
    "The signature does not fit: the value was changed, or another key signed it.",
)
CUT = Verification(Verdict.INVALID, "The signature is cut off or damaged.")
METERS = {name: Meter(name) for name in CURVES}


def check(text: str, key: str) -> Verification:
    return verify(parse(text), read_key(key))


@pytest.mark.parametrize("name", list(CURVES))
def test_each_curve_that_the_standard_names(name: str) -> None:
    meter = METERS[name]
    assert check(meter.begin(), meter.public_key) == VALID
    assert check(meter.begin().replace("100.5", "100.6"), meter.public_key) == CHANGED
    assert check(meter.begin(), Meter(name).public_key) == CHANGED


@pytest.mark.parametrize("name", list(CURVES))
def test_each_curve_with_a_bare_point_and_a_compressed_one(name: str) -> None:
    meter = METERS[name]
    assert check(meter.begin(), meter.point.hex()) == VALID
    assert check(meter.begin(), meter.point[1:].hex()) == VALID
    assert check(meter.begin(), meter.compressed.hex()) == VALID


@pytest.mark.parametrize("name", ["secp192k1", "secp256r1"])
def test_every_changed_byte_of_the_payload_is_noticed(name: str) -> None:
    meter = METERS[name]
    document, key = parse(meter.begin()), read_key(meter.public_key)
    step = 1 if name in LIBRARY else 40  # arithmetic by hand is slow
    for place in range(0, len(document.signed_text), step):
        text = document.signed_text
        changed = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        assert verify(dataclasses.replace(document, signed_text=changed), key) == CHANGED


def test_a_space_more_is_a_change() -> None:
    meter = METERS["secp256r1"]
    assert check(meter.begin().replace('": "', '":  "', 1), meter.public_key) == CHANGED


def test_characters_beyond_ascii() -> None:
    meter = METERS["secp256r1"]
    assert check(meter.document('{"GI":"Säule № 1"}'), meter.public_key) == VALID
    assert check(meter.document('{"GI":"x"}').replace("x", "\ud800"), meter.public_key) == CHANGED


def test_encodings_and_forms_of_a_signature() -> None:
    meter = METERS["secp192k1"]
    text = parse(meter.begin()).signed_text
    der = meter.signature(text)
    r, s = decode_dss_signature(der)
    raw = r.to_bytes(24, "big") + s.to_bytes(24, "big")
    for document in (
        meter.document(text, encoding="base64"),
        meter.document(text, raw=raw),
        meter.document(text, name_algorithm=False),
        meter.document(text).replace("secp192k1", "SECP192K1"),
    ):
        assert check(document, meter.public_key) == VALID


def test_the_default_is_secp256r1() -> None:
    meter = METERS["secp256r1"]
    document = meter.document('{"PG":"T1"}', name_algorithm=False)
    assert check(document, meter.point.hex()) == VALID


def test_another_hash_is_another_signature() -> None:
    meter = METERS["secp256r1"]
    assert check(meter.begin().replace("SHA256", "SHA512"), meter.public_key) == CHANGED


@pytest.mark.parametrize("damage", ["00", "3006020101", "zz", "30060201010201010000", "30 80"])
def test_damaged_signatures(damage: str) -> None:
    document = f'OCMF|{{}}|{{"SD":"{damage}"}}'
    assert check(document, METERS["secp256r1"].public_key) == CUT


@pytest.mark.parametrize("name", ["secp192r1", "secp256r1"])
@pytest.mark.parametrize("numbers", ["3006020100020101", "3006020101020100", "30060201ff0201ff"])
def test_numbers_out_of_range(name: str, numbers: str) -> None:
    document = f'OCMF|{{}}|{{"SA":"ECDSA-{name}-SHA256","SD":"{numbers}"}}'
    assert check(document, METERS[name].public_key) == CHANGED


def test_missing_and_endless_signatures() -> None:
    key = METERS["secp256r1"].public_key
    assert check("OCMF|{}|{}", key).reason == "The document holds no signature."
    assert check(f'OCMF|{{}}|{{"SD":"{"00" * 600}"}}', key).reason == (
        "The signature is longer than any of its kind."
    )
    assert check('OCMF|{}|{"SE":"base64","SD":"***"}', key) == CUT


@pytest.mark.parametrize("name", ["RSA-2048-SHA256", "ECDSA-secp160k1-SHA256", "ECDSA"])
def test_methods_of_another_kind(name: str) -> None:
    found = check(f'OCMF|{{}}|{{"SA":"{name}","SD":"00"}}', METERS["secp256r1"].public_key)
    assert found == Verification(
        Verdict.UNSUPPORTED, "The signature uses a method that cannot be checked here."
    )


def test_a_key_of_another_curve() -> None:
    found = check(METERS["secp256k1"].begin(), METERS["secp256r1"].public_key)
    assert found == Verification(
        Verdict.INVALID, "The value is signed on curve secp256k1, the key is of secp256r1."
    )


@pytest.mark.parametrize("name", ["secp192k1", "secp256r1", "secp384r1"])
def test_a_point_that_is_not_on_the_curve(name: str) -> None:
    size = CURVES[name].size
    for key in ("04" + "01" * (2 * size), "02" + "ff" * size, "04" + "01" * 132):
        assert check(METERS[name].begin(), key) == Verification(
            Verdict.INVALID, f"The key does not belong to curve {name}, which the value names."
        )


def test_forms_of_a_key() -> None:
    meter = METERS["secp256r1"]
    expected = PublicKey(curve=CURVES["secp256r1"], point=meter.point)
    pem = f"-----BEGIN PUBLIC KEY-----\n{base64.encodebytes(meter.der).decode()}-----END PUBLIC KEY-----"
    oca = f"oca:base16:asn1:{meter.der.hex()}"
    for text in (
        meter.public_key,
        meter.public_key.lower(),
        f"0x{meter.public_key}",
        meter.der.hex(":"),
        meter.der.hex(" ", 4),
        base64.b64encode(meter.der).decode(),
        base64.urlsafe_b64encode(meter.der).decode().rstrip("="),
        pem,
        base64.b64encode(pem.encode()).decode(),
        oca,
        base64.b64encode(oca.encode()).decode(),
        f"oca:base64:asn1:{base64.b64encode(meter.der).decode()}",
    ):
        assert read_key(text) == expected, text
    assert expected.algorithm == "ECDSA-secp256r1-SHA256"
    assert expected.fingerprint == hashlib.sha256(meter.point).hexdigest()
    assert read_key(meter.point.hex()).algorithm == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "There is no key."),
        ("my key!", "A key is written in hexadecimal or Base64."),
        ("abcdef", "This is no public key: neither its form nor its length fits."),
        ("3000", "This is no public key of an elliptic curve."),
        ("a" * 2_501, "A public key has at most 2500 characters."),
        (Meter().der.replace(CURVES["secp256r1"].oid, b"*\x86H\xce=\x03\x01\x06").hex(),
         "The key is on a curve that signed meter values do not use."),
        ("3016301006072a8648ce3d020106052b8104000a03020004", "The key is cut off."),
        (Meter().der[:-1].hex(), "This is no public key of an elliptic curve."),
    ],
)  # fmt: skip
def test_what_is_no_key(text: str, reason: str) -> None:
    with pytest.raises(KeyUnreadableError) as raised:
        read_key(text)
    assert str(raised.value) == reason


@pytest.mark.parametrize("name", list(PARAMETERS))
def test_arithmetic_of_the_curves(name: str) -> None:
    curve = PARAMETERS[name]
    assert is_on(curve, curve.g)
    assert not is_on(curve, (curve.g[0], curve.g[1] + 1))
    assert multiply(curve, curve.n, curve.g) is None
    assert multiply(curve, curve.n + 1, curve.g) == curve.g
    assert add(curve, None, curve.g) == add(curve, curve.g, None) == curve.g
    double = multiply(curve, 2, curve.g)
    assert add(curve, double, curve.g) == multiply(curve, 3, curve.g)


def test_names_of_curves() -> None:
    names = {"prime256v1": "secp256r1", "NIST P-256": "secp256r1", "brainpoolP384r1": "brainpool384r1",
             "brainpool256r11": "brainpool256r1", "secp192r1": "secp192r1"}  # fmt: skip
    assert {name: curve_named(name) for name in names} == {
        name: CURVES[plain] for name, plain in names.items()
    }
    assert curve_named("secp112r1") is None


def test_der_of_odd_shapes() -> None:
    for data in (b"", b"\x30", b"\x30\x84\x00\x00\x00\x01\x00", b"\x30\x80", b"\x31\x00"):
        with pytest.raises(DerError):
            read_signature(data)
    for data in (Meter().der.replace(b"\x03\x42\x00", b"\x03\x42\x01"), b"\x30\x02\x30\x00"):
        with pytest.raises(DerError):
            read_public_key(data)
