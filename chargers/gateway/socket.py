"""One station's socket: frames in → ingest → replies out; commands out → answers in.

Lives on the event loop. It decides nothing: the session pairs ids, the codec knows the version,
services decide inside the ingest's transaction.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from chargers.domain.commands import COMMANDS, Command, Outcome, OutcomeStatus
from chargers.domain.context import StationContext
from chargers.domain.messages import BootNotification
from chargers.domain.results import Result
from chargers.gateway.limits import TokenBucket
from chargers.ingest.items import FrameItem
from chargers.ingest.writer import IngestWriter
from chargers.models import StationCommand
from chargers.ocpp import masking
from chargers.ocpp.session import (
    CallAnswered,
    CallFailed,
    Event,
    Ignored,
    InboundCall,
    NeutralError,
    Reject,
    Session,
    encode_call_result,
)
from chargers.ocpp.versions import CallProblem, Codec, NotSupportedError
from chargers.services import commands
from common.clock import Clock

logger = logging.getLogger(__name__)

# Frames of one station that may wait for their commit before we stop reading its socket.
MAX_UNANSWERED = 64
# No command before the boot answer, or this long after connect if no boot comes (Q13).
QUIET_AFTER_CONNECT = timedelta(seconds=30)
# A station that lets this many commands in a row time out is deaf: make it reconnect (Q07).
DEAF_AFTER_TIMEOUTS = 3

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
        bucket: TokenBucket,
        heartbeat_seconds: int,
    ) -> None:
        self.station = station
        self._codec = codec
        self._session = Session(dialect=codec.dialect)
        self._ingest = ingest
        self._clock = clock
        self._send = send
        self._bucket = bucket
        self._heartbeat = timedelta(seconds=heartbeat_seconds)
        self._outgoing: deque[str] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._drained = asyncio.Event()
        self._drained.set()
        self._unanswered = 0
        self._sending = False
        self._taking = False
        self._may_call = False
        self._commands: dict[str, StationCommand] = {}
        self._timeouts = 0
        self._opened_at = clock()
        self.last_frame_at = self._opened_at
        self.close_code: int | None = None
        self.close_reason = ""

    # -- inbound -----------------------------------------------------------------------------

    async def received(self, frame: str | bytes) -> None:
        """Take one frame; returns when the next may be read (back-pressure, message rate)."""
        now = self._clock()
        self.last_frame_at = now
        for event in self._session.receive(frame, now):
            self._on_event(event, frame, now)
        wait = self._bucket.take(asyncio.get_running_loop().time())
        if wait > 0:
            await asyncio.sleep(min(wait, 1.0))
        if self._unanswered >= MAX_UNANSWERED:
            self._drained.clear()
            await self._drained.wait()

    def _on_event(self, event: Event, frame: str | bytes, now: datetime) -> None:
        match event:
            case InboundCall():
                self._on_call(event, frame, now)
            case CallAnswered():
                self._log(frame, now, message_id=event.message_id, action=event.action)
                self._on_answer(event, now)
            case CallFailed():
                self._log(frame, now, message_id=event.message_id, action=event.action)
                self._on_failure(event, now)
            case Reject():
                self._log(frame, now, reply=event.reply, warnings=(event.reason,))
            case Ignored():
                self._log(frame, now, warnings=(event.reason,))

    def _on_call(self, call: InboundCall, frame: str | bytes, now: datetime) -> None:
        decoded = self._decode(call)
        item = FrameItem(
            station=self.station,
            received_at=now,
            raw=masking.mask(_text(frame)),
            action=call.action,
            message_id=call.message_id,
            refuse=self._refuse,
            encode_reply=self._encode_reply,
            delivered=self._delivered,
        )
        if isinstance(decoded, CallProblem):
            item.reply = self._session.error(call.message_id, decoded.code, decoded.description)
            item.warnings = (*call.warnings, decoded.description)
        else:
            item.message = decoded.message
            item.warnings = (*call.warnings, *decoded.warnings)
        self._submit(item)

    def _decode(self, call: InboundCall) -> Any:
        try:
            return self._codec.decode(call.action, call.payload)
        except Exception:
            logger.exception("%s of %s could not be decoded", call.action, self.station.station_id)
            return CallProblem(
                code=NeutralError.INTERNAL_ERROR, description="the message could not be read"
            )

    def _encode_reply(self, item: FrameItem, result: Result) -> str:
        assert item.message is not None  # noqa: S101 -- only decoded calls are encoded
        payload = self._codec.encode_result(item.action, item.message, result)
        return encode_call_result(item.message_id, payload)

    def _refuse(self, item: FrameItem) -> str:
        return self._session.error(
            item.message_id, NeutralError.INTERNAL_ERROR, "the message could not be stored"
        )

    def _log(
        self,
        frame: str | bytes,
        now: datetime,
        *,
        message_id: str = "",
        action: str = "",
        reply: str = "",
        warnings: Sequence[str] = (),
    ) -> None:
        self._submit(
            FrameItem(
                station=self.station,
                received_at=now,
                raw=masking.mask(_text(frame)),
                action=action,
                message_id=message_id,
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
        if not self._drained.is_set() and self._unanswered < MAX_UNANSWERED // 2:
            self._drained.set()
        if item.reply:
            self._push(item.reply)
        if not self._may_call and isinstance(item.message, BootNotification):
            self._may_call = True
            self.wake()

    # -- outbound ----------------------------------------------------------------------------

    def _push(self, text: str) -> None:
        self._outgoing.append(text)
        if not self._sending:
            self._sending = True
            self._spawn(self._drain())

    async def _drain(self) -> None:
        try:
            while self._outgoing:
                await self._send({"type": "websocket.send", "text": self._outgoing.popleft()})
        except Exception:  # noqa: BLE001 -- the peer is gone; the receive loop ends by itself
            self._outgoing.clear()
        finally:
            self._sending = False

    def _spawn(self, job: Any) -> None:
        task = asyncio.get_running_loop().create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def wake(self) -> None:
        """Send queued commands, if the station is ready for them."""
        if self._may_call and not self._taking and self.close_code is None:
            self._taking = True
            self._spawn(self._take_commands())

    async def _take_commands(self) -> None:
        try:
            rows = await self._ingest.run(
                partial(
                    commands.take_queued,
                    station_id=self.station.station_id,
                    epoch=self.station.epoch,
                    now=self._clock(),
                )
            )
        except Exception:
            logger.exception("commands of %s could not be taken", self.station.station_id)
            return
        finally:
            self._taking = False
        for row in rows:
            self._call(row)

    def _call(self, row: StationCommand) -> None:
        now = self._clock()
        try:
            command = COMMANDS[row.kind].from_json(row.arguments)
            action, payload = self._codec.encode_command(command)
        except NotSupportedError as error:
            self._finish(row.pk, Outcome(status=OutcomeStatus.NOT_SUPPORTED, raw_status=str(error)))
            return
        except Exception:
            logger.exception("command %s could not be encoded", row.pk)
            self._finish(row.pk, Outcome(status=OutcomeStatus.FAILED, raw_status="not encodable"))
            return
        timeout = max(row.deadline_at - now, timedelta(seconds=1))
        message_id = self._session.queue_call(action, payload, timeout=timeout)
        self._commands[message_id] = row
        self._send_next(now)

    def _send_next(self, now: datetime) -> None:
        call = self._session.next_call(now)
        if call is None:
            return
        self._submit(
            FrameItem(
                station=self.station,
                received_at=now,
                raw=masking.mask(call.text),
                action=call.action,
                message_id=call.message_id,
                direction="out",
                delivered=self._logged,
            )
        )
        self._push(call.text)

    def _logged(self, item: FrameItem) -> None:
        self._unanswered -= 1

    def _on_answer(self, answer: CallAnswered, now: datetime) -> None:
        self._timeouts = 0
        row = self._commands.pop(answer.message_id, None)
        if row is not None:
            command: Command = COMMANDS[row.kind].from_json(row.arguments)
            self._finish(row.pk, self._codec.decode_outcome(command, answer.payload))
        self._send_next(now)

    def _on_failure(self, failure: CallFailed, now: datetime) -> None:
        self._timeouts = 0
        row = self._commands.pop(failure.message_id, None)
        if row is not None:
            outcome = self._codec.decode_failure(failure.code, failure.description)
            self._finish(row.pk, outcome)
        self._send_next(now)

    def _finish(self, command_id: UUID, outcome: Outcome) -> None:
        self._spawn(self._finish_later(command_id, outcome))

    async def _finish_later(self, command_id: UUID, outcome: Outcome) -> None:
        finish = partial(commands.finish, command_id=command_id, outcome=outcome, now=self._clock())
        try:
            await self._ingest.run(finish)
        except Exception:
            logger.exception("result of command %s could not be stored", command_id)

    # -- time and end ------------------------------------------------------------------------

    def tick(self, now: datetime) -> None:
        """Once a second: expired calls, the quiet time after connect."""
        if not self._may_call and now - self._opened_at >= QUIET_AFTER_CONNECT:
            self._may_call = True
            self.wake()
        deadline = self._session.next_deadline()
        if deadline is None or deadline > now:
            return
        for failed in self._session.expire(now):
            # The row itself is ended by the sweep of overdue commands.
            self._commands.pop(failed.message_id, None)
            self._timeouts += 1
        if self._timeouts >= DEAF_AFTER_TIMEOUTS:
            self.close(code=1001, reason="no answer to commands")
        else:
            self._send_next(now)

    def idle_limit(self, at_least: timedelta) -> timedelta:
        """How long this station may be silent: three heartbeats, but never less than given."""
        return max(at_least, 3 * self._heartbeat)

    def close(self, *, code: int, reason: str) -> None:
        """Ask the peer to go; the receive loop ends when it has."""
        if self.close_code is None:
            self.close_code, self.close_reason = code, reason
            self._spawn(self._close())

    async def _close(self) -> None:
        try:
            await self._send(
                {"type": "websocket.close", "code": self.close_code, "reason": self.close_reason}
            )
        except Exception:  # noqa: BLE001 -- it is gone already
            logger.debug("socket of %s was gone", self.station.station_id)


def _text(frame: str | bytes) -> str:
    return frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
