"""1.6 section 5.10. Detail of the outcome: `version`, -1 where the station has no lists."""

from __future__ import annotations

from chargers.domain.commands import GetLocalListVersion, Outcome
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import list_version


def encode(_command: GetLocalListVersion) -> Payload:
    return {}


def decode_outcome(_command: GetLocalListVersion, payload: Payload) -> Outcome:
    return list_version(payload, "listVersion")
