"""I07. The tariff is a TariffType, checked by the schema."""

from __future__ import annotations

from chargers.domain.commands import Outcome, SetDefaultTariff
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: SetDefaultTariff) -> Payload:
    return {"evseId": command.evse, "tariff": command.tariff}


def decode_outcome(_command: SetDefaultTariff, payload: Payload) -> Outcome:
    return by_status(payload)
