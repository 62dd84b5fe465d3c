"""Golden frames of certificates, in both directions and all versions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chargers.domain.certificates import (
    CertificateUse,
    ContractCertificateStatus,
    EvCertificateAction,
    HashAlgorithm,
    HashData,
    InstalledUse,
    RevocationStatus,
    RootUse,
)
from chargers.domain.commands import (
    CertificateSigned,
    DeleteCertificate,
    GetInstalledCertificateIds,
    InstallCertificate,
    OutcomeStatus,
)
from chargers.domain.messages import (
    Authorize,
    CertificateQuery,
    GetCertificateChainStatus,
    GetCertificateStatus,
    GetEvCertificate,
    IdTokenRef,
    SignCertificate,
)
from chargers.domain.results import (
    AuthorizeResult,
    CertificateChainStatusResult,
    CertificateStatusResult,
    CertificateVerdict,
    EvCertificateResult,
    IdTokenInfo,
    SignCertificateResult,
)
from chargers.domain.vocabulary import AuthorizationStatus
from chargers.ocpp.codec import Codec
from tests.chargers.ocpp.support import ALL, NOW, V16, V21, V201, answer, decode, message, refusal

TWO = pytest.mark.parametrize("codec", [V201, V21], ids=["2.0.1", "2.1"])
EVERY = pytest.mark.parametrize("codec", ALL, ids=lambda codec: codec.subprotocol)

HASH = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "aa11",
    "issuerKeyHash": "bb22",
    "serialNumber": "1F",
}
DATA = HashData(
    algorithm=HashAlgorithm.SHA256,
    issuer_name_hash="aa11",
    issuer_key_hash="bb22",
    serial_number="1F",
)
STORED = {
    "algorithm": "SHA256",
    "issuer_name_hash": "aa11",
    "issuer_key_hash": "bb22",
    "serial_number": "1F",
}


def call(action: str, /, **payload: Any) -> str:
    return json.dumps([2, "1", action, payload])


# From the station --------------------------------------------------------------------------------


@EVERY
def test_sign_certificate(codec: Codec) -> None:
    frame = call("SignCertificate", csr="a request")
    assert message(codec, frame) == SignCertificate(csr="a request", use=CertificateUse.CLIENT)
    assert answer(codec, frame, SignCertificateResult(accepted=True)) == [
        3,
        "1",
        {"status": "Accepted"},
    ]


def test_sign_certificate_refused() -> None:
    frame = call("SignCertificate", csr="x")
    refused = SignCertificateResult(accepted=False, reason_code="WeakKey", reason="Too weak.")
    assert answer(V16, frame, refused)[2] == {"status": "Rejected"}
    assert answer(V201, frame, refused)[2] == {
        "status": "Rejected",
        "statusInfo": {"reasonCode": "WeakKey", "additionalInfo": "Too weak."},
    }
    # a reasonCode has 20 characters
    long = SignCertificateResult(accepted=False, reason_code="W" * 30)
    assert answer(V201, frame, long)[2]["statusInfo"] == {"reasonCode": "W" * 20}


def test_sign_certificate_of_a_secc() -> None:
    frame = call("SignCertificate", csr="x", certificateType="V2GCertificate")
    assert message(V201, frame) == SignCertificate(csr="x", use=CertificateUse.V2G)
    frame = call("SignCertificate", csr="x", certificateType="V2G20Certificate", requestId=7)
    assert message(V21, frame) == SignCertificate(csr="x", use=CertificateUse.V2G20, request_ref=7)


@EVERY
def test_a_request_that_is_too_long_reaches_the_service(codec: Codec) -> None:
    """The refusal is the service's, with a reason, not a CALLERROR."""
    decoded = decode(codec, call("SignCertificate", csr="x" * 5501))
    assert decoded.message == SignCertificate(csr="x" * 5501)
    assert decoded.warnings == ("csr: maxLength",)


@EVERY
def test_no_request(codec: Codec) -> None:
    code = "OccurenceConstraintViolation" if codec is V16 else "OccurrenceConstraintViolation"
    assert refusal(codec, call("SignCertificate"))[2] == code


