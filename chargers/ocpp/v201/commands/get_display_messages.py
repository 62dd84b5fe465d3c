"""O03, O04: the messages come by NotifyDisplayMessages; Unknown means that there are none."""

from __future__ import annotations

from dataclasses import replace

from chargers.domain.commands import GetDisplayMessages, Outcome, OutcomeStatus
from chargers.ocpp.absent import given
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: GetDisplayMessages) -> Payload:
    return {
        "requestId": command.request_id,
        **given(priority=command.priority, state=command.state),
    }


def decode_outcome(_command: GetDisplayMessages, payload: Payload) -> Outcome:
    outcome = by_status(payload)
    if outcome.raw_status != "Unknown":
        return outcome
    return replace(
        outcome, status=OutcomeStatus.ACCEPTED, detail={**outcome.detail, "messages": "none"}
    )
