"""Certificates handed to stations, read from them, deleted."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from chargers.api.actions.base import StationActionView
from chargers.domain import commands as wire
from chargers.domain.certificates import HashAlgorithm, HashData
from chargers.models import ChargingStation, SigningRequest, StationCommand, TrustedRoot
from chargers.services.certificates import installed, staff
from common.api.serializers import BodySerializer
from common.api.views import found
from common.clock import utc_now

_HEX = r"^[0-9A-Fa-f]+$"


class GetInstalledCertificateIds(StationActionView):
    """Read which certificates the station holds; see its installed-certificates afterwards."""

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:  # noqa: ARG002
        return installed.read_installed(station=station, actor=self.actor, now=utc_now())


class InstallCertificateBody(BodySerializer):
    root_id: Any = serializers.PrimaryKeyRelatedField(
        queryset=TrustedRoot.objects, help_text="One of your trusted-roots."
    )


class InstallCertificate(StationActionView):
    """Have the station trust one of your roots."""

    body_class = InstallCertificateBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return installed.install_root(
            station=station, root=data["root_id"], actor=self.actor, now=utc_now()
        )


class DeleteCertificateBody(BodySerializer):
    """Hash data as in installed-certificates: spelled as the station spells them."""

    hash_algorithm = serializers.ChoiceField([name.value for name in HashAlgorithm])
    issuer_name_hash = serializers.RegexField(_HEX, max_length=128)
    issuer_key_hash = serializers.RegexField(_HEX, max_length=128)
    serial_number = serializers.RegexField(_HEX, max_length=40)


class DeleteCertificate(StationActionView):
    """Have the station delete a certificate. Without the right root it cannot connect again."""

    body_class = DeleteCertificateBody

    def command(self, data: dict[str, Any]) -> wire.Command:
        asked = HashData(
            algorithm=HashAlgorithm(data["hash_algorithm"]),
            issuer_name_hash=data["issuer_name_hash"],
            issuer_key_hash=data["issuer_key_hash"],
            serial_number=data["serial_number"],
        )
        return wire.DeleteCertificate(**asked.to_json())


class CertificateSignedBody(BodySerializer):
    request_id = serializers.UUIDField(help_text="A signing request of this station that waits.")
    chain = serializers.CharField(
        max_length=20_000, help_text="PEM: the certificate first, then the CAs above it."
    )


class CertificateSigned(StationActionView):
    """Hand over what a CA elsewhere signed for a request of the station."""

    body_class = CertificateSignedBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        rows = SigningRequest.objects.filter(station=station).select_related("operator")
        return staff.hand_over(
            request=found(rows, pk=data["request_id"]),
            chain_pem=data["chain"],
            actor=self.actor,
            now=utc_now(),
        )
