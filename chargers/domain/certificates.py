"""Certificates in neutral words, spelled as OCPP 2.x spells them; 1.6 maps onto them in its files."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class CertificateUse(StrEnum):
    """CertificateSigningUseEnumType: what a station asks us to sign (A02; V2G20 is of 2.1)."""

    CLIENT = "ChargingStationCertificate"
    V2G = "V2GCertificate"
    V2G20 = "V2G20Certificate"


class RootUse(StrEnum):
    """InstallCertificateUseEnumType: what a station is told to trust (M05; OEM is of 2.1)."""

    CSMS = "CSMSRootCertificate"
    MANUFACTURER = "ManufacturerRootCertificate"
    V2G = "V2GRootCertificate"
    MO = "MORootCertificate"
    OEM = "OEMRootCertificate"


class InstalledUse(StrEnum):
    """GetCertificateIdUseEnumType: what a station may say that it holds (M03)."""

    CSMS = "CSMSRootCertificate"
    MANUFACTURER = "ManufacturerRootCertificate"
    V2G = "V2GRootCertificate"
    MO = "MORootCertificate"
    OEM = "OEMRootCertificate"
    V2G_CHAIN = "V2GCertificateChain"


class HashAlgorithm(StrEnum):
    SHA256 = "SHA256"
    SHA384 = "SHA384"
    SHA512 = "SHA512"


class ContractCertificateStatus(StrEnum):
    """AuthorizeCertificateStatusEnumType: what we think of a contract certificate (C07)."""

    ACCEPTED = "Accepted"
    SIGNATURE_ERROR = "SignatureError"
    EXPIRED = "CertificateExpired"
    REVOKED = "CertificateRevoked"
    NOT_AVAILABLE = "NoCertificateAvailable"
    CHAIN_ERROR = "CertChainError"
    CANCELLED = "ContractCancelled"


class RevocationStatus(StrEnum):
    """CertificateStatusEnumType (2.1)."""

    GOOD = "Good"
    REVOKED = "Revoked"
    UNKNOWN = "Unknown"
    FAILED = "Failed"


class EvCertificateAction(StrEnum):
    """CertificateActionEnumType: a first contract certificate, or a newer one (M01, M02)."""

    INSTALL = "Install"
    UPDATE = "Update"


@dataclass(frozen=True, slots=True, kw_only=True)
class HashData:
    """Which certificate is meant.

    Attributes:
        issuer_name_hash: of the issuer's distinguished name (DER), hexadecimal.
        issuer_key_hash: of the issuer's public key without tag and length (RFC 6960, 4.1.1).
        serial_number: hexadecimal, no leading zeros.
    """

    algorithm: HashAlgorithm
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Equal for equal certificates, however a station spells the digits."""
        serial = self.serial_number.strip().upper().removeprefix("0X").lstrip("0")
        return (
            self.algorithm.value,
            self.issuer_name_hash.strip().lower(),
            self.issuer_key_hash.strip().lower(),
            serial or "0",
        )

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> HashData:
        """Raises KeyError and ValueError for what is no hash data."""
        return cls(
            algorithm=HashAlgorithm(data["algorithm"]),
            issuer_name_hash=str(data["issuer_name_hash"]),
            issuer_key_hash=str(data["issuer_key_hash"]),
            serial_number=str(data["serial_number"]),
        )
