"""The key of the security whitepaper, by ChangeConfiguration: sent as hexadecimal text (Q04)."""

from __future__ import annotations

from chargers.domain.commands import Outcome, RotateKey
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: RotateKey) -> Payload:
    return {"key": "AuthorizationKey", "value": command.key}


def decode_outcome(_command: RotateKey, payload: Payload) -> Outcome:
    return by_status(payload)
