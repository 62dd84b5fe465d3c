"""The few counts that every portal page shows."""

from __future__ import annotations

from dataclasses import dataclass

from chargers.models import ChargingStation, Transaction, TransactionState


@dataclass(frozen=True, slots=True)
class Badges:
    stations: int
    active_transactions: int


def badges() -> Badges:
    """Counts of the active scope; each is one look into an index."""
    return Badges(
        stations=ChargingStation.objects.count(),
        active_transactions=Transaction.objects.filter(state=TransactionState.ACTIVE).count(),
    )
