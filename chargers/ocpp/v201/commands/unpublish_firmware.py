"""L04. NoFirmware: it is not offered, which is what was wished for."""

from __future__ import annotations

from chargers.domain.commands import Outcome, OutcomeStatus, UnpublishFirmware
from chargers.ocpp.fields import Payload, text
from chargers.ocpp.outcomes import MAX_RAW_STATUS, by_status

_STATUS = {
    "Unpublished": OutcomeStatus.ACCEPTED,
    "NoFirmware": OutcomeStatus.ACCEPTED,
    "DownloadOngoing": OutcomeStatus.REJECTED,
}


def encode(command: UnpublishFirmware) -> Payload:
    return {"checksum": command.checksum}


def decode_outcome(_command: UnpublishFirmware, payload: Payload) -> Outcome:
    word = text(payload, "status", MAX_RAW_STATUS)
    if word not in _STATUS:
        return by_status(payload)
    return Outcome(status=_STATUS[word], raw_status=word)
