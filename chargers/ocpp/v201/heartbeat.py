"""G02."""

from __future__ import annotations

from chargers.domain.messages import Heartbeat
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload
from chargers.ocpp.notes import Notes

encode_result = answers.current_time


def decode(_payload: Payload, _notes: Notes) -> Heartbeat:
    return Heartbeat()
