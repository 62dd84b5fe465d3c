"""All station sockets of this web process, and the clockwork around them."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket as hostname
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import close_old_connections

from chargers.gateway.arrivals import Arrivals
from chargers.gateway.failures import FailureBook
from chargers.gateway.limits import Connects, FailedAttempts
from chargers.gateway.socket import StationSocket
from chargers.gateway.wakeups import DISCONNECT, GROUP, QUIRKS, SUPERSEDED, WAKE
from chargers.ingest.batch import BatchProcessor
from chargers.ingest.writer import IngestWriter
from chargers.live import LiveBroadcaster
from chargers.services import command_queue, connections, quirks
from chargers.services.admission import Credentials, Verdict, admit_all
from chargers.services.failed_handshakes import FailedAttempts as FailedHandshakes
from chargers.services.failed_handshakes import store_failed_handshakes
from common import bus
from common.clock import Clock

logger = logging.getLogger(__name__)

T = TypeVar("T")

_TICK_SECONDS = 1.0
_BEAT_SECONDS = 10.0
_TELL_SECONDS = 1.0
# Pings leave every 20 s: an answer, or any frame, within this time is life.
_ALIVE_WITHIN = timedelta(seconds=45)
_RESUBSCRIBE_SECONDS = 2.0
# A silent station is taken for gone after three heartbeats, but not before a quarter of an hour.
_MIN_IDLE = timedelta(minutes=15)


class Gateway:
    """One per web process; made by the ASGI lifespan, reached by the consumer."""

    def __init__(self, *, loop: asyncio.AbstractEventLoop, clock: Clock) -> None:
        self.loop = loop
        self.clock = clock
        self.server = f"{hostname.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.live = LiveBroadcaster(loop)
        self.ingest = IngestWriter(
            loop=loop, processor=BatchProcessor(clock=clock, touched=self.live.touched)
        )
        self.failures = FailedAttempts()
        self.refused = FailureBook()
        self.connects = Connects()
        self.arrivals = Arrivals(self._check)
        self.sockets: dict[UUID, StationSocket] = {}
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="ocpp-admit")
        self._tasks: list[asyncio.Task[None]] = []
        self._learning: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        bus.register_loop(self.loop)
        self.ingest.start()
        await self.ingest.run(partial(connections.beat, server=self.server, now=self.clock()))
        jobs = (self._tick(), self._beat(), self._sweep(), self._listen(), self._tell_refused())
        self._tasks = [self.loop.create_task(job) for job in jobs]

    async def stop(self) -> None:
        """Say good-bye in the database, then end the writer."""
        for task in self._tasks:
            task.cancel()
        try:
            async with asyncio.timeout(5):
                await self.ingest.run(
                    partial(
                        connections.close_connections_of,
                        server=self.server,
                        reason="server stopped",
                        now=self.clock(),
                    )
                )
        except TimeoutError:
            logger.warning("could not note the end of connections; the sweep will")
        await asyncio.to_thread(self.ingest.stop)
        self._threads.shutdown(wait=False)
        bus.register_loop(None)

    async def in_thread(self, call: Callable[[], T]) -> T:
        """Run a short database read off the loop."""
        return await self.loop.run_in_executor(self._threads, _with_fresh_connection, call)

    async def _check(self, waiting: Sequence[Credentials]) -> list[Verdict]:
        return await self.in_thread(partial(admit_all, waiting, now=self.clock()))

    def is_alive(self, station_id: UUID) -> bool | None:
        """Whether a station's present socket lives; None when this process holds none."""
        socket = self.sockets.get(station_id)
        if socket is None:
            return None
        return self.clock() - socket.last_life_at < _ALIVE_WITHIN

    def add(self, socket: StationSocket) -> None:
        """Make `socket` the current one; an older one of the same station is closed."""
        older = self.sockets.get(socket.station.station_id)
        self.sockets[socket.station.station_id] = socket
        if older is not None:
            older.close(code=1008, reason="superseded by a newer connection")

    def remove(self, socket: StationSocket) -> None:
        if self.sockets.get(socket.station.station_id) is socket:
            del self.sockets[socket.station.station_id]

    # -- clockwork ---------------------------------------------------------------------------

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            now = self.clock()
            for socket in list(self.sockets.values()):
                socket.tick(now)
                if now - socket.last_frame_at > socket.idle_limit(_MIN_IDLE):
                    socket.close(code=1001, reason="silent for too long")

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(_BEAT_SECONDS)
            try:
                await self._beat_once()
            except Exception:
                logger.exception("this web process could not say that it is alive")

    async def _beat_once(self) -> None:
        beat = partial(connections.beat, server=self.server, now=self.clock())
        if await self.ingest.run(beat):
            return
        # Taken for lost, but the sockets live.
        held = {station_id: socket.station.epoch for station_id, socket in self.sockets.items()}
        reopen = partial(connections.reopen_connections, held=held, now=self.clock())
        logger.warning("was taken for lost; %d stations are back", await self.ingest.run(reopen))

    async def _sweep(self) -> None:
        """What a lost message would have told us: waiting commands, disabled stations."""
        while True:
            await asyncio.sleep(settings.OCPP_SWEEP_SECONDS)
            for station_id in await self._quietly(command_queue.stations_with_queued_commands):
                self._wake(station_id)
            held = {key: socket.station.epoch for key, socket in self.sockets.items()}
            unwelcome = partial(connections.unwelcome_stations, held=held, now=self.clock())
            for station_id in await self._quietly(unwelcome):
                self._disconnect(station_id, epoch=held.get(station_id))

    async def _tell_refused(self) -> None:
        """Write down who was refused, a while after they were."""
        while True:
            await asyncio.sleep(_TELL_SECONDS)
            gathered = self.refused.take()
            if gathered:
                await self._quietly(partial(_store_refused, gathered))

    async def _quietly(self, call: Callable[[], list[UUID]]) -> list[UUID]:
        try:
            return await self.ingest.run(call)
        except Exception:
            logger.exception("gateway housekeeping failed")
            return []

    async def _listen(self) -> None:
        """Wake-ups from other processes. The layer may be away; the sweep covers for it."""
        while True:
            try:
                layer = get_channel_layer()
                channel = await layer.new_channel()
                await layer.group_add(GROUP, channel)
                while True:
                    self._on_message(await layer.receive(channel))
            except Exception as error:  # noqa: BLE001 -- whatever it is, subscribe again
                logger.warning("bus is away: %r", error)
                await asyncio.sleep(_RESUBSCRIBE_SECONDS)

    def _on_message(self, message: dict[str, Any]) -> None:
        if message["type"] == QUIRKS:
            task = self.loop.create_task(self._learn_quirks(message["operator"]))
            self._learning.add(task)
            task.add_done_callback(self._learning.discard)
            return
        station_id = UUID(message["station"])
        if message["type"] == WAKE:
            self._wake(station_id)
            return
        socket = self.sockets.get(station_id)
        if socket is None:
            return
        if message["type"] == DISCONNECT:
            self._disconnect(station_id)
        elif message["type"] == SUPERSEDED and socket.station.epoch < message["epoch"]:
            socket.close(code=1008, reason="superseded by a newer connection")

    async def _learn_quirks(self, operator_id: str) -> None:
        held = [
            station_id
            for station_id, socket in self.sockets.items()
            if socket.station.operator_text == operator_id
        ]
        try:
            found = await self.in_thread(partial(quirks.quirks_of_stations, held))
        except Exception:
            logger.exception("rules on makes could not be read")
            return
        for station_id, learned in found.items():
            if station_id in self.sockets:
                self.sockets[station_id].learn(learned)

    def _disconnect(self, station_id: UUID, *, epoch: int | None = None) -> None:
        """Close a station's socket; with an epoch only that one, not a newer."""
        socket = self.sockets.get(station_id)
        if socket is not None and epoch in (None, socket.station.epoch):
            socket.close(code=1008, reason="closed by the operator")

    def _wake(self, station_id: UUID) -> None:
        socket = self.sockets.get(station_id)
        if socket is not None:
            socket.wake()


def _store_refused(gathered: list[FailedHandshakes]) -> list[UUID]:
    store_failed_handshakes(gathered)
    return []


def _with_fresh_connection(call: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()


_gateway: Gateway | None = None


def set_gateway(gateway: Gateway | None) -> None:
    """Called by the ASGI lifespan: one gateway per process."""
    global _gateway  # noqa: PLW0603 -- one per process
    _gateway = gateway


def get_gateway() -> Gateway:
    """The process's gateway.

    Raises:
        RuntimeError: the server runs without lifespan.
    """
    if _gateway is None:
        raise RuntimeError("the OCPP gateway is not running: serve with lifespan on")
    return _gateway
