"""One station's socket: frames in → ingest → replies out; commands out → answers in.

Lives on the event loop. It decides nothing: the session pairs ids, the codec knows the version,
services decide inside the ingest's transaction.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import orjson

from chargers.domain.commands import COMMANDS, Outcome, OutcomeStatus
from chargers.domain.commands.command import CONNECTION_LOST
from chargers.domain.context import StationContext
from chargers.domain.messages import BootNotification
from chargers.domain.quirks import Quirks
from chargers.domain.results import Acknowledged, BootResult, Result
from chargers.gateway.limits import TokenBucket
from chargers.ingest.items import FrameItem
from chargers.ingest.writer import IngestWriter
from chargers.models import StationCommand
from chargers.ocpp.codec import Codec, Decoded, EncodedCall
from chargers.ocpp.errors import CallProblem, ErrorCode, UnableToEncodeError
from chargers.ocpp.masking import mask_secrets
from chargers.ocpp.session import (
    CallAnswered,
    CallFailed,
    CallTimedOut,
    Event,
    Ignored,
    InboundCall,
    OutboundCall,
    OutboundQueueFullError,
    Reject,
    ResultRefused,
    Session,
)
from chargers.services import command_queue
from common.clock import Clock

logger = logging.getLogger(__name__)

# Frames of one station that may wait for their commit, and answers that may wait until it reads
# them, before we stop reading its socket.
MAX_WAITING = 64
# A peer that reads nothing does not even take a close frame; then we go without it.
_FAREWELL_SECONDS = 5.0
# Of a call around its payload: type, id, action, brackets.
_ENVELOPE_BYTES = 100

_ACKNOWLEDGED = Acknowledged()

Send = Callable[[dict[str, Any]], Awaitable[None]]


class StationSocket:
    """An admitted connection in one epoch."""

    def __init__(
        self,
        *,
        station: StationContext,
        codec: Codec,
        ingest: IngestWriter,
        clock: Clock,
        send: Send,
        abandon: Callable[[], object],
        bucket: TokenBucket,
        heartbeat_seconds: int,
    ) -> None:
        """`abandon` ends the receive loop of a peer that could not be told to go."""
        self.station = station
        self._codec = codec
        self._opened_at = clock()
        self._session = Session(
            spell=codec.error_code,
            new_id=lambda: str(uuid4()),
            has_send=codec.has_send,
            hold_until=self._opened_at + timedelta(seconds=station.quirks.quiet_seconds),
            fill_empty_values=station.quirks.fill_empty_values,
        )
        self._ingest = ingest
        self._clock = clock
        self._send = send
        self._abandon = abandon
        self._bucket = bucket
        self._heartbeat = timedelta(seconds=heartbeat_seconds)
        self._outgoing: deque[str] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._drained = asyncio.Event()
        self._drained.set()
        self._unanswered = 0
        self._sending = False
        self._taking = False
        self._take_again = False
        self.last_frame_at = self._opened_at
        self._last_pong_at = self._opened_at
        self.close_code: int | None = None
        self.close_reason = ""
        self.is_abandoned = False
        self._is_challenged = False
        self._has_ended = False

    @property
    def last_life_at(self) -> datetime:
        """When the peer last said anything, an answer to a ping included."""
        return max(self.last_frame_at, self._last_pong_at)

    def ponged(self) -> None:
        self._last_pong_at = self._clock()

    # -- inbound -----------------------------------------------------------------------------

    async def received(self, frame: str | bytes) -> None:
        """Take one frame; returns when the next may be read (back-pressure, message rate)."""
        now = self._clock()
        self.last_frame_at = now
        for event in self._session.receive(frame, now):
            self._on_event(event, now)
        wait = self._bucket.take(asyncio.get_running_loop().time())
        if wait > 0:
            await asyncio.sleep(min(wait, 1.0))
        if self._waiting() >= MAX_WAITING:
            self._drained.clear()
            await self._drained.wait()

    def _waiting(self) -> int:
        return self._unanswered + len(self._outgoing)

    def _read_on(self) -> None:
        if not self._drained.is_set() and self._waiting() < MAX_WAITING // 2:
            self._drained.set()

    def _on_event(self, event: Event, now: datetime) -> None:
        match event:
            case InboundCall():
                self._on_call(event)
            case CallAnswered():
                outcome, problem = self._outcome(event)
                refusal = self._refusal(event.call, problem) if problem else ""
                self._log(event.raw, now, of=event.call, reply=refusal)
                self._finish(event.call, outcome, now)
            case CallFailed():
                self._log(event.raw, now, of=event.call, reply=event.refusal)
                outcome = self._codec.decode_failure(event.code, event.description)
                self._finish(event.call, outcome, now)
            case Reject():
                self._log(event.raw, now, reply=event.reply_text, warnings=(event.reason,))
            case Ignored():
                self._log(event.raw, now, warnings=(event.reason,))
            case ResultRefused():
                self._log(
                    event.raw, now, warnings=(f"answer refused: {event.code} {event.description}",)
                )
            case CallTimedOut():
                """Comes from `expire` only, see `tick`."""

    def _on_call(self, call: InboundCall) -> None:
        item = FrameItem(
            station=self.station,
            received_at=call.received_at,
            raw=mask_secrets(call.raw),
            action=call.action,
            message_id=call.message_id,
            refuse=self._refuse,
            delivered=self._delivered,
        )
        decoded = self._decode(call)
        if isinstance(decoded, CallProblem):
            item.reply = self._session.error(call.message_id, decoded.code, decoded.description)
            item.warnings = (*call.flags, decoded.description)
        else:
            item.message = decoded.message
            item.warnings = (*call.flags, *decoded.warnings)
            item.encode_reply = self._encode_reply
            if decoded.message is None:
                item.reply = self._encode_reply(item, _ACKNOWLEDGED)
        if not call.wants_answer:
            item.reply, item.encode_reply, item.refuse = "", None, None
        self._submit(item)

    def _decode(self, call: InboundCall) -> Decoded | CallProblem:
        try:
            return self._codec.decode(call.action, call.payload, self.station.quirks)
        except Exception:
            logger.exception("%s of %s could not be decoded", call.action, self.station.station_id)
            return CallProblem(ErrorCode.INTERNAL_ERROR, "the message could not be read")

    def _encode_reply(self, item: FrameItem, result: Result) -> str:
        if isinstance(result, BootResult):
            item.learned = result.quirks
        payload = self._codec.encode_result(item.action, item.message, result, self.station.quirks)
        return self._session.reply(item.message_id, payload)

    def _refuse(self, item: FrameItem) -> str:
        return self._session.error(
            item.message_id, ErrorCode.INTERNAL_ERROR, "the message could not be stored"
        )

    def _log(
        self,
        raw: str,
        now: datetime,
        *,
        of: OutboundCall | None = None,
        reply: str = "",
        warnings: Sequence[str] = (),
    ) -> None:
        """Store a frame without effect of its own; `of` is the call that it answers."""
        self._submit(
            FrameItem(
                station=self.station,
                received_at=now,
                raw=mask_secrets(raw),
                action=of.action if of else "",
                message_id=of.message_id if of else "",
                reply=reply,
                warnings=tuple(warnings),
                delivered=self._delivered,
            )
        )

    def _submit(self, item: FrameItem) -> None:
        self._unanswered += 1
        self._ingest.submit(item)

    def _delivered(self, item: FrameItem) -> None:
        """The item is committed: answer, and go on reading."""
        self._unanswered -= 1
        if item.reply:
            self._push(item.reply)
        self._read_on()
        if isinstance(item.message, BootNotification):
            if item.learned is not None:
                self.learn(item.learned)
            self._session.release()
            self.wake()

    def learn(self, quirks: Quirks) -> None:
        """The make is known better, or what is known of it has changed."""
        if quirks != self.station.quirks:
            self.station = replace(self.station, quirks=quirks)
            self._session.fill_empty_values = quirks.fill_empty_values

    # -- outbound ----------------------------------------------------------------------------

    def _push(self, text: str) -> None:
        self._outgoing.append(text)
        if not self._sending:
            self._sending = True
            self._spawn(self._drain())

    async def _drain(self) -> None:
        try:
            while self._outgoing:
                await self._send({"type": "websocket.send", "text": self._outgoing[0]})
                self._outgoing.popleft()
                self._read_on()
        except Exception:  # noqa: BLE001 -- the peer is gone; the receive loop ends by itself
            self._outgoing.clear()
        finally:
            self._sending = False
            self._read_on()

    def _spawn(self, job: Any) -> None:
        task = asyncio.get_running_loop().create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def wake(self) -> None:
        """Take queued commands; the session holds them until the station is ready (Q13)."""
        if self.close_code is not None:
            return
        if self._taking:
            self._take_again = True
            return
        self._taking = True
        self._spawn(self._take_commands())

    async def _take_commands(self) -> None:
        take = partial(
            command_queue.take_queued,
            station_id=self.station.station_id,
            epoch=self.station.epoch,
            now=self._clock(),
        )
        try:
            self._take(await self._ingest.run(take))
        except Exception:
            logger.exception("commands of %s could not be taken", self.station.station_id)
        finally:
            self._taking = False
        if self._take_again:
            self._take_again = False
            self.wake()

    def _take(self, rows: list[StationCommand]) -> None:
        if self._has_ended:
            self._give_back(rows)
            return
        for row in rows:
            self._call(row)

    def _call(self, row: StationCommand) -> None:
        now = self._clock()
        try:
            encoded = self._codec.encode_command(
                COMMANDS[row.kind].from_json(row.arguments), self.station.quirks
            )
            self._check_size(encoded)
            self._session.call(
                encoded.action,
                encoded.payload,
                timeout=row.deadline_at - now,
                give_up_at=row.deadline_at,
                tag=row,
            )
        except UnableToEncodeError as error:
            self._store_outcome(row.pk, error.outcome)
        except OutboundQueueFullError:
            failed = Outcome(status=OutcomeStatus.FAILED, raw_status="too many commands waiting")
            self._store_outcome(row.pk, failed)
        except Exception:
            # Those that were taken with it must leave all the same.
            logger.exception("%s for %s could not be encoded", row.kind, self.station.station_id)
            failed = Outcome(status=OutcomeStatus.FAILED, raw_status="could not be encoded")
            self._store_outcome(row.pk, failed)
        self._send_next(now)

    def _check_size(self, encoded: EncodedCall) -> None:
        """Some stations lose their connection over a frame that their buffer cannot hold (Q24)."""
        limit = self.station.quirks.max_command_bytes
        try:
            size = len(orjson.dumps(encoded.payload)) + _ENVELOPE_BYTES
        except TypeError:
            raise UnableToEncodeError("holds a number or a character that no frame can") from None
        if limit and size > limit:
            raise UnableToEncodeError(f"larger than the {limit} bytes that this make can take")

    def challenge(self) -> None:
        """A newcomer with valid credentials is at the door: nothing more leaves until it is in."""
        self._is_challenged = True

    def unchallenge(self) -> None:
        """It did not come in after all."""
        self._is_challenged = False
        self._send_next(self._clock())

    def _send_next(self, now: datetime) -> None:
        if self._is_challenged or self.close_code is not None:
            return
        text = self._session.next_call(now)
        call = self._session.in_flight
        if text is None or call is None:
            return
        self._submit(
            FrameItem(
                station=self.station,
                received_at=now,
                raw=mask_secrets(text),
                action=call.action,
                message_id=call.message_id,
                direction="out",
                delivered=self._delivered,
            )
        )
        self._push(text)

    def _outcome(self, event: CallAnswered) -> tuple[Outcome, CallProblem | None]:
        """How the command ended, and what there is to say against the answer."""
        row: StationCommand = event.call.tag
        try:
            command = COMMANDS[row.kind].from_json(row.arguments)
            outcome = self._codec.decode_outcome(command, event.payload)
        except Exception:
            logger.exception("answer to %s could not be read", event.call.action)
            failed = Outcome(status=OutcomeStatus.FAILED, raw_status="unreadable answer")
            return failed, CallProblem(ErrorCode.INTERNAL_ERROR, "the answer could not be read")
        return outcome, self._codec.answer_problem(outcome)

    def _refusal(self, call: OutboundCall, problem: CallProblem) -> str:
        """What the station is told of an answer that is of no use (2.1), or nothing."""
        return self._session.result_error(call.message_id, problem.code, problem.description)

    def _finish(self, call: OutboundCall, outcome: Outcome, now: datetime) -> None:
        self._store_outcome(call.tag.pk, outcome)
        self._send_next(now)

    def _store_outcome(self, command_id: UUID, outcome: Outcome) -> None:
        self._spawn(self._store_outcome_later(command_id, outcome))

    async def _store_outcome_later(self, command_id: UUID, outcome: Outcome) -> None:
        finish = partial(
            command_queue.finish, command_id=command_id, outcome=outcome, now=self._clock()
        )
        try:
            await self._ingest.run(finish, station=self.station)
        except Exception:
            logger.exception("result of command %s could not be stored", command_id)

    # -- time and end ------------------------------------------------------------------------

    def tick(self, now: datetime) -> None:
        """Once a second: calls without an answer, the quiet time after connect."""
        deadline = self._session.next_deadline()
        if deadline is None or deadline > now:
            return
        # The rows themselves are ended by the sweep of overdue commands.
        self._session.expire(now)
        deaf_after = self.station.quirks.deaf_after_timeouts
        if 0 < deaf_after <= self._session.timeouts_in_a_row:
            self.close(code=1001, reason="no answer to commands")
        else:
            self._send_next(now)

    def ended(self) -> None:
        """The socket is gone: what was asked has failed, what was not yet asked waits again."""
        self._has_ended = True
        lost = Outcome(status=OutcomeStatus.FAILED, raw_status=CONNECTION_LOST)
        pending = self._session.close()
        for call in pending:
            if call.was_sent:
                self._store_outcome(call.call.tag.pk, lost)
        self._give_back([call.call.tag for call in pending if not call.was_sent])

    def _give_back(self, rows: list[StationCommand]) -> None:
        if rows:
            self._spawn(self._give_back_later(rows))

    async def _give_back_later(self, rows: list[StationCommand]) -> None:
        try:
            await self._ingest.run(partial(command_queue.give_back, rows=rows))
        except Exception:
            logger.exception("commands of %s could not be given back", self.station.station_id)

    def idle_limit(self, at_least: timedelta) -> timedelta:
        """How long this station may be silent: as its make demands, else three heartbeats, but
        never less than given.
        """
        if self.station.quirks.idle_seconds:
            return timedelta(seconds=self.station.quirks.idle_seconds)
        return max(at_least, 3 * self._heartbeat)

    def close(self, *, code: int, reason: str) -> None:
        """Ask the peer to go; the receive loop ends when it has."""
        if self.close_code is None:
            self.close_code, self.close_reason = code, reason
            self._spawn(self._close())

    async def _close(self) -> None:
        farewell = {"type": "websocket.close", "code": self.close_code, "reason": self.close_reason}
        try:
            async with asyncio.timeout(_FAREWELL_SECONDS):
                await self._send(farewell)
        except TimeoutError:
            self.is_abandoned = True
            self._abandon()
        except Exception:  # noqa: BLE001 -- it is gone already
            logger.debug("socket of %s was gone", self.station.station_id)
