"""N06. Detail of the outcome: `results` with id, status in neutral words and the station's own."""

from __future__ import annotations

from typing import Any

from chargers.domain.commands import ClearVariableMonitoring, Outcome, OutcomeStatus
from chargers.ocpp.fields import Payload, identifier
from chargers.ocpp.outcomes import MAX_RAW_STATUS, status_of

# gone is gone, whoever removed it
_GONE = "NotFound"


def encode(command: ClearVariableMonitoring) -> Payload:
    return {"id": list(command.ids)}


def decode_outcome(command: ClearVariableMonitoring, payload: Payload) -> Outcome:
    words = {
        result.get("id"): identifier(result, "status")[:MAX_RAW_STATUS]
        for result in payload.get("clearMonitoringResult", [])
    }
    results = [_told(number, words.get(number, "")) for number in command.ids]
    done = all(each["status"] == OutcomeStatus.ACCEPTED for each in results)
    said = dict.fromkeys(each["raw_status"] for each in results if each["raw_status"])
    return Outcome(
        status=OutcomeStatus.ACCEPTED if done else OutcomeStatus.REJECTED,
        raw_status=", ".join(said)[:MAX_RAW_STATUS],
        detail={"results": results},
    )


def _told(number: int, word: str) -> dict[str, Any]:
    status = OutcomeStatus.ACCEPTED if word == _GONE else status_of(word)
    return {"id": number, "status": status.value, "raw_status": word}