@TWO
def test_get_15118_ev_certificate(codec: Codec) -> None:
    frame = call(
        "Get15118EVCertificate",
        iso15118SchemaVersion="urn:iso:15118:2:2013:MsgDef",
        action="Update",
        exiRequest="RVhJ",
    )
    assert message(codec, frame) == GetEvCertificate(
        exi_request="RVhJ",
        schema_version="urn:iso:15118:2:2013:MsgDef",
        action=EvCertificateAction.UPDATE,
    )
    assert answer(codec, frame, EvCertificateResult(accepted=True, exi_response="QQ=="))[2] == {
        "status": "Accepted",
        "exiResponse": "QQ==",
    }
    assert answer(codec, frame, EvCertificateResult(accepted=False))[2] == {
        "status": "Failed",
        "exiResponse": "",
    }


def test_remaining_contracts_are_of_2_1() -> None:
    frame = call(
        "Get15118EVCertificate",
        iso15118SchemaVersion="v",
        action="Install",
        exiRequest="RVhJ",
        maximumContractCertificateChains=3,
    )
    read = message(V21, frame)
    assert isinstance(read, GetEvCertificate)
    assert read.max_chains == 3
    result = EvCertificateResult(accepted=True, exi_response="QQ==", remaining=2)
    assert answer(V21, frame, result)[2]["remainingContracts"] == 2
    assert "remainingContracts" not in answer(V201, frame, result)[2]


@TWO
def test_get_certificate_status(codec: Codec) -> None:
    frame = call(
        "GetCertificateStatus", ocspRequestData={**HASH, "responderURL": "http://ocsp.example"}
    )
    assert message(codec, frame) == GetCertificateStatus(
        certificate=DATA, responder_url="http://ocsp.example"
    )
    assert answer(codec, frame, CertificateStatusResult(ocsp="QQ=="))[2] == {
        "status": "Accepted",
        "ocspResult": "QQ==",
    }
    assert answer(codec, frame, CertificateStatusResult())[2] == {"status": "Failed"}


@TWO
@pytest.mark.parametrize(
    "data", [{}, {**HASH, "hashAlgorithm": "MD5"}, {**HASH, "serialNumber": ""}]
)
def test_a_status_of_nothing(codec: Codec, data: dict[str, Any]) -> None:
    assert refusal(codec, call("GetCertificateStatus", ocspRequestData=data)) == [
        4,
        "1",
        "OccurrenceConstraintViolation",
        "ocspRequestData names no certificate",
        {},
    ]


def test_get_certificate_chain_status() -> None:
    asked = {"certificateHashData": HASH, "source": "OCSP", "urls": ["http://ocsp.example"]}
    frame = call("GetCertificateChainStatus", certificateStatusRequests=[asked])
    assert message(V21, frame) == GetCertificateChainStatus(
        queries=(CertificateQuery(certificate=DATA, source="OCSP"),)
    )
    verdict = CertificateVerdict(
        certificate=DATA, source="OCSP", status=RevocationStatus.REVOKED, next_update=NOW
    )
    assert answer(V21, frame, CertificateChainStatusResult(verdicts=(verdict,)))[2] == {
        "certificateStatus": [
            {
                "certificateHashData": HASH,
                "source": "OCSP",
                "status": "Revoked",
                "nextUpdate": "2026-03-01T12:00:00Z",
            }
        ]
    }
    assert refusal(V21, call("GetCertificateChainStatus"))[2] == "OccurrenceConstraintViolation"
    assert refusal(V201, frame)[2] == "NotImplemented"


