"""Certificates: asked for by stations, issued to them, held by them, trusted by their operator."""

from __future__ import annotations

from django.db import models

from accounts.models import Operator
from chargers.domain.certificates import (
    CertificateUse,
    HashAlgorithm,
    HashData,
    InstalledUse,
    RootUse,
)
from chargers.models.command import StationCommand
from chargers.models.station import ChargingStation
from common.ids import uuid7
from common.tenancy import ScopedManager, TenantModel

USE_WORDS = {
    CertificateUse.CLIENT: "Client certificate",
    CertificateUse.V2G: "V2G certificate (ISO 15118-2)",
    CertificateUse.V2G20: "V2G certificate (ISO 15118-20)",
}
INSTALLED_WORDS = {
    InstalledUse.CSMS: "CSMS root",
    InstalledUse.MANUFACTURER: "Manufacturer root",
    InstalledUse.V2G: "V2G root",
    InstalledUse.MO: "Mobility operator root",
    InstalledUse.OEM: "Car maker root",
    InstalledUse.V2G_CHAIN: "V2G certificate chain",
}
ROOT_WORDS = {use: INSTALLED_WORDS[InstalledUse(use.value)] for use in RootUse}
CERTIFICATE_USES = [(use.value, word) for use, word in USE_WORDS.items()]
INSTALLED_USES = [(use.value, word) for use, word in INSTALLED_WORDS.items()]
ROOT_USES = [(use.value, word) for use, word in ROOT_WORDS.items()]


class SigningState(models.TextChoices):
    PENDING = "pending", "Waiting to be signed"
    SIGNED = "signed", "Signed, on its way to the station"
    INSTALLED = "installed", "Accepted by the station"
    REJECTED = "rejected", "The station refused the certificate"
    REFUSED = "refused", "Refused"


class SigningRequest(TenantModel):
    """A CSR of a station (A02, A03; 1.6 SignCertificate). The same CSR is one row for ever.

    A pending row lacks its certificate, a signed one the station's word: sweeps find both.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(
        ChargingStation, on_delete=models.CASCADE, related_name="signing_requests"
    )
    use = models.CharField(max_length=30, choices=CERTIFICATE_USES)
    csr_pem = models.TextField(help_text="As sent, cut at the length that the standard allows.")
    csr_fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the request's DER.")
    request_ref = models.BigIntegerField(
        null=True, blank=True, help_text="requestId of the station (2.1)."
    )
    subject = models.CharField(max_length=500, blank=True)
    state = models.CharField(
        max_length=10, choices=SigningState.choices, default=SigningState.PENDING
    )
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    external_ref = models.CharField(
        max_length=120, blank=True, help_text="What an external CA calls it while it is pending."
    )
    times_received = models.PositiveIntegerField(default=1)
    received_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    command = models.ForeignKey(
        StationCommand,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The latest CertificateSigned.",
    )

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["station", "use", "csr_fingerprint"],
                name="chargers_signing_request_unique",
            ),
        ]
        indexes = [
            models.Index(fields=["station", "-id"], name="chargers_signing_recent"),
            models.Index(
                fields=["state"],
                condition=models.Q(state__in=["pending", "signed"]),
                name="chargers_signing_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_use_display()} {self.state}"


class CertificateStatus(models.TextChoices):
    ISSUED = "issued", "Issued"
    INSTALLED = "installed", "Installed"
    REJECTED = "rejected", "Rejected by the station"
    REVOKED = "revoked", "Revoked"


class StationCertificate(TenantModel):
    """A certificate of exactly one station: of its TLS client, or of its SECC (V2G).

    Issued by us or another CA for a SigningRequest, or registered by hand for a station that came
    with one. `fingerprint` is SHA-256 of the DER, so one look-up finds it at a handshake.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(
        ChargingStation, on_delete=models.CASCADE, related_name="certificates"
    )
    request = models.ForeignKey(
        SigningRequest,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="certificates",
    )
    use = models.CharField(max_length=30, choices=CERTIFICATE_USES)
    serial_number = models.CharField(max_length=40, help_text="Hexadecimal, no leading zeros.")
    subject = models.CharField(max_length=500)
    issuer = models.CharField(max_length=500)
    fingerprint = models.CharField(max_length=64, unique=True)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    pem = models.TextField(help_text="The certificate alone.")
    chain_pem = models.TextField(blank=True, help_text="The CAs above it, without the root.")
    status = models.CharField(
        max_length=10, choices=CertificateStatus.choices, default=CertificateStatus.ISSUED
    )
    installed_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revocation_reason = models.CharField(max_length=120, blank=True)
    warned_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The last threshold of expiry that was announced."
    )
    created_at = models.DateTimeField()

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["station", "-id"], name="chargers_certificate_recent"),
            models.Index(
                fields=["operator", "not_after"],
                condition=models.Q(status__in=["issued", "installed"]),
                name="chargers_certificate_expiry",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_use_display()} {self.serial_number}"

    @property
    def is_usable(self) -> bool:
        """Neither revoked nor refused by its station; says nothing about time."""
        return self.status in {CertificateStatus.ISSUED, CertificateStatus.INSTALLED}


