"""Which machine a session ran on, and what stood at a station before."""

from __future__ import annotations

from uuid import UUID

from chargers.models import ReplacedHardware, Transaction


def former_hardware(station_id: UUID) -> list[ReplacedHardware]:
    """Machines that were replaced, the latest first."""
    return list(ReplacedHardware.objects.filter(station_id=station_id))


def hardware_of(transaction: Transaction) -> ReplacedHardware | None:
    """The machine that a session began on; None when it is the station's present one."""
    rows = ReplacedHardware.objects.filter(
        station_id=transaction.station_id, used_until__gt=transaction.started_at
    )
    return rows.order_by("used_until").first()
