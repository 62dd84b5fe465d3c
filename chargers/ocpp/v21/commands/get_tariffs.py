"""I09. Detail of the outcome: `tariffs` as id, kind, valid_from, evses, id_tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chargers.domain.commands import GetTariffs, Outcome, OutcomeStatus
from chargers.ocpp.fields import Payload, identifier, text
from chargers.ocpp.outcomes import by_status


def encode(command: GetTariffs) -> Payload:
    return {"evseId": command.evse}


def decode_outcome(_command: GetTariffs, payload: Payload) -> Outcome:
    found = [_tariff(entry) for entry in payload.get("tariffAssignments", ())]
    outcome = by_status(payload, {"tariffs": found})
    if outcome.raw_status == "NoTariff":
        return replace(outcome, status=OutcomeStatus.ACCEPTED)
    return outcome


def _tariff(entry: Payload) -> dict[str, Any]:
    return {
        "id": identifier(entry, "tariffId"),
        "kind": text(entry, "tariffKind", 20),
        "valid_from": text(entry, "validFrom", 40),
        "evses": list(entry.get("evseIds", ())),
        "id_tokens": list(entry.get("idTokens", ())),
    }
