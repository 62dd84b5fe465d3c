"""Which certificate opens a socket: one that is ours, for one station, valid now, not revoked."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Operator
from chargers.models import CertificateStatus
from chargers.services.certificates.client import find_client_certificate, fingerprint_of
from tests.factories import NOW, StationCertificateFactory, StationFactory

DER = b"the certificate's bytes"
FINGERPRINT = hashlib.sha256(DER).hexdigest()


def test_found_by_its_bytes_in_one_query_without_a_scope(
    operator: Operator, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    station = StationFactory.create(operator=operator)
    row = StationCertificateFactory.create(station=station, fingerprint=FINGERPRINT)
    StationCertificateFactory.create(station=station)

    with django_assert_num_queries(1):
        found = find_client_certificate(DER, now=NOW)
        assert found is not None
        assert found.station.identity == station.identity
    assert found.pk == row.pk
    assert fingerprint_of(DER) == FINGERPRINT


@pytest.mark.parametrize(
    "values",
    [
        {"status": CertificateStatus.REVOKED, "revoked_at": NOW},
        {"status": CertificateStatus.REJECTED},
        {"use": "V2GCertificate"},
        {"not_before": NOW + timedelta(seconds=1)},
        {"not_after": NOW - timedelta(seconds=1)},
        {"fingerprint": FINGERPRINT.upper()},
    ],
)
def test_no_other_certificate_is_found(db: None, values: dict[str, object]) -> None:
    StationCertificateFactory.create(**{"fingerprint": FINGERPRINT, **values})

    assert find_client_certificate(DER, now=NOW) is None


def test_valid_to_the_last_second(db: None) -> None:
    StationCertificateFactory.create(fingerprint=FINGERPRINT, not_before=NOW, not_after=NOW)

    assert find_client_certificate(DER, now=NOW) is not None
    assert find_client_certificate(b"", now=NOW) is None
