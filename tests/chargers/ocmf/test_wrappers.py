from __future__ import annotations

import base64
import json

import pytest

from chargers.ocmf import Unwrapped, unwrap

DOCUMENT = 'OCMF|{"PG":"T1","GI":"a&b"}|{"SD":"00"}'
PLAIN = (Unwrapped(format="ocmf", text=DOCUMENT),)
BASE64 = base64.b64encode(DOCUMENT.encode()).decode()


def xml(data: str, *, key: str = "") -> str:
    public = f'<publicKey encoding="plain">{key}</publicKey>' if key else ""
    signed = f'<signedData format="OCMF" encoding="plain">{data}</signedData>'
    return f'<value transactionId="7" context="Transaction.End">{signed}{public}</value>'


@pytest.mark.parametrize(
    "raw",
    [
        DOCUMENT,
        f"\n {DOCUMENT} ",
        BASE64,
        BASE64.rstrip("="),
        f"{BASE64[:40]}\n{BASE64[40:]}",
        DOCUMENT.encode().hex(),
        DOCUMENT.encode().hex().upper(),
        base64.b64encode(BASE64.encode()).decode(),
        json.dumps({"signedMeterData": DOCUMENT}),
        json.dumps({"signedMeterData": BASE64, "encodingMethod": "OCMF"}),
        xml(DOCUMENT.replace("&", "&amp;")),
        f"<values>{xml(BASE64)}</values>",
        f"<?xml version='1.0'?>\n<signedMeterValue><encodedData>{BASE64}</encodedData></signedMeterValue>",
    ],
)
def test_a_document_is_found_in_its_wrappings(raw: str) -> None:
    assert unwrap(raw) == PLAIN


def test_key_and_method_that_travel_with_the_value() -> None:
    told = {"signedMeterData": BASE64, "publicKey": "3059", "signingMethod": "ECDSA-x"}
    assert unwrap(json.dumps(told)) == (
        Unwrapped(format="ocmf", text=DOCUMENT, public_key="3059", signing_method="ECDSA-x"),
    )
    [one, other] = unwrap(f"<values>{xml(BASE64, key='A')}{xml(BASE64, key='B')}</values>")
    assert (one.public_key, other.public_key) == ("A", "B")


@pytest.mark.parametrize(
    ("raw", "method", "expected"),
    [
        ("8f001234", "EDL", "edl"),
        ("8f001234", "", "other"),
        ('<signedMeterValue><encodedMeterValue encodingType="EDL_40_P">01', "", "edl"),
        ("", "OCMF", "other"),
        ('{"signedMeterData": 7}', "", "other"),
        ("{", "", "other"),
        ("[]", "", "other"),
        (json.dumps({"signedMeterData": "nothing"}), "", "other"),
        (f"<values>{'<' * 5_000}</values>", "", "other"),
    ],
)
def test_other_formats_stay_as_they_came(raw: str, method: str, expected: str) -> None:
    assert unwrap(raw, encoding_method=method) == (Unwrapped(format=expected, text=raw),)


def test_wrappings_without_end() -> None:
    raw = DOCUMENT
    for _ in range(9):
        raw = base64.b64encode(raw.encode()).decode()
    assert unwrap(raw) == (Unwrapped(format="other", text=raw),)
