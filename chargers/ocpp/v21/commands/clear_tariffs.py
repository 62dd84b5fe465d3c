"""I10. Detail of the outcome: `tariffs` as id and status; one refusal makes it a rejection."""

from __future__ import annotations

from typing import Any

from chargers.domain.commands import ClearTariffs, Outcome, OutcomeStatus
from chargers.ocpp.absent import given
from chargers.ocpp.fields import Payload, identifier, text
from chargers.ocpp.outcomes import MAX_RAW_STATUS


def encode(command: ClearTariffs) -> Payload:
    payload = given(evseId=command.evse)
    if command.tariff_ids:
        payload["tariffIds"] = list(command.tariff_ids)
    return payload


def decode_outcome(_command: ClearTariffs, payload: Payload) -> Outcome:
    results: list[Payload] = payload.get("clearTariffsResult", [])
    found: list[dict[str, Any]] = [
        {"id": identifier(entry, "tariffId"), "status": text(entry, "status", MAX_RAW_STATUS)}
        for entry in results
    ]
    words = [entry["status"] for entry in found]
    refused = next((word for word in words if word not in {"Accepted", "NoTariff"}), None)
    if not words:
        # An empty list breaks the schema, and yet it says that there is nothing (any more).
        told = isinstance(payload.get("clearTariffsResult"), list)
        status = OutcomeStatus.ACCEPTED if told else OutcomeStatus.FAILED
        return Outcome(status=status, detail={"tariffs": []})
    return Outcome(
        status=OutcomeStatus.ACCEPTED if refused is None else OutcomeStatus.REJECTED,
        raw_status=refused or words[0],
        detail={"tariffs": found},
    )
