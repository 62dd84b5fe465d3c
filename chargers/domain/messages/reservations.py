"""Block H: reservations."""

from __future__ import annotations

from dataclasses import dataclass

from chargers.domain.vocabulary import ReservationUpdateStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationStatusUpdate:
    """The station has ended a reservation by itself; the number is its own (2.x only)."""

    reservation_id: int
    status: ReservationUpdateStatus
