"""1.6 section 5.19: no number, no status in the answer, no time to install."""

from __future__ import annotations

from chargers.domain.commands import Outcome, UpdateFirmware
from chargers.ocpp.absent import given
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import accepted
from chargers.ocpp.times import format_time


def encode(command: UpdateFirmware) -> Payload:
    return {
        "location": command.url,
        "retrieveDate": format_time(command.retrieve_at),
        **given(retries=command.retries, retryInterval=command.retry_interval_seconds),
    }


def decode_outcome(_command: UpdateFirmware, _payload: Payload) -> Outcome:
    return accepted({})
