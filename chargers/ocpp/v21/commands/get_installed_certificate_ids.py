"""M03 of OCPP 2.1, which knows one more use of certificates."""

from __future__ import annotations

from chargers.domain.certificates import InstalledUse
from chargers.domain.commands import GetInstalledCertificateIds
from chargers.ocpp.fields import Payload
from chargers.ocpp.v201.commands.get_installed_certificate_ids import (
    certificate_types,
    decode_outcome,
)

__all__ = ["decode_outcome", "encode"]


def encode(command: GetInstalledCertificateIds) -> Payload:
    return certificate_types(command, InstalledUse)
