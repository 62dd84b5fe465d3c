"""Words of certificates, spelled as OCPP 2.x spells them; 1.6 maps onto them in its files."""

from __future__ import annotations

from enum import StrEnum


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
