"""OpenPeriodicEventStream of OCPP 2.1 (N11): streams of monitored values.

We ask for none. A station that opens one all the same is told so; what it streams then is kept
as raw frames.
"""

from __future__ import annotations

from chargers.domain.messages import Message
from chargers.domain.results import Result
from chargers.ocpp.fields import Payload
from chargers.ocpp.v201 import acknowledged
from chargers.ocpp.v201.status_info import status_info

decode = acknowledged.decode


def encode_result(_message: Message | None, _result: Result) -> Payload:
    return {"status": "Rejected", **status_info("UnsupportedRequest")}
