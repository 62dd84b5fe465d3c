"""What the development CA signs, and how it is verified."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from chargers.domain.certificates import HashAlgorithm, HashData, RevocationStatus
from chargers.pki import hashdata, ocsp, sealing
from chargers.pki.authority import (
    Authority,
    chain_pem,
    issue_contract_certificate,
    issue_station_certificate,
    key_pem,
    load_authority,
)
from chargers.pki.csr import check_csr
from chargers.pki.hashdata import chain_hash_data, hash_data
from chargers.pki.ocsp import OcspAnswer
from chargers.pki.pem import (
    MAX_PEM,
    UnreadableError,
    facts,
    read_certificate,
    read_certificates,
    to_pem,
)
from chargers.pki.verify import ChainFault, verify_chain
from tests.chargers.pki.support import YEAR, authority, csr, curve_key
from tests.factories import NOW


def leaf(*, for_server: bool = False, lifetime: timedelta = YEAR) -> x509.Certificate:
    checked = check_csr(
        csr("LC-0001", organization="Nordlys", serial_number="SN-1"), identities=["LC-0001"]
    )
    return issue_station_certificate(
        authority(), checked, now=NOW, lifetime=lifetime, for_server=for_server, serial_number=0xA1
    )


def test_a_client_certificate() -> None:
    made = leaf()
    found = facts(made)
    assert found.serial_number == "A1"
    assert found.not_before == NOW - timedelta(minutes=10)
    assert found.not_after == NOW + YEAR
    assert found.subject == "O=Nordlys,2.5.4.5=SN-1,CN=LC-0001"
    assert found.issuer == "O=Test Charging,CN=Test Sub CA"
    assert len(found.fingerprint) == 64
    usage = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_certificate_of_the_secc() -> None:
    made = leaf(for_server=True)
    usage = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    [domain] = made.subject.get_attributes_for_oid(NameOID.DOMAIN_COMPONENT)
    assert domain.value == "CPO"


def test_never_valid_beyond_its_ca() -> None:
    assert leaf(lifetime=100 * YEAR).not_valid_after_utc == authority().not_after
    assert authority().not_after == NOW + 10 * YEAR


def test_the_chain_handed_over_is_leaf_and_sub() -> None:
    made = leaf()
    assert read_certificates(chain_pem(authority(), made)) == [made, authority().sub]


def test_an_authority_survives_being_stored() -> None:
    own = authority()
    sealed = sealing.seal(key_pem(own.sub_key), secret="one")
    assert "PRIVATE" not in sealed
    loaded = load_authority(
        root_pem=to_pem([own.root]),
        sub_pem=to_pem([own.sub]),
        root_key_pem=key_pem(own.root_key),
        sub_key_pem=sealing.unseal(sealed, secret="one"),
    )
    assert (loaded.root, loaded.sub) == (own.root, own.sub)
    assert key_pem(loaded.sub_key) == key_pem(own.sub_key)
    with pytest.raises(sealing.UnableToUnseal):
        sealing.unseal(sealed, secret="two")


# Chains ------------------------------------------------------------------------------------------


def test_a_good_chain() -> None:
    made = leaf()
    verified = verify_chain(
        made, intermediates=[authority().sub], roots=[authority().root], now=NOW
    )
    assert verified.fault is None
    assert verified.path == (made, authority().sub, authority().root)


def test_a_sub_ca_can_be_trusted_itself() -> None:
    verified = verify_chain(leaf(), intermediates=[], roots=[authority().sub], now=NOW)
    assert verified.fault is None


def test_what_the_chain_brings_along_is_not_trusted() -> None:
    own = authority()
    verified = verify_chain(
        leaf(), intermediates=[own.sub, own.root], roots=[authority("Other").root], now=NOW
    )
    assert verified.fault is ChainFault.NO_PATH


def test_no_intermediate() -> None:
    verified = verify_chain(leaf(), intermediates=[], roots=[authority().root], now=NOW)
    assert verified.fault is ChainFault.NO_PATH


def test_a_namesake_did_not_sign() -> None:
    namesake = load_namesake()
    verified = verify_chain(leaf(), intermediates=[], roots=[namesake.sub], now=NOW)
    assert verified.fault is ChainFault.SIGNATURE


def load_namesake() -> Authority:
    from chargers.pki.authority import create_authority  # noqa: PLC0415 -- not the cached one

    return create_authority(name="Test", organization="Test Charging", now=NOW)


def test_a_station_is_no_ca() -> None:
    """A station that signs certificates with its own key convinces nobody."""
    made = leaf()
    forged = issue_contract_certificate(
        Authority(authority().root, made, authority().root_key, curve_key("")),
        emaid="DKABCC00000001",
        public_key=curve_key("car").public_key(),
        now=NOW,
        lifetime=YEAR,
    )
    verified = verify_chain(
        forged, intermediates=[made, authority().sub], roots=[authority().root], now=NOW
    )
    assert verified.fault is ChainFault.NOT_A_CA


@pytest.mark.parametrize(
    ("at", "fault"),
    [
        (NOW + YEAR, None),
        (NOW + YEAR + timedelta(seconds=1), ChainFault.EXPIRED),
        (NOW - timedelta(minutes=11), ChainFault.NOT_YET_VALID),
    ],
)
def test_validity(at: object, fault: ChainFault | None) -> None:
    verified = verify_chain(
        leaf(),
        intermediates=[authority().sub],
        roots=[authority().root],
        now=at,  # type: ignore[arg-type]
    )
    assert verified.fault is fault


# Hash data ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("algorithm", "digits"), [("SHA256", 64), ("SHA384", 96), ("SHA512", 128)])
def test_hash_data(algorithm: str, digits: int) -> None:
    own = authority()
    data = hash_data(leaf(), own.sub, HashAlgorithm(algorithm))
    assert (len(data.issuer_name_hash), len(data.issuer_key_hash)) == (digits, digits)
    assert data.serial_number == "A1"
    assert HashData.from_json(data.to_json()) == data
    root = hash_data(own.root, algorithm=HashAlgorithm(algorithm))
    sub = hash_data(own.sub, own.root, HashAlgorithm(algorithm))
    assert root.issuer_key_hash == sub.issuer_key_hash


def test_digits_may_be_spelled_otherwise() -> None:
    data = hash_data(leaf(), authority().sub)
    other = HashData(
        algorithm=data.algorithm,
        issuer_name_hash=data.issuer_name_hash.upper(),
        issuer_key_hash=data.issuer_key_hash,
        serial_number="00a1",
    )
    assert other.key == data.key
    assert hashdata.find(other, [(authority().root, None), (leaf(), authority().sub)]) is not None
    assert hashdata.find(other, [(authority().root, None)]) is None


def test_hash_data_of_a_chain() -> None:
    own, made = authority(), leaf()
    assert chain_hash_data([made, own.sub], own.root) == [
        hash_data(made, own.sub),
        hash_data(own.sub, own.root),
    ]
    assert chain_hash_data([made, own.sub]) == [hash_data(made, own.sub)]


# OCSP --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "status", [RevocationStatus.GOOD, RevocationStatus.REVOKED, RevocationStatus.UNKNOWN]
)
def test_ocsp(status: RevocationStatus) -> None:
    own = authority()
    made = ocsp.make_response(
        hash_data(leaf(), own.sub), status=status, responder=own.sub, key=own.sub_key, now=NOW
    )
    assert ocsp.read_response(made, responder=own.sub) == OcspAnswer(
        status=status, this_update=NOW, next_update=NOW + timedelta(days=7)
    )
    with pytest.raises(ValueError, match="signature"):
        ocsp.read_response(made, responder=own.root)


# PEM ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----",
        "x" * (MAX_PEM + 1),
    ],
)
def test_what_is_no_certificate(text: str) -> None:
    with pytest.raises(UnreadableError):
        read_certificate(text)


def test_one_means_one() -> None:
    own = authority()
    with pytest.raises(UnreadableError, match="more than one"):
        read_certificate(to_pem([own.root, own.sub]))
    with pytest.raises(UnreadableError, match="more than 10"):
        read_certificates(to_pem([own.root] * 11))
    assert read_certificates("text before\n" + to_pem([own.root]).replace("\n", "\\n")) == [
        own.root
    ]
