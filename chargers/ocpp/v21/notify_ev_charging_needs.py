"""K15 as 2.0.1 reads it; 2.1 can say that no profile comes."""

from __future__ import annotations

from chargers.domain.messages import Message
from chargers.domain.results import Result
from chargers.ocpp.fields import Payload
from chargers.ocpp.v201.notify_ev_charging_needs import answer_of, decode

__all__ = ["decode", "encode_result"]


def encode_result(message: Message | None, result: Result) -> Payload:
    return {"status": answer_of(message, result).value}
