"""The test PKI's own contract messages."""

from __future__ import annotations

import base64
import json

import pytest

from chargers.pki.authority import issue_contract_certificate
from chargers.pki.contracts import (
    UnreadableContract,
    emaid_of,
    make_request,
    make_response,
    plain_emaid,
    read_request,
    read_response,
)
from tests.chargers.pki.support import (
    YEAR,
    authority,
    csr,
    curve_key,
    rsa_key,
    with_broken_signature,
)
from tests.factories import NOW


def packed(content: object) -> str:
    return base64.b64encode(json.dumps(content).encode()).decode()


def test_there_and_back() -> None:
    asked = read_request(make_request(emaid="DK-ABC-C00000001", key=curve_key("car")))
    assert asked.emaid == "DK-ABC-C00000001"
    made = issue_contract_certificate(
        authority(), emaid=asked.emaid, public_key=asked.public_key, now=NOW, lifetime=YEAR
    )
    chain = read_response(make_response([made, authority().sub]))
    assert chain == [made, authority().sub]
    assert emaid_of(chain[0]) == "DKABCC00000001"


@pytest.mark.parametrize(
    "exi",
    [
        "",
        "???",
        packed([]),
        packed({}),
        packed({"csr": 1}),
        packed({"csr": "nonsense"}),
        packed({"csr": csr("")}),
        packed({"csr": csr("X" * 30)}),
        packed({"csr": csr("DKABCC00000001", key=rsa_key(2048))}),
        packed({"csr": with_broken_signature(csr("DKABCC00000001"))}),
        base64.b64encode(b"[" * 100_000).decode(),
    ],
)
def test_other_requests(exi: str) -> None:
    with pytest.raises(UnreadableContract):
        read_request(exi)


@pytest.mark.parametrize("exi", ["", packed({}), packed({"chain": "nonsense"})])
def test_other_responses(exi: str) -> None:
    with pytest.raises(UnreadableContract):
        read_response(exi)


def test_emaids_are_spelled_in_many_ways() -> None:
    assert plain_emaid(" dk-abc-c00000001-x ") == "DKABCC00000001X"
