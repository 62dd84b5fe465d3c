"""What the second process can say and do about the security of stations; see `site_actions`."""

from __future__ import annotations

from typing import Any

from chargers.models import (
    ChargingStation,
    FailedHandshake,
    SecurityEvent,
    StationCertificate,
    StationConnection,
    UnknownHandshake,
)
from chargers.services.certificates.client import fingerprint_of
from chargers.services.station_keys import send_new_key as send_new_key_service
from common.clock import utc_now
from tests.journeys.site_actions import ACTOR, Row, action


@action
def set_station(identity: str, **fields: Any) -> None:
    ChargingStation.objects.filter(identity=identity).update(**fields)


@action
def send_new_key(identity: str) -> str:
    station = ChargingStation.objects.select_related("operator").get(identity=identity)
    return str(send_new_key_service(station=station, actor=ACTOR, now=utc_now()).pk)


@action
def has_pending_key(identity: str) -> bool:
    return ChargingStation.objects.exclude(pending_key_hash="").filter(identity=identity).exists()


@action
def failed_handshakes(identity: str) -> dict[str, int]:
    rows = FailedHandshake.objects.filter(station__identity=identity)
    return dict(rows.values_list("fault", "count"))


@action
def unknown_handshakes(identity: str) -> int:
    rows = UnknownHandshake.objects.filter(identity=identity)
    return sum(rows.values_list("count", flat=True))


@action
def security_events(identity: str) -> dict[str, int]:
    found: dict[str, int] = {}
    rows = SecurityEvent.objects.filter(station__identity=identity)
    for name, count in rows.values_list("type", "count"):
        found[name] = found.get(name, 0) + count
    return found


@action
def profiles(identity: str) -> list[Row]:
    """Of every connection, the oldest first."""
    rows = StationConnection.objects.filter(station__identity=identity).order_by("epoch")
    return [
        dict(row) for row in rows.values("epoch", "security_profile", "tls_version", "took_over")
    ]


@action
def register_certificate(identity: str, der_hex: str, not_before: str, not_after: str) -> None:
    station = ChargingStation.objects.get(identity=identity)
    StationCertificate.objects.create(
        operator_id=station.operator_id,
        station=station,
        use="ChargingStationCertificate",
        serial_number="1",
        subject=f"CN={identity}",
        issuer="CN=journeys",
        fingerprint=fingerprint_of(bytes.fromhex(der_hex)),
        not_before=not_before,
        not_after=not_after,
        pem="",
        created_at=utc_now(),
    )


@action
def revoke_certificates(identity: str) -> int:
    rows = StationCertificate.objects.filter(station__identity=identity)
    return rows.update(status="revoked", revoked_at=utc_now())
