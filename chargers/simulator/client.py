"""The station as a client of a CSMS: its socket, its messages, the orders it obeys."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from random import Random
from types import TracebackType
from typing import Any, NamedTuple, Self

from chargers.simulator.clock import Clock, RunningClock
from chargers.simulator.commands import CommandDesk
from chargers.simulator.faults import Flags
from chargers.simulator.link import (
    CallRefused,
    Link,
    LinkLost,
    NoAnswer,
    Stats,
    UnableToConnect,
    open_link,
)
from chargers.simulator.models import HardwareModel, hardware
from chargers.simulator.neutral import (
    Authorize,
    Boot,
    Event,
    Heartbeat,
    IdToken,
    Json,
    Reason,
    Reply,
    Trigger,
    TxEnded,
    TxStarted,
    VendorData,
    is_page,
    is_transactional,
)
from chargers.simulator.outbox import Outbox
from chargers.simulator.settings import Settings
from chargers.simulator.signing import MeterSigner
from chargers.simulator.station import StationModel
from chargers.simulator.wire import CommandError
from chargers.simulator.wires import make_wire

logger = logging.getLogger(__name__)


class Frame(NamedTuple):
    """A recorded message; `sent` by the station, else received."""

    sent: bool
    at: datetime
    message: list[Any]


class StationClient:
    """The machine and its link; what people do with it is in `SimulatedStation`."""

    def __init__(
        self,
        url: str,
        identity: str,
        password: str,
        *,
        model: str | HardwareModel = "alfen-eve-double",
        protocol: str | None = None,
        clock: Clock | None = None,
        rng: Random | None = None,
        settings: Settings | None = None,
        tls: ssl.SSLContext | None = None,
        frame_limit: int = 10_000,
        call_timeout_s: float = 30.0,
        stats: Stats | None = None,
        on_change: Callable[[], None] | None = None,
        signs: bool = False,
    ) -> None:
        self.url, self.identity, self.password = url, identity, password
        spec = hardware(model) if isinstance(model, str) else model
        self.clock: Clock = clock or RunningClock()
        self.rng = rng or Random()
        self.model = StationModel(spec, self.clock.now(), self.rng, settings or Settings())
        if signs:
            self.model.signer = MeterSigner.make(self.rng, f"SIM{self.rng.getrandbits(32):08X}")
        self.wire = make_wire(protocol or spec.protocol, spec, identity[:25])
        self.firmware = spec.firmware
        self.desk = CommandDesk(self)
        self.stats = stats or Stats()
        self.flags = Flags()
        self._booted = self.rebooting = False
        self.boot_reason = "PowerUp"
        self.last_sent_at = self.clock.now()
        self.frames: deque[Frame] = deque(maxlen=frame_limit)
        self._on_change = on_change
        self._dialling = asyncio.Lock()
        self._tls, self._timeout = tls, call_timeout_s
        self._link: Link | None = None
        self._outbox = Outbox()
        self._soon: list[Callable[[], Awaitable[None]]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._reader: asyncio.Task[None] | None = None
        self._answering = 0
        self._failures: list[BaseException] = []
        self._id_prefix = f"{self.rng.getrandbits(32):08x}"
        self._ids = 0

    # --- connection --------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def connected(self) -> bool:
        """Whether the socket is open."""
        return self._link is not None

    @property
    def booted(self) -> bool:
        """Whether the CSMS accepted the boot."""
        return self._booted

    @booted.setter
    def booted(self, value: bool) -> None:
        self.stats.booted += value - self._booted
        self._booted = value

    @property
    def reachable(self) -> bool:
        """Whether messages can be exchanged."""
        return self._link is not None and not self.flags.silent

    @property
    def deaf(self) -> bool:
        """Whether orders are ignored."""
        return self.flags.deaf or self.flags.silent

    async def connect(self) -> None:
        """Dial; raises `UnableToConnect`. An open connection is kept."""
        async with self._dialling:
            if self._link is not None:
                return
            link = await open_link(
                owner=self,
                url=self.url,
                identity=self.identity,
                password=self.password,
                subprotocol=self.wire.subprotocol,
                timeout_s=self._timeout,
                tls=self._tls,
            )
            self._link = link
        self.model.online = True
        self.model.profiles.lose(self.model.settings, restarted=not self._booted)
        self.wire.forget()
        self.stats.connected += 1
        self.stats.connects += 1
        self._reader = asyncio.create_task(self._read(link))

    async def _read(self, link: Link) -> None:
        try:
            await link.run()
        finally:
            if self._link is link:
                self._gone()
                self._changed()

    def _gone(self) -> None:
        self._link = None
        self.model.online = False
        self.stats.connected -= 1

    def _changed(self) -> None:
        if self._on_change is not None:
            self._on_change()

    async def disconnect(self, *, abort: bool = False) -> None:
        """Close the socket, or vanish without a word."""
        link, reader = self._link, self._reader
        if link is None:
            return
        self._gone()
        link.resume_reading()
        if abort:
            link.abort()
        else:
            await link.close()
        if reader is not None and reader is not asyncio.current_task():
            await reader

    async def reconnect(self) -> None:
        """Close and dial again without a boot; reports all states."""
        await self.disconnect()
        await self.connect()
        await self.resume()

    async def resume(self) -> None:
        """After a dropped connection: report states and send what was queued."""
        self.post(self.model.statuses())
        await self.flush()

    async def close(self) -> None:
        """Stop everything of this station."""
        await self.disconnect()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def reboot(self, reason: str) -> None:
        """Go down and come up again; a failed dial leaves the station offline."""
        self.booted, self.boot_reason, self.rebooting = False, reason, True
        try:
            await self.disconnect()
            await self.clock.sleep(5)
            if not self.flags.held_offline:
                await self.connect()
                await self.boot(reason)
        except UnableToConnect as error:
            self.stats.error(str(error))
        finally:
            self.rebooting = False

    # --- messages ------------------------------------------------------------------------------

    async def boot(self, reason: str | None = None) -> Reply:
        """Send BootNotification; once accepted, all states and what was queued."""
        reply = await self.call(Boot(reason or self.boot_reason, self.firmware))
        if reply.accepted:
            self.booted = True
            if reply.interval:
                self.model.settings.heartbeat_interval = reply.interval
            await self.resume()
        return reply

    async def heartbeat(self) -> None:
        """Send a sign of life."""
        await self.call(Heartbeat())

    async def send_data(self, vendor: str, message: str | None, data: str | None) -> Reply:
        """Send a DataTransfer."""
        return await self.call(VendorData(vendor, message, data))

    async def call(self, event: Event) -> Reply:
        """Send one event now and return the answer; raises the errors of `Link.call`."""
        reply = Reply()
        for action, payload in self.wire.encode(event):
            reply = self.wire.read_reply(event, await self._call(event, action, payload))
        return reply

    async def _call(self, event: Event, action: str, payload: Json) -> Json:
        if self._link is None or self.flags.silent:
            raise LinkLost("not connected")
        hang_up = self.flags.take("lose_answer") if is_transactional(event) else False
        self.last_sent_at = self.clock.now()
        link = self._link
        answer = await link.call(action, payload, hang_up=hang_up)
        if isinstance(event, TxStarted) and self.flags.take("duplicate_start"):
            await link.call(action, payload)
        return answer

    def post(self, events: Iterable[Event]) -> None:
        """Queue events for `flush`."""
        kept = []
        for event in events:
            if isinstance(event, TxEnded) and self.flags.take("lost_stop"):
                continue
            if is_page(event) and self.flags.take("lost_page"):
                continue
            if isinstance(event, TxStarted):
                event.tx.reference = self.wire.reference_for(event.tx)
            if isinstance(event, TxEnded):
                self.desk.display.end(event.tx.reference)
            kept.append(event)
        self._outbox.put(kept, reachable=self.reachable)

    async def flush(self) -> None:
        """Send what is queued, in order; what cannot go now waits."""
        await self._outbox.flush(
            send=self.call,
            took=self._took,
            lost=self._lost,
            may_send=lambda: self.reachable,
            now=self.clock.now,
            settings=self.model.settings,
        )

    def has_queued(self, reference: str | None) -> bool:
        """Tell whether transaction messages wait, of one transaction or of any."""
        return self._outbox.has_tx(reference)

    @property
    def queued(self) -> int:
        """How many messages wait."""
        return len(self._outbox)

    def forget_transactions(self) -> None:
        """Lose all running transactions and their waiting messages."""
        self._outbox.forget_tx()
        for evse in self.model.evses:
            evse.tx, evse.next_sample_at = None, None

    def _took(self, event: Event, reply: Reply) -> None:
        if not isinstance(event, TxStarted):
            return
        tx = event.tx
        tx.reference = reply.tx_reference or tx.reference
        running = self.model.evse(tx.evse).tx is tx
        if reply.accepted is False and running and self.model.settings.stop_on_invalid:
            self.post(self.model.end(tx.evse, Reason.DEAUTHORIZED, Trigger.DEAUTHORIZED))

    def _lost(self, event: Event) -> None:
        if is_transactional(event):
            self.stats.dropped += 1

    # --- LinkOwner -------------------------------------------------------------------------------

    def on_call(self, action: str, payload: Json) -> Json:
        """Carry out an order of the CSMS."""
        self._answering += 1
        try:
            self._advance()
            return self.wire.answer(action, payload, self.desk)
        except (KeyError, TypeError, ValueError, AttributeError, LookupError) as error:
            raise CommandError(self.wire.malformed_code, repr(error)[:255]) from error
        except CommandError:
            raise
        except Exception as error:
            logger.exception("simulated station %s, %s", self.identity, action)
            self._failures.append(error)
            raise CommandError("InternalError", repr(error)[:255]) from error

    def on_answered(self) -> None:
        """Start what the order set in motion."""
        work, self._soon = self._soon, []
        for step in work:
            task = asyncio.create_task(self._guard(step))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._answering -= 1

    async def _guard(self, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await step()
        except (LinkLost, NoAnswer, CallRefused, UnableToConnect) as error:
            self.stats.error(f"{type(error).__name__}: {error}")
        except Exception as error:  # a bug here must be seen by tests and not stop a fleet
            logger.exception("simulated station %s", self.identity)
            self._failures.append(error)
        self._changed()

    def soon(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run work once the present answer is out."""
        self._soon.append(work)

    def record(self, message: list[Any], *, sent: bool) -> None:
        """Keep a frame."""
        if self.frames.maxlen:
            self.frames.append(Frame(sent, self.clock.now(), message))

    def next_id(self) -> str:
        """Return a message id never used before."""
        self._ids += 1
        return f"{self._id_prefix}-{self._ids}"

    async def settle(self) -> None:
        """Wait until all orders that were answered are carried out; raises what went wrong."""
        while self._answering or self._tasks:
            if self._tasks:
                await asyncio.wait(self._tasks)
            await asyncio.sleep(0)
        if self._failures:
            raise self._failures.pop(0)

    def _advance(self) -> None:
        self.post(self.model.advance(self.clock.now()))
        self.notice()

    def notice(self) -> None:
        """Queue what the station notices about itself."""
        self.post(self.wire.noticed(self.desk))

    async def authorize(self, id_token: IdToken | str) -> bool:
        """Tell whether a token may charge: asks the CSMS, or decides as configured."""
        token = as_token(id_token)
        settings, known = self.model.settings, self.desk.local_list
        listed = self.desk.listed(token)
        if not self.reachable:
            if listed is not None:
                return settings.local_authorize_offline and listed == "Accepted"
            cached = settings.cache_enabled and token.value in known.cache
            return (settings.local_authorize_offline and cached) or settings.allow_offline_unknown
        if settings.local_pre_authorize and listed == "Accepted":
            return True
        reply = await self.call(Authorize(token))
        (known.remember if reply.accepted else known.forget)(token.value)
        return bool(reply.accepted)

    async def send_raw(self, text: str) -> None:
        """Send a text that need not be a message."""
        if self._link is None:
            raise LinkLost("not connected")
        await self._link.send_raw(text)

    def pause_reading(self, *, paused: bool) -> None:
        """Stop or resume reading the socket."""
        if self._link is not None:
            (self._link.stop_reading if paused else self._link.resume_reading)()

    # --- for tests -----------------------------------------------------------------------------------

    def sent(self, action: str) -> list[Json]:
        """Return the payloads of all recorded calls of an action, in order."""
        return [
            frame.message[3]
            for frame in self.frames
            if frame.sent and frame.message[0] == 2 and frame.message[2] == action
        ]


def as_token(id_token: IdToken | str) -> IdToken:
    """Read a plain string as an RFID card's number."""
    return IdToken(id_token) if isinstance(id_token, str) else id_token
