"""ExtendedTriggerMessage of the security whitepaper (5.3): for what TriggerMessage cannot ask."""

from __future__ import annotations

from chargers.domain.commands import Outcome, TriggerMessage
from chargers.domain.vocabulary import RequestedMessage
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status

MESSAGE = {RequestedMessage.SIGN_CERTIFICATE: "SignChargePointCertificate"}


def encode(command: TriggerMessage) -> Payload:
    return {"requestedMessage": MESSAGE[command.requested_message]}


def decode_outcome(_command: TriggerMessage, payload: Payload) -> Outcome:
    return by_status(payload)
