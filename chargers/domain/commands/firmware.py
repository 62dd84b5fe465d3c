"""Block L: firmware."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from chargers.domain.commands.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateFirmware(Command):
    """Fetch and install an image (L01, L02; 1.6 UpdateFirmware, SignedUpdateFirmware).

    Attributes:
        retrieve_at: not before; install_at: None is as soon as it is there.
        signing_certificate: PEM of the manufacturer; with `signature` (base64) the secure update.
    """

    kind: ClassVar[str] = "update_firmware"
    instants: ClassVar[tuple[str, ...]] = ("retrieve_at", "install_at")

    request_id: int
    url: str
    retrieve_at: datetime
    install_at: datetime | None = None
    retries: int | None = None
    retry_interval_seconds: int | None = None
    signing_certificate: str = ""
    signature: str = ""

    @property
    def is_signed(self) -> bool:
        return bool(self.signing_certificate)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishFirmware(Command):
    """Have a local controller offer an image to the stations behind it (L03).

    Attributes:
        checksum: MD5 of the image, in hexadecimal.
    """

    kind: ClassVar[str] = "publish_firmware"

    request_id: int
    url: str
    checksum: str
    retries: int | None = None
    retry_interval_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpublishFirmware(Command):
    """Take an offered image back (L04)."""

    kind: ClassVar[str] = "unpublish_firmware"

    checksum: str


COMMANDS: tuple[type[Command], ...] = (UpdateFirmware, PublishFirmware, UnpublishFirmware)
