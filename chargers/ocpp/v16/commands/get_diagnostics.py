"""1.6 section 5.9. The answer has no status: a file name means that an upload follows."""

from __future__ import annotations

from chargers.domain.commands import GetLog, Outcome, OutcomeStatus
from chargers.ocpp.absent import given
from chargers.ocpp.fields import Payload, text
from chargers.ocpp.outcomes import accepted


def encode(command: GetLog) -> Payload:
    return {
        "location": command.upload_url,
        **given(
            startTime=command.oldest_at,
            stopTime=command.latest_at,
            retries=command.retries,
            retryInterval=command.retry_interval_seconds,
        ),
    }


def decode_outcome(_command: GetLog, payload: Payload) -> Outcome:
    name = text(payload, "fileName")
    if not name:
        return Outcome(status=OutcomeStatus.REJECTED, detail={"reason": "nothing to upload"})
    return accepted({"filename": name})
