"""Blocks A and M: certificates handed to stations, read from them, deleted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from chargers.domain.certificates import (
    CertificateUse,
    HashAlgorithm,
    HashData,
    InstalledUse,
    RootUse,
)
from chargers.domain.commands.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSigned(Command):
    """The answer to SignCertificate (A02, A03).

    Attributes:
        chain: PEM, the station's certificate first, then the CAs above it, without the root.
        certificate_id: our row of it, which the answer is about; not sent.
        request_ref: requestId of the station (2.1).
    """

    kind: ClassVar[str] = "certificate_signed"
    enums: ClassVar[dict[str, type[StrEnum]]] = {"use": CertificateUse}

    chain: str
    use: CertificateUse = CertificateUse.CLIENT
    certificate_id: str = ""
    request_ref: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallCertificate(Command):
    """A root that the station shall trust (M05), in PEM."""

    kind: ClassVar[str] = "install_certificate"
    enums: ClassVar[dict[str, type[StrEnum]]] = {"use": RootUse}

    use: RootUse
    certificate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteCertificate(Command):
    """M04. The hash data are as the station itself spells them."""

    kind: ClassVar[str] = "delete_certificate"
    enums: ClassVar[dict[str, type[StrEnum]]] = {"algorithm": HashAlgorithm}

    algorithm: HashAlgorithm
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str

    @property
    def hash_data(self) -> HashData:
        return HashData(
            algorithm=self.algorithm,
            issuer_name_hash=self.issuer_name_hash,
            issuer_key_hash=self.issuer_key_hash,
            serial_number=self.serial_number,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GetInstalledCertificateIds(Command):
    """M03; all kinds when `use` is None. Where a version asks for one kind at a time, the outcome's
    detail names those that are still to be asked for (`next`).
    """

    kind: ClassVar[str] = "get_installed_certificate_ids"
    enums: ClassVar[dict[str, type[StrEnum]]] = {"use": InstalledUse}

    use: InstalledUse | None = None


COMMANDS: tuple[type[Command], ...] = (
    CertificateSigned,
    InstallCertificate,
    DeleteCertificate,
    GetInstalledCertificateIds,
)
