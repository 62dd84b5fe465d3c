"""What the second process can do about certificates."""

from __future__ import annotations

from typing import Any

from chargers.domain.certificates import RootUse
from chargers.models import (
    AuthorityPurpose,
    ChargingStation,
    InstalledCertificate,
    OperatorAuthority,
    SigningRequest,
    StationCertificate,
    TrustedRoot,
)
from chargers.services.certificates import installed, roots, staff
from chargers.services.certificates.requests import sign_pending_requests
from common.clock import utc_now
from common.tenancy import operator_scope
from tests.journeys.site_actions import ACTOR, Row, action


def _station(identity: str) -> ChargingStation:
    return ChargingStation.objects.select_related("operator").get(identity=identity)


@action
def request_renewal(identity: str) -> str:
    return str(installed.request_renewal(station=_station(identity), now=utc_now()).pk)


@action
def sign_pending() -> None:
    """What the worker does; on a site with one, whoever is first signs."""
    sign_pending_requests(now=utc_now())


@action
def signing_requests(identity: str) -> list[Row]:
    rows = SigningRequest.objects.filter(station__identity=identity).order_by("pk")
    found = rows.values("state", "reason_code", "subject", "times_received")
    return [dict(row) for row in found]


@action
def certificates(identity: str) -> list[Row]:
    rows = StationCertificate.objects.filter(station__identity=identity).order_by("pk")
    found = rows.values("pk", "status", "use", "fingerprint", "serial_number")
    return [{**row, "pk": str(row["pk"])} for row in found]


@action
def own_root() -> str:
    """The only root of the development CA for stations (PEM)."""
    return OperatorAuthority.objects.get(purpose=AuthorityPurpose.STATIONS).root_pem


@action
def revoke(identity: str) -> None:
    row = StationCertificate.objects.select_related("operator").get(station__identity=identity)
    staff.revoke_certificate(certificate=row, reason="Stolen", actor=ACTOR, now=utc_now())


@action
def install_own_root(identity: str) -> str:
    """The root of the development CA, as what the station shall believe us by."""
    station = _station(identity)
    pem = OperatorAuthority.objects.get(
        operator=station.operator, purpose=AuthorityPurpose.STATIONS
    ).root_pem
    with operator_scope(station.operator_id):
        root = TrustedRoot.objects.filter(pem=pem).first() or roots.add_root(
            operator=station.operator,
            use=RootUse.CSMS,
            name="Ours",
            pem=pem,
            actor=ACTOR,
            now=utc_now(),
        )
        return str(installed.install_root(station=station, root=root, now=utc_now()).pk)


@action
def read_installed(identity: str) -> str:
    return str(installed.read_installed(station=_station(identity), now=utc_now()).pk)


@action
def delete_installed(identity: str) -> str:
    row = InstalledCertificate.objects.get(station__identity=identity)
    command = installed.delete_installed(station=_station(identity), certificate=row, now=utc_now())
    return str(command.pk)


@action
def installed_certificates(identity: str) -> list[Any]:
    rows = InstalledCertificate.objects.filter(station__identity=identity).order_by("pk")
    return list(rows.values_list("use", "serial_number"))
