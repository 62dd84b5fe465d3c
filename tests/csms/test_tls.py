"""TLS of our own: contexts as the settings say, files for trying out, whom a proxy may be."""

from __future__ import annotations

import ssl
import stat
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from cryptography import x509
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from pytest_django import Settings

from csms.dev_tls import write_tls
from csms.protocols import is_trusted_hop
from csms.tls import make_context, tls_listeners

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


@pytest.fixture
def paths(tmp_path: Path, settings: Settings) -> dict[str, Path]:
    written = write_tls(tmp_path, hosts=["csms.example", "192.0.2.1"], now=NOW)
    settings.TLS_CERTIFICATE = str(written["server.pem"])
    settings.TLS_KEY = str(written["server.key"])
    return written


def test_without_a_port_there_is_no_listener(settings: Settings) -> None:
    assert (settings.TLS_PORT, settings.TLS_LEGACY_PORT) == (0, 0)
    assert tls_listeners() == []


def test_tls_1_2_or_newer_and_no_certificate_asked_for(paths: dict[str, Path]) -> None:
    context = make_context()
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_NONE


@pytest.mark.parametrize(
    ("required", "mode"), [(False, ssl.CERT_OPTIONAL), (True, ssl.CERT_REQUIRED)]
)
def test_client_certificates(
    paths: dict[str, Path], settings: Settings, required: bool, mode: ssl.VerifyMode
) -> None:
    settings.TLS_CLIENT_CA = str(paths["ca.pem"])
    settings.TLS_REQUIRE_CLIENT_CERTIFICATE = required
    assert make_context().verify_mode == mode


def test_the_legacy_port_has_its_own_policy(paths: dict[str, Path], settings: Settings) -> None:
    settings.TLS_PORT, settings.TLS_LEGACY_PORT = 8443, 8444
    usual, legacy = tls_listeners()
    assert (usual.port, legacy.port) == (8443, 8444)
    assert usual.context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert legacy.context.minimum_version < ssl.TLSVersion.TLSv1_2


def test_what_cannot_work_is_said(paths: dict[str, Path], settings: Settings) -> None:
    settings.TLS_REQUIRE_CLIENT_CERTIFICATE = True
    with pytest.raises(ImproperlyConfigured, match="needs CSMS_TLS_CLIENT_CA"):
        make_context()
    settings.TLS_CERTIFICATE = "/nowhere.pem"
    with pytest.raises(ImproperlyConfigured, match="cannot be used"):
        make_context()
    settings.TLS_CERTIFICATE = ""
    with pytest.raises(ImproperlyConfigured, match="names no file"):
        make_context()


def test_the_files_for_trying_out(paths: dict[str, Path]) -> None:
    server = x509.load_pem_x509_certificate(paths["server.pem"].read_bytes())
    authority = x509.load_pem_x509_certificate(paths["ca.pem"].read_bytes())
    server.verify_directly_issued_by(authority)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["csms.example"]
    assert [str(ip) for ip in names.get_values_for_type(x509.IPAddress)] == ["192.0.2.1"]
    for name in ("ca.key", "server.key"):
        assert stat.S_IMODE(paths[name].stat().st_mode) == 0o600


def test_the_authority_is_kept_and_clients_are_its_own(paths: dict[str, Path]) -> None:
    before = paths["ca.pem"].read_bytes()
    directory = paths["ca.pem"].parent
    again = write_tls(directory, hosts=["localhost"], now=NOW, clients=["CP/1"])
    assert again["ca.pem"].read_bytes() == before
    client = x509.load_pem_x509_certificate((directory / "client-CP%2F1.pem").read_bytes())
    client.verify_directly_issued_by(x509.load_pem_x509_certificate(before))
    assert client.subject.rfc4514_string() == "CN=CP/1"


def test_the_command_tells_what_to_set(tmp_path: Path) -> None:
    out = StringIO()
    call_command("make_tls", directory=tmp_path, client=["CP1"], stdout=out)
    assert f"CSMS_TLS_CERTIFICATE={tmp_path}/server.pem" in out.getvalue()
    assert (tmp_path / "client-CP1.key").exists()


@pytest.mark.parametrize(
    ("proxies", "address", "trusted"),
    [
        ([], "127.0.0.1", False),
        (["127.0.0.1"], "127.0.0.1", True),
        (["10.0.0.0/8"], "10.1.2.3", True),
        (["10.0.0.0/8"], "192.0.2.1", False),
        (["2001:db8::/32"], "2001:db8::1", True),
        (["*"], "192.0.2.1", True),
        (["10.0.0.0/8"], "unix", False),
        (["10.0.0.0/8"], "", False),
    ],
)
def test_whom_a_proxy_may_be(
    settings: Settings, proxies: list[str], address: str, trusted: bool
) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert is_trusted_hop(address) is trusted
