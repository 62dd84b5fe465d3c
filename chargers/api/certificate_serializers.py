"""Certificates as the API shows them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from chargers.models import (
    InstalledCertificate,
    OperatorAuthority,
    SigningRequest,
    StationCertificate,
    TrustedRoot,
)


class CertificateSerializer(serializers.ModelSerializer[StationCertificate]):
    """A certificate of one station: of its TLS client, or of its SECC (V2G)."""

    station_id = serializers.UUIDField(read_only=True)
    request_id = serializers.UUIDField(
        read_only=True, allow_null=True, help_text="Signing request; null: registered by hand."
    )
    certificate = serializers.CharField(source="pem", read_only=True, help_text="PEM.")
    chain = serializers.CharField(
        source="chain_pem", read_only=True, help_text="PEM of the CAs above it, without the root."
    )

    class Meta:
        model = StationCertificate
        fields = (
            "id",
            "station_id",
            "request_id",
            "use",
            "status",
            "serial_number",
            "subject",
            "issuer",
            "fingerprint",
            "not_before",
            "not_after",
            "certificate",
            "chain",
            "installed_at",
            "revoked_at",
            "revocation_reason",
            "created_at",
        )
        read_only_fields = fields
        extra_kwargs = {
            "fingerprint": {"help_text": "SHA-256 of the DER, hexadecimal."},
            "serial_number": {"help_text": "Hexadecimal."},
        }


class SigningRequestSerializer(serializers.ModelSerializer[SigningRequest]):
    """What a station asked to be signed, and what became of it."""

    station_id = serializers.UUIDField(read_only=True)
    csr = serializers.CharField(source="csr_pem", read_only=True, help_text="As sent.")

    class Meta:
        model = SigningRequest
        fields = (
            "id",
            "station_id",
            "use",
            "state",
            "subject",
            "csr",
            "reason_code",
            "reason",
            "times_received",
            "received_at",
            "signed_at",
        )
        read_only_fields = fields
        extra_kwargs = {"reason_code": {"help_text": 'Why it was refused; "" otherwise.'}}


class InstalledCertificateSerializer(serializers.ModelSerializer[InstalledCertificate]):
    """What the station said that it holds, when it was last asked."""

    children: Any = serializers.JSONField(
        read_only=True, help_text="Hash data of the CAs below the root of a chain."
    )

    class Meta:
        model = InstalledCertificate
        fields = (
            "use",
            "hash_algorithm",
            "issuer_name_hash",
            "issuer_key_hash",
            "serial_number",
            "children",
            "reported_at",
        )
        read_only_fields = fields


class TrustedRootSerializer(serializers.ModelSerializer[TrustedRoot]):
    """A root that you trust and may install at stations."""

    certificate = serializers.CharField(source="pem", read_only=True, help_text="PEM.")

    class Meta:
        model = TrustedRoot
        fields = (
            "id",
            "use",
            "name",
            "subject",
            "serial_number",
            "fingerprint",
            "not_before",
            "not_after",
            "certificate",
            "created_at",
        )
        read_only_fields = fields


class AuthoritySerializer(serializers.ModelSerializer[OperatorAuthority]):
    """The development CA of a purpose. Its keys never leave the installation."""

    root_certificate = serializers.CharField(source="root_pem", read_only=True, help_text="PEM.")
    sub_certificate = serializers.CharField(source="sub_pem", read_only=True, help_text="PEM.")

    class Meta:
        model = OperatorAuthority
        fields = (
            "id",
            "purpose",
            "root_certificate",
            "sub_certificate",
            "not_after",
            "created_at",
        )
        read_only_fields = fields
