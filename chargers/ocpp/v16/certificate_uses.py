"""CertificateUseEnumType of the security whitepaper: two kinds of roots."""

from __future__ import annotations

from chargers.domain.certificates import InstalledUse, RootUse
from chargers.ocpp.errors import NotSupportedError

_WORDS = {
    InstalledUse.CSMS.value: "CentralSystemRootCertificate",
    InstalledUse.MANUFACTURER.value: "ManufacturerRootCertificate",
}


def certificate_use(use: InstalledUse | RootUse) -> str:
    """Raises NotSupportedError for what only 2.x has."""
    found = _WORDS.get(use.value)
    if found is None:
        raise NotSupportedError(f"1.6 has no {use}")
    return found
