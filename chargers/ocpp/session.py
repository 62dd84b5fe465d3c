"""The OCPP-J session of one connection, without I/O (OCPP-J 1.6; 2.0.1 part 4, 4).

Frames go in by `receive`, events come out; texts for the socket come from `next_call`, `reply`,
`error` and from `Reject` events. Instants are given, ids are injected. The directions are
independent: nothing a station sends has to wait for an answer that it owes (Q28).

    call → queued → next_call → in flight → CallAnswered | CallFailed | CallTimedOut

A shell loops like this:

    for event in session.receive(text, now): …
    for event in session.expire(now): …
    while (text := session.next_call(now)) is not None: send(text)
    sleep until session.next_deadline() or a frame
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from chargers.ocpp import frames
from chargers.ocpp.errors import ErrorCode

CALL, CALLRESULT, CALLERROR, CALLRESULTERROR, SEND = 2, 3, 4, 5, 6
MAX_ACTION = 50
MAX_QUEUED = 64


@dataclass(slots=True, eq=False)
class OutboundCall:
    """A call of ours; `give_up_at` bounds the wait in the queue, `timeout` the wait for an answer.

    Attributes:
        tag: the caller's own reference, handed back untouched.
        sent_at: None while queued.
    """

    message_id: str
    action: str
    payload: dict[str, Any]
    timeout: timedelta
    give_up_at: datetime | None
    tag: Any
    sent_at: datetime | None = None

    def text(self) -> str:
        return _dump([CALL, self.message_id, self.action, self.payload])

    def deadline(self) -> datetime | None:
        if self.sent_at is None:
            return self.give_up_at
        answer_by = self.sent_at + self.timeout
        return answer_by if self.give_up_at is None else min(answer_by, self.give_up_at)


@dataclass(frozen=True, slots=True)
class InboundCall:
    """A call of the station. `payload` is a dict unless the station sent something else.

    Attributes:
        raw: the frame as text, storable anywhere; secrets are not masked yet.
        flags: what was forgiven, such as `duplicate_keys`.
        wants_answer: False for a SEND (2.1).
    """

    message_id: str
    action: str
    payload: Any
    raw: str
    received_at: datetime
    flags: tuple[str, ...] = ()
    wants_answer: bool = True


@dataclass(frozen=True, slots=True)
class CallAnswered:
    call: OutboundCall
    payload: dict[str, Any]
    raw: str


@dataclass(frozen=True, slots=True)
class CallFailed:
    """The station answered with CALLERROR; `code` in the station's spelling (Q29).

    `refusal` is to be sent now where its answer was none: a CALLRESULTERROR (2.1), else empty.
    """

    call: OutboundCall
    code: str
    description: str
    details: dict[str, Any]
    raw: str
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class CallTimedOut:
    """`was_sent` is False when the call never left the queue."""

    call: OutboundCall
    was_sent: bool


@dataclass(frozen=True, slots=True)
class ResultRefused:
    """The station could not use an answer of ours (CALLRESULTERROR, 2.1)."""

    message_id: str
    code: str
    description: str
    raw: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A frame without effect and without answer; `reason` is the name of a counter."""

    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Reject:
    """A call that cannot be served at all: send `reply_text` now."""

    message_id: str
    reply_text: str
    reason: str
    raw: str


Event = InboundCall | CallAnswered | CallFailed | CallTimedOut | ResultRefused | Ignored | Reject


class OutboundQueueFullError(Exception):
    """More calls wait for this station than it will answer in any useful time."""


