"""L01, L02."""

from __future__ import annotations

from chargers.domain.commands import Outcome, UpdateFirmware
from chargers.ocpp.absent import given
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.times import format_time


def encode(command: UpdateFirmware) -> Payload:
    return {
        "requestId": command.request_id,
        "firmware": {
            "location": command.url,
            "retrieveDateTime": format_time(command.retrieve_at),
            **given(
                installDateTime=command.install_at,
                signingCertificate=command.signing_certificate,
                signature=command.signature,
            ),
        },
        **given(retries=command.retries, retryInterval=command.retry_interval_seconds),
    }


def decode_outcome(_command: UpdateFirmware, payload: Payload) -> Outcome:
    return by_status(payload)
