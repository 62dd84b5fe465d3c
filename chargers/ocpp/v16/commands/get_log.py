"""GetLog of the security whitepaper (4.4): the security log, which GetDiagnostics does not know."""

from __future__ import annotations

from chargers.domain.commands import GetLog, Outcome
from chargers.ocpp.absent import given
from chargers.ocpp.fields import Payload, text
from chargers.ocpp.outcomes import by_status


def encode(command: GetLog) -> Payload:
    return {
        "logType": command.log_type,
        "requestId": command.request_id,
        "log": {
            "remoteLocation": command.upload_url,
            **given(oldestTimestamp=command.oldest_at, latestTimestamp=command.latest_at),
        },
        **given(retries=command.retries, retryInterval=command.retry_interval_seconds),
    }


def decode_outcome(_command: GetLog, payload: Payload) -> Outcome:
    name = text(payload, "filename")
    return by_status(payload, {"filename": name} if name else {})