class Session:
    """One connection.

    Args:
        spell: the version's spelling of an error code (`Codec.error_code`).
        new_id: makes message ids, unique within the connection, at most 36 characters.
        has_send: frame types 5 and 6 exist (`Codec.has_send`).
        hold_until: no call of ours leaves before this instant or `release` (Q13).
        fill_empty_values: see `frames.parse` (Q16); may be changed at any time.
    """

    def __init__(
        self,
        *,
        spell: Callable[[ErrorCode], str],
        new_id: Callable[[], str],
        has_send: bool = False,
        hold_until: datetime | None = None,
        fill_empty_values: bool = False,
    ) -> None:
        self._spell = spell
        self._new_id = new_id
        self._has_send = has_send
        self._hold_until = hold_until
        self.fill_empty_values = fill_empty_values
        self._in_flight: OutboundCall | None = None
        self._queue: deque[OutboundCall] = deque()
        self.counters: Counter[str] = Counter()
        self.timeouts_in_a_row = 0

    # --- from the station

    def receive(self, raw: str | bytes, now: datetime) -> list[Event]:
        """What one frame of the station means. Never raises; at most one answer is asked for."""
        parsed = frames.parse(raw, fill_empty=self.fill_empty_values)
        self.counters.update(parsed.flags)
        frame = parsed.frame
        if frame is None:
            return [self._malformed(parsed.text)]
        if not isinstance(frame, list) or not frame or type(frame[0]) is not int:
            return [self._ignore("no_frame", parsed.text)]
        return [self._by_type(frame, parsed, now)]

    def reply(self, message_id: str, payload: dict[str, Any]) -> str:
        """The CALLRESULT to a call."""
        return _dump([CALLRESULT, message_id, payload])

    def error(self, message_id: str, code: ErrorCode, description: str = "") -> str:
        """The CALLERROR to a call. `description` is of our own words; details stay empty."""
        return _dump([CALLERROR, message_id, self._spell(code), description[:255], {}])

    def result_error(self, message_id: str, code: ErrorCode, description: str = "") -> str:
        """The CALLRESULTERROR to an answer that cannot be read; empty before 2.1."""
        if not self._has_send:
            return ""
        return _dump([CALLRESULTERROR, message_id, self._spell(code), description[:255], {}])

    # --- to the station

    def call(
        self,
        action: str,
        payload: dict[str, Any],
        *,
        timeout: timedelta,
        give_up_at: datetime | None = None,
        tag: Any = None,
    ) -> OutboundCall:
        """Queue a call; `next_call` gives its text when it is due.

        Raises:
            OutboundQueueFullError: 64 calls wait already.
        """
        if len(self._queue) >= MAX_QUEUED:
            raise OutboundQueueFullError
        call = OutboundCall(self._new_id(), action, payload, timeout, give_up_at, tag)
        self._queue.append(call)
        return call

    def next_call(self, now: datetime) -> str | None:
        """The text to send now, or None: one is in flight, none is queued, or calls are held."""
        if self._in_flight is not None or not self._queue or self._is_held(now):
            return None
        call = self._queue.popleft()
        call.sent_at = now
        self._in_flight = call
        return call.text()

    def release(self) -> None:
        """The boot is answered: calls may leave (Q13)."""
        self._hold_until = None

    @property
    def in_flight(self) -> OutboundCall | None:
        return self._in_flight

    # --- time

    def next_deadline(self) -> datetime | None:
        """When `expire` and `next_call` have to be asked again, if nothing comes before."""
        deadlines = [call.deadline() for call in self._pending()]
        if self._queue and self._in_flight is None:
            deadlines.append(self._hold_until)
        return min((at for at in deadlines if at is not None), default=None)

    def expire(self, now: datetime) -> list[CallTimedOut]:
        """The calls whose time is over; a late answer to one of them is ignored (Q25)."""
        late = [
            call
            for call in self._pending()
            if (deadline := call.deadline()) is not None and deadline <= now
        ]
        for call in late:
            if call is self._in_flight:
                self._in_flight = None
                self.timeouts_in_a_row += 1
                self.counters["timeout"] += 1
            else:
                self._queue.remove(call)
        return [CallTimedOut(call, was_sent=call.sent_at is not None) for call in late]

    def close(self) -> list[CallTimedOut]:
        """The connection is gone: every call that has no answer yet."""
        pending = self._pending()
        self._in_flight = None
        self._queue.clear()
        return [CallTimedOut(call, was_sent=call.sent_at is not None) for call in pending]

    # --- parts of receive

    def _by_type(self, frame: list[Any], parsed: frames.Parsed, now: datetime) -> Event:
        kind = frame[0]
        if kind == CALL or (kind == SEND and self._has_send):
            return self._call(frame, parsed, now, wants_answer=kind == CALL)
        if kind in {CALLRESULT, CALLERROR}:
            return self._answer(frame, parsed.text)
        if kind == CALLRESULTERROR and self._has_send:
            return self._result_refused(frame, parsed.text)
        return self._ignore("unknown_message_type", parsed.text)

    def _malformed(self, raw: str) -> Event:
        message_id = frames.readable_call_id(raw)
        if message_id is None:
            return self._ignore("malformed", raw)
        return self._reject(message_id, ErrorCode.FORMAT_VIOLATION, "malformed", raw)

    def _call(
        self, frame: list[Any], parsed: frames.Parsed, now: datetime, *, wants_answer: bool
    ) -> Event:
        message_id = frames.message_id(frame[1]) if len(frame) > 1 else None
        if message_id is None:
            return self._ignore("unusable_id", parsed.text)
        if message_id != frame[1] or len(message_id) > frames.STANDARD_ID:
            self.counters["odd_id"] += 1
        action = frame[2] if len(frame) > 2 else None
        if not isinstance(action, str) or not 0 < len(action) <= MAX_ACTION:
            if not wants_answer:
                return self._ignore("no_action", parsed.text)
            return self._reject(message_id, ErrorCode.RPC_FRAMEWORK_ERROR, "no_action", parsed.text)
        payload = self._payload(frame, 3)
        return InboundCall(
            message_id, action, payload, parsed.text, now, parsed.flags, wants_answer
        )

    def _answer(self, frame: list[Any], raw: str) -> Event:
        call = self._in_flight
        message_id = frames.message_id(frame[1]) if len(frame) > 1 else None
        if call is None or message_id != call.message_id:
            return self._ignore("unsolicited_answer", raw)
        self._in_flight = None
        self.timeouts_in_a_row = 0
        if frame[0] == CALLERROR:
            details = frame[4] if len(frame) > 4 and isinstance(frame[4], dict) else {}
            return CallFailed(call, _text(frame, 2), _text(frame, 3), details, raw)
        payload = self._payload(frame, 2)
        if not isinstance(payload, dict):
            self.counters["no_object"] += 1
            code, words = ErrorCode.FORMAT_VIOLATION, "the answer is no object"
            refusal = self.result_error(call.message_id, code, words)
            return CallFailed(call, self._spell(code), words, {}, raw, refusal)
        return CallAnswered(call, payload, raw)

    def _result_refused(self, frame: list[Any], raw: str) -> Event:
        message_id = frames.message_id(frame[1]) if len(frame) > 1 else None
        if message_id is None:
            return self._ignore("unusable_id", raw)
        self.counters["result_refused"] += 1
        return ResultRefused(message_id, _text(frame, 2), _text(frame, 3), raw)

    def _payload(self, frame: list[Any], place: int) -> Any:
        """The payload; missing, null and [] mean an empty object."""
        payload = frame[place] if len(frame) > place else None
        if payload is None or payload == []:
            self.counters["no_payload"] += 1
            return {}
        return payload

    def _reject(self, message_id: str, code: ErrorCode, reason: str, raw: str) -> Reject:
        self.counters[reason] += 1
        return Reject(message_id, self.error(message_id, code, _REASONS[reason]), reason, raw)

    def _ignore(self, reason: str, raw: str) -> Ignored:
        self.counters[reason] += 1
        return Ignored(reason, raw)

    def _pending(self) -> list[OutboundCall]:
        return [*([] if self._in_flight is None else [self._in_flight]), *self._queue]

    def _is_held(self, now: datetime) -> bool:
        return self._hold_until is not None and now < self._hold_until


_REASONS = {
    "malformed": "the frame is not valid JSON",
    "no_action": "the frame names no action",
}


def _dump(frame: list[Any]) -> str:
    return orjson.dumps(frame).decode()


def _text(frame: list[Any], place: int) -> str:
    value = frame[place] if len(frame) > place else ""
    return value[:255] if isinstance(value, str) else ""