@TWO
def test_authorize_with_a_contract(codec: Codec) -> None:
    frame = call(
        "Authorize",
        idToken={"idToken": "DKABCC00000001", "type": "eMAID"},
        certificate="PEM",
        iso15118CertificateHashData=[{**HASH, "responderURL": "http://ocsp.example"}],
    )
    assert message(codec, frame) == Authorize(
        id_token=IdTokenRef(uid="DKABCC00000001", type="eMAID"),
        certificate="PEM",
        certificate_hashes=(DATA,),
    )
    result = AuthorizeResult(
        token=IdTokenInfo(status=AuthorizationStatus.INVALID),
        certificate_status=ContractCertificateStatus.REVOKED,
    )
    assert answer(codec, frame, result)[2] == {
        "idTokenInfo": {"status": "Invalid"},
        "certificateStatus": "CertificateRevoked",
    }


# To the station: what is not in the table of all commands -----------------------------------------


def test_the_request_id_goes_back() -> None:
    command = CertificateSigned(chain="PEM", use=CertificateUse.V2G20, request_ref=7)
    assert V21.encode_command(command).payload == {
        "certificateChain": "PEM",
        "certificateType": "V2G20Certificate",
        "requestId": 7,
    }


def test_installed_ids_of_1_6_come_kind_by_kind() -> None:
    outcome = V16.decode_outcome(
        GetInstalledCertificateIds(), {"status": "Accepted", "certificateHashData": [HASH]}
    )
    assert outcome.status is OutcomeStatus.ACCEPTED
    assert outcome.detail == {
        "uses": ["CSMSRootCertificate"],
        "certificates": [{"use": "CSMSRootCertificate", "hash_data": STORED, "children": []}],
        "next": ["ManufacturerRootCertificate"],
    }
    rest = V16.decode_outcome(
        GetInstalledCertificateIds(use=InstalledUse.MANUFACTURER), {"status": "NotFound"}
    )
    assert (rest.status, rest.raw_status) == (OutcomeStatus.ACCEPTED, "NotFound")
    assert rest.detail == {"uses": ["ManufacturerRootCertificate"], "certificates": [], "next": []}


@TWO
def test_installed_ids_of_2_come_with_their_children(codec: Codec) -> None:
    chain = {
        "certificateType": "V2GCertificateChain",
        "certificateHashData": HASH,
        "childCertificateHashData": [{**HASH, "serialNumber": "2"}],
    }
    payload = {"status": "Accepted", "certificateHashDataChain": [chain]}
    outcome = codec.decode_outcome(GetInstalledCertificateIds(), payload)
    assert outcome.detail == {
        "uses": [use.value for use in InstalledUse],
        "certificates": [
            {
                "use": "V2GCertificateChain",
                "hash_data": STORED,
                "children": [{**STORED, "serial_number": "2"}],
            }
        ],
        "next": [],
    }


def test_unreadable_entries_are_left_out() -> None:
    chains = [
        {"certificateType": "Sth", "certificateHashData": HASH},
        {"certificateType": "V2GRootCertificate", "certificateHashData": {}},
    ]
    payload = {"status": "Accepted", "certificateHashDataChain": chains}
    outcome = V201.decode_outcome(GetInstalledCertificateIds(), payload)
    assert outcome.detail["certificates"] == []


@EVERY
@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Accepted", OutcomeStatus.ACCEPTED),
        ("NotFound", OutcomeStatus.ACCEPTED),
        ("Failed", OutcomeStatus.FAILED),
    ],
)
def test_answers_to_delete(codec: Codec, word: str, status: OutcomeStatus) -> None:
    command = DeleteCertificate(
        algorithm=HashAlgorithm.SHA256,
        issuer_name_hash="a",
        issuer_key_hash="b",
        serial_number="1",
    )
    outcome = codec.decode_outcome(command, {"status": word})
    assert (outcome.status, outcome.raw_status) == (status, word)


@EVERY
@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Accepted", OutcomeStatus.ACCEPTED),
        ("Rejected", OutcomeStatus.REJECTED),
        ("Failed", OutcomeStatus.FAILED),
    ],
)
def test_answers_to_install(codec: Codec, word: str, status: OutcomeStatus) -> None:
    command = InstallCertificate(use=RootUse.CSMS, certificate="PEM")
    assert codec.decode_outcome(command, {"status": word}).status is status
