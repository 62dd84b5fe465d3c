"""I01 beyond the answer to Authorize: a driver's tariff as a display message (O02)."""

from __future__ import annotations

from chargers.domain.commands import Outcome, SetDisplayMessage, ShowTariff
from chargers.domain.vocabulary import MessagePriority
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.v201.commands import set_display_message


def encode(command: ShowTariff) -> Payload:
    return set_display_message.encode(
        SetDisplayMessage(
            number=command.number,
            content=command.text,
            priority=MessagePriority.IN_FRONT,
            language=command.language,
            transaction_ref=command.transaction_ref,
        )
    )


def decode_outcome(_command: ShowTariff, payload: Payload) -> Outcome:
    return by_status(payload)
