"""A session and a codec put together as a consumer does, without a socket."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from chargers.domain.messages import Message
from chargers.domain.results import Result
from chargers.ocpp.codec import Codec, Decoded
from chargers.ocpp.errors import CallProblem
from chargers.ocpp.session import InboundCall, Session
from chargers.ocpp.versions import codec_for

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
V16 = codec_for("ocpp1.6")
V201 = codec_for("ocpp2.0.1")
V21 = codec_for("ocpp2.1")
ALL = (V16, V201, V21)
SECONDS_30 = timedelta(seconds=30)


def make_session(codec: Codec = V16, *, hold_until: datetime | None = None) -> Session:
    numbers = itertools.count(1)
    return Session(
        spell=codec.error_code,
        new_id=lambda: f"our-{next(numbers)}",
        has_send=codec.has_send,
        hold_until=hold_until,
    )


def inbound(codec: Codec, frame: str | bytes) -> InboundCall:
    [event] = make_session(codec).receive(frame, NOW)
    assert isinstance(event, InboundCall)
    return event


def decode(codec: Codec, frame: str | bytes) -> Decoded:
    call = inbound(codec, frame)
    decoded = codec.decode(call.action, call.payload)
    assert isinstance(decoded, Decoded)
    return decoded


def message(codec: Codec, frame: str | bytes) -> Message:
    """The message of a frame in which nothing had to be forgiven."""
    decoded = decode(codec, frame)
    assert decoded.warnings == ()
    assert decoded.message is not None
    return decoded.message


def answer(codec: Codec, frame: str | bytes, result: Result) -> Any:
    """The frame sent back, as JSON; valid by the schema of the version."""
    call = inbound(codec, frame)
    decoded = codec.decode(call.action, call.payload)
    assert isinstance(decoded, Decoded)
    payload = codec.encode_result(call.action, decoded.message, result)
    assert codec.result_faults(call.action, payload) == ()
    return json.loads(make_session(codec).reply(call.message_id, payload))


def refusal(codec: Codec, frame: str | bytes) -> Any:
    """The CALLERROR sent back, as JSON."""
    call = inbound(codec, frame)
    problem = codec.decode(call.action, call.payload)
    assert isinstance(problem, CallProblem)
    session = make_session(codec)
    return json.loads(session.error(call.message_id, problem.code, problem.description))
