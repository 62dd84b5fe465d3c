"""Block L: firmware."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareStatusNotification:
    """A step of an update; `request_id` is None where the version has none (1.6)."""

    status: str
    request_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishFirmwareStatusNotification:
    """A step of a local controller that offers an image on; `locations` once it is offered."""

    status: str
    request_id: int | None = None
    locations: tuple[str, ...] = ()
