"""L03."""

from __future__ import annotations

from chargers.domain.commands import Outcome, PublishFirmware
from chargers.ocpp.absent import given
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: PublishFirmware) -> Payload:
    return {
        "requestId": command.request_id,
        "location": command.url,
        "checksum": command.checksum,
        **given(retries=command.retries, retryInterval=command.retry_interval_seconds),
    }


def decode_outcome(_command: PublishFirmware, payload: Payload) -> Outcome:
    return by_status(payload)
