"""1.6 section 5.9. The answer has no status: a file name means that an upload follows."""

from __future__ import annotations

from chargers.domain.commands import GetLog, Outcome, OutcomeStatus
from chargers.ocpp.errors import NotSupportedError
from chargers.ocpp.fields import Payload, text
from chargers.ocpp.outcomes import accepted


def encode(command: GetLog) -> Payload:
    if command.log_type != "DiagnosticsLog":
        raise NotSupportedError("1.6 uploads diagnostics only")
    return {"location": command.upload_url}


def decode_outcome(_command: GetLog, payload: Payload) -> Outcome:
    name = text(payload, "fileName")
    if not name:
        return Outcome(status=OutcomeStatus.REJECTED, detail={"reason": "nothing to upload"})
    return accepted({"filename": name})
