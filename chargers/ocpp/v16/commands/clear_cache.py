"""1.6 section 5.4."""

from __future__ import annotations

from chargers.domain.commands import ClearCache, Outcome
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(_command: ClearCache) -> Payload:
    return {}


def decode_outcome(_command: ClearCache, payload: Payload) -> Outcome:
    return by_status(payload)
