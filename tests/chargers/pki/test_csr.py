"""Which signing requests are signed, and what each refusal is called."""

from __future__ import annotations

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from chargers.pki import old_requests
from chargers.pki.csr import (
    MAX_CSR,
    CsrFault,
    CsrRefused,
    check_csr,
    csr_fingerprint,
    subject_of,
)
from chargers.pki.pem import UnreadableError, read_der, to_der
from tests.chargers.pki.support import (
    PrivateKey,
    authority,
    csr,
    curve_key,
    of_version_3,
    rsa_key,
    with_broken_signature,
    with_version,
)

NAMES = ("LC-0001", "SN-77")


@pytest.mark.parametrize(
    "text",
    [
        csr("LC-0001"),
        csr("SN-77"),
        csr("anything", serial_number="SN-77"),
        csr("LC-0001", key=rsa_key(2048)),
        csr("LC-0001", organization="Somebody"),
        csr("LC-0001").replace("\n", "\r\n"),
        csr("LC-0001").replace("\n", "\\n"),
        "".join(csr("LC-0001").splitlines()[1:-1]),
    ],
)
def test_signed(text: str) -> None:
    assert check_csr(text, identities=NAMES).fingerprint == csr_fingerprint(text)


def test_what_is_read() -> None:
    text = csr("LC-0001", organization="Nordlys", serial_number="SN-77")
    checked = check_csr(text, identities=NAMES, organization="Nordlys")
    assert (checked.common_name, checked.serial_number, checked.organization) == (
        "LC-0001",
        "SN-77",
        "Nordlys",
    )
    assert subject_of(text) == "2.5.4.5=SN-77,O=Nordlys,CN=LC-0001"
    assert subject_of("nonsense") == ""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (csr("LC-0001") + " " * MAX_CSR, CsrFault.TOO_LONG),
        ("", CsrFault.UNREADABLE),
        ("not a request", CsrFault.UNREADABLE),
        ("QUJD", CsrFault.UNREADABLE),
        (csr("LC-0001") + csr("LC-0001"), CsrFault.UNREADABLE),
        (csr("LC-0001")[:200], CsrFault.UNREADABLE),
        (with_broken_signature(csr("LC-0001")), CsrFault.BAD_SIGNATURE),
        (csr("LC-0001", key=rsa_key(1024)), CsrFault.WEAK_KEY),
        (csr("LC-0001", key=ec.generate_private_key(ec.SECP192R1())), CsrFault.WEAK_KEY),
        (csr("LC-0002"), CsrFault.WRONG_SUBJECT),
        (csr("lc-0001"), CsrFault.WRONG_SUBJECT),
        (csr("", organization="LC-0001"), CsrFault.WRONG_SUBJECT),
        (csr("LC-0001", organization="Other"), CsrFault.WRONG_ORGANIZATION),
        (csr("LC-0001"), CsrFault.WRONG_ORGANIZATION),
    ],
)
def test_refused(text: str, fault: CsrFault) -> None:
    with pytest.raises(CsrRefused) as refused:
        check_csr(text, identities=NAMES, organization="Nordlys")
    assert refused.value.code is fault
    assert refused.value.sentence.endswith(".")


def test_a_station_without_names_gets_nothing() -> None:
    with pytest.raises(CsrRefused) as refused:
        check_csr(csr("", organization="Nordlys"), identities=["", ""])
    assert refused.value.code is CsrFault.WRONG_SUBJECT


def test_the_fingerprint_is_of_the_content() -> None:
    text = csr("LC-0001")
    assert csr_fingerprint(text.replace("\n", "\r\n")) == csr_fingerprint(text)
    assert csr_fingerprint(text) != csr_fingerprint(csr("LC-0002"))
    assert len(csr_fingerprint("\ud800")) == 64


def test_a_stronger_hash_is_fine() -> None:
    text = csr("LC-0001", algorithm=hashes.SHA512)
    assert check_csr(text, identities=NAMES).common_name == "LC-0001"


@pytest.mark.parametrize("key", [curve_key("old"), rsa_key(2048)], ids=["curve", "rsa"])
def test_q85_a_request_that_calls_itself_version_3(key: PrivateKey) -> None:
    text = of_version_3(csr("LC-0001", key=key), key)
    with pytest.raises(x509.InvalidVersion):
        x509.load_pem_x509_csr(text.encode())
    checked = check_csr(text, identities=NAMES)
    assert checked.common_name == "LC-0001"
    assert checked.request.public_key() == key.public_key()
    assert checked.fingerprint == csr_fingerprint(text)


@pytest.mark.parametrize(
    "text",
    [
        of_version_3(csr("LC-0001", key=curve_key("old")), curve_key("stranger")),
        of_version_3(csr("LC-0001", key=curve_key("old")), rsa_key(2048)),
        *(with_version(csr("LC-0001"), version) for version in (1, 2)),
    ],
    ids=["other key", "other kind of key", "version 2", "version 3"],
)
def test_q85_the_signature_must_fit_what_the_request_says(text: str) -> None:
    with pytest.raises(CsrRefused) as caught:
        check_csr(text, identities=NAMES)
    assert caught.value.code == CsrFault.BAD_SIGNATURE


@pytest.mark.parametrize(
    "der", [b"\x30", b"\x30\x02\x05\x00", b"\x30\x84", b"\x30\x05\x30\x03\x02\x02\x00"]
)
def test_q85_what_is_no_request_stays_unreadable(der: bytes) -> None:
    with pytest.raises(old_requests.NotARequestError):
        old_requests.with_right_version(der)
    with pytest.raises(CsrRefused) as caught:
        check_csr(base64.b64encode(der).decode(), identities=NAMES)
    assert caught.value.code == CsrFault.UNREADABLE


def test_a_certificate_of_an_impossible_version_is_unreadable() -> None:
    der = to_der(authority().root)
    assert read_der(der) == authority().root
    wrong = der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07", 1)
    with pytest.raises(UnreadableError):
        read_der(wrong)
