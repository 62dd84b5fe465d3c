"""I11. The tariff is a TariffType, checked by the schema."""

from __future__ import annotations

from chargers.domain.commands import ChangeTransactionTariff, Outcome
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: ChangeTransactionTariff) -> Payload:
    return {"transactionId": command.transaction_ref, "tariff": command.tariff}


def decode_outcome(_command: ChangeTransactionTariff, payload: Payload) -> Outcome:
    return by_status(payload)
