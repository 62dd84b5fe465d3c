"""Refused handshakes on their way to the database: gathered here, written by the gateway's clock.

Whoever is refused gets its answer first, so that the time of an answer tells nothing, and a flood
of attempts costs a few rows and no more.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

from chargers.domain.security import HandshakeFault
from chargers.services.failed_handshakes import FailedAttempts

_MAX_KEYS = 2_000


class FailureBook:
    """Counts per identity and cause since the last `take`; bounded, the oldest is forgotten."""

    def __init__(self) -> None:
        self._counts: OrderedDict[tuple[str, HandshakeFault], FailedAttempts] = OrderedDict()

    def note(
        self,
        identity: str,
        fault: HandshakeFault,
        *,
        address: str,
        now: datetime,
        is_guessing: bool = False,
    ) -> None:
        before = self._counts.pop((identity, fault), None)
        self._counts[identity, fault] = FailedAttempts(
            identity=identity,
            fault=fault,
            count=before.count + 1 if before else 1,
            last_at=now,
            address=address,
            is_guessing=is_guessing or (before is not None and before.is_guessing),
        )
        if len(self._counts) > _MAX_KEYS:
            self._counts.popitem(last=False)

    def take(self) -> list[FailedAttempts]:
        """What was gathered; it begins anew."""
        gathered, self._counts = list(self._counts.values()), OrderedDict()
        return gathered