class InstalledCertificate(TenantModel):
    """What a station said that it holds (M03), at its last complete answer."""

    id = models.BigAutoField(primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(
        ChargingStation, on_delete=models.CASCADE, related_name="installed_certificates"
    )
    use = models.CharField(max_length=30, choices=INSTALLED_USES)
    hash_algorithm = models.CharField(
        max_length=6, choices=[(name.value, name.value) for name in HashAlgorithm]
    )
    issuer_name_hash = models.CharField(max_length=128)
    issuer_key_hash = models.CharField(max_length=128)
    serial_number = models.CharField(max_length=40)
    children = models.JSONField(default=list, blank=True, help_text="Hash data of sub CAs.")
    reported_at = models.DateTimeField()

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "station",
                    "use",
                    "hash_algorithm",
                    "issuer_name_hash",
                    "issuer_key_hash",
                    "serial_number",
                ],
                name="chargers_installed_certificate_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_use_display()} {self.serial_number}"

    @property
    def hash_data(self) -> HashData:
        return HashData(
            algorithm=HashAlgorithm(self.hash_algorithm),
            issuer_name_hash=self.issuer_name_hash,
            issuer_key_hash=self.issuer_key_hash,
            serial_number=self.serial_number,
        )


class TrustedRoot(TenantModel):
    """A root certificate that an operator trusts and may install at stations."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    use = models.CharField(max_length=30, choices=ROOT_USES)
    name = models.CharField(max_length=120)
    subject = models.CharField(max_length=500)
    serial_number = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    pem = models.TextField()
    created_at = models.DateTimeField()

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "use", "fingerprint"], name="chargers_trusted_root_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AuthorityPurpose(models.TextChoices):
    STATIONS = "stations", "Client certificates of stations"
    V2G = "v2g", "V2G certificates (test)"
    CONTRACTS = "contracts", "Contract certificates (test)"


class OperatorAuthority(TenantModel):
    """The development CA of one operator: root and sub CA with encrypted private keys."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=10, choices=AuthorityPurpose.choices)
    root_pem = models.TextField()
    sub_pem = models.TextField()
    root_key_encrypted = models.TextField()
    sub_key_encrypted = models.TextField()
    not_after = models.DateTimeField()
    created_at = models.DateTimeField()

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        verbose_name_plural = "operator authorities"
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "purpose"], name="chargers_authority_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.get_purpose_display()


class CertificatePolicy(TenantModel):
    """How an operator wants certificates of its stations; without a row the defaults hold."""

    id = models.BigAutoField(primary_key=True)
    operator = models.OneToOneField(Operator, on_delete=models.PROTECT, related_name="+")
    organization = models.CharField(
        max_length=64, blank=True, help_text="What O of a request must be; empty: anything."
    )
    sign_automatically = models.BooleanField(default=True)
    renew_days = models.PositiveSmallIntegerField(
        default=30, help_text="Days before expiry at which a station is asked; 0: never."
    )

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        verbose_name_plural = "certificate policies"

    def __str__(self) -> str:
        return "Certificate policy"


class ContractState(models.TextChoices):
    ACTIVE = "active", "Active"
    REVOKED = "revoked", "Certificate revoked"
    CANCELLED = "cancelled", "Contract cancelled"


class ContractCertificate(TenantModel):
    """A contract certificate that the test PKI issued for an eMAID (ISO 15118)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    emaid = models.CharField(max_length=20)
    serial_number = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64, unique=True)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    pem = models.TextField()
    state = models.CharField(
        max_length=10, choices=ContractState.choices, default=ContractState.ACTIVE
    )
    created_at = models.DateTimeField()

    objects = ScopedManager()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["operator", "serial_number"], name="chargers_contract_serial"),
        ]

    def __str__(self) -> str:
        return f"{self.emaid} {self.serial_number}"
