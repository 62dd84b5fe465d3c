"""Firmware, logs and customers' data asked of a station, with everything checked first."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from cryptography import x509

from accounts.services.audit import Actor
from chargers.domain import commands as wire
from chargers.exceptions import UnableToCommand
from chargers.models import ChargingStation, StationCommand
from chargers.services.commands import request_command
from common.ids import random_int31

_URL = re.compile(r"(?:https?|ftps?|sftp)://[^\s/]+(?:/\S*)?", re.IGNORECASE)
_MD5 = re.compile(r"[0-9a-fA-F]{32}")
# Devices' clocks differ, and forms are filled in slowly.
_PAST = timedelta(hours=1)


def update_firmware(
    *,
    station: ChargingStation,
    url: str,
    now: datetime,
    retrieve_at: datetime | None = None,
    install_at: datetime | None = None,
    signing_certificate: str = "",
    signature: str = "",
    retries: int | None = None,
    retry_interval_seconds: int | None = None,
    actor: Actor | None = None,
) -> StationCommand:
    """Have a station fetch and install an image (L01; with certificate and signature L02).

    Args:
        retrieve_at: None is at once.
        signing_certificate: PEM; signature: base64. Both or none.

    Raises:
        UnableToCommand: unreachable, or errors by field.
    """
    retrieve_at = retrieve_at or now
    found = {
        "url": _url_fault(url),
        "retrieve_at": "This is in the past." if retrieve_at < now - _PAST else "",
        "install_at": _order_fault(retrieve_at, install_at),
        "signing_certificate": _certificate_fault(signing_certificate, signature),
        "signature": "Give the signature, too." if signing_certificate and not signature else "",
    }
    _refuse(found)
    command = wire.UpdateFirmware(
        request_id=random_int31(),
        url=url,
        retrieve_at=retrieve_at,
        install_at=install_at,
        retries=retries,
        retry_interval_seconds=retry_interval_seconds,
        signing_certificate=signing_certificate.strip(),
        signature=signature.strip(),
    )
    return request_command(station=station, command=command, now=now, actor=actor)


def _refuse(found: dict[str, str]) -> None:
    errors = {field: fault for field, fault in found.items() if fault}
    if errors:
        raise UnableToCommand(" ".join(errors.values()), errors=errors)


def _url_fault(url: str) -> str:
    return "" if _URL.fullmatch(url) else "An address with ftp, ftps, sftp, http or https."


def _order_fault(retrieve_at: datetime, install_at: datetime | None) -> str:
    late = install_at is None or install_at >= retrieve_at
    return "" if late else "It cannot be installed before it is fetched."


def _certificate_fault(certificate: str, signature: str) -> str:
    if not certificate.strip():
        return "Give the certificate, too." if signature.strip() else ""
    try:
        x509.load_pem_x509_certificate(certificate.strip().encode())
    except ValueError:
        return "This is no certificate in PEM."
    return ""


def publish_firmware(
    *,
    station: ChargingStation,
    url: str,
    checksum: str,
    now: datetime,
    retries: int | None = None,
    retry_interval_seconds: int | None = None,
    actor: Actor | None = None,
) -> StationCommand:
    """Have a local controller offer an image to the stations behind it (L03).

    Raises:
        UnableToCommand: unreachable, or errors by field.
    """
    _refuse({"url": _url_fault(url), "checksum": _checksum_fault(checksum)})
    command = wire.PublishFirmware(
        request_id=random_int31(),
        url=url,
        checksum=checksum,
        retries=retries,
        retry_interval_seconds=retry_interval_seconds,
    )
    return request_command(station=station, command=command, now=now, actor=actor)


def unpublish_firmware(
    *, station: ChargingStation, checksum: str, now: datetime, actor: Actor | None = None
) -> StationCommand:
    """Have a local controller offer an image no longer (L04)."""
    _refuse({"checksum": _checksum_fault(checksum)})
    command = wire.UnpublishFirmware(checksum=checksum)
    return request_command(station=station, command=command, now=now, actor=actor)


def _checksum_fault(checksum: str) -> str:
    return "" if _MD5.fullmatch(checksum) else "An MD5 checksum: 32 hexadecimal digits."


def get_log(
    *,
    station: ChargingStation,
    upload_url: str,
    now: datetime,
    log_type: str = "DiagnosticsLog",
    oldest_at: datetime | None = None,
    latest_at: datetime | None = None,
    retries: int | None = None,
    retry_interval_seconds: int | None = None,
    actor: Actor | None = None,
) -> StationCommand:
    """Have a station upload a log (N01; 1.6 GetDiagnostics, GetLog).

    Raises:
        UnableToCommand: unreachable, or errors by field.
    """
    ordered = oldest_at is None or latest_at is None or oldest_at <= latest_at
    found = {
        "upload_url": _url_fault(upload_url),
        "latest_at": "" if ordered else "This lies before the beginning.",
    }
    _refuse(found)
    command = wire.GetLog(
        request_id=random_int31(),
        upload_url=upload_url,
        log_type=log_type,
        oldest_at=oldest_at,
        latest_at=latest_at,
        retries=retries,
        retry_interval_seconds=retry_interval_seconds,
    )
    return request_command(station=station, command=command, now=now, actor=actor)


def request_customer_information(
    *,
    station: ChargingStation,
    report: bool,
    clear: bool,
    now: datetime,
    id_token_uid: str = "",
    id_token_type: str = "Central",  # noqa: S107 -- an OCPP type, no secret
    customer_identifier: str = "",
    actor: Actor | None = None,
) -> StationCommand:
    """Have a station tell what it knows of a customer, forget it, or both (N09, N10).

    Raises:
        UnableToCommand: unreachable, or errors by field.
    """
    named = [text for text in (id_token_uid, customer_identifier) if text.strip()]
    both = len(named) != 1
    found = {
        "id_token_uid": "Give either a token or an identifier of the customer." if both else "",
        "report": "" if report or clear else "Say what the station shall do.",
    }
    _refuse(found)
    command = wire.CustomerInformation(
        request_id=random_int31(),
        report=report,
        clear=clear,
        id_token_uid=id_token_uid.strip(),
        id_token_type=id_token_type,
        customer_identifier=customer_identifier.strip(),
    )
    return request_command(station=station, command=command, now=now, actor=actor)
