"""The Channels consumer that terminates OCPP-J: handshake, bytes, end. I/O only."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from functools import partial
from typing import Any

from channels.consumer import AsyncConsumer
from django.conf import settings

from chargers.domain.context import StationContext
from chargers.gateway.gateway import Gateway, get_gateway
from chargers.gateway.handshake import Handshake, read_handshake
from chargers.gateway.limits import TokenBucket
from chargers.gateway.socket import StationSocket
from chargers.gateway.wakeups import announce_takeover
from chargers.ocpp.versions import choose_subprotocol, codec_for
from chargers.services import connections
from chargers.services.connections import AdmittedStation, Credentials

logger = logging.getLogger(__name__)

# Sockets read on only while the ingest keeps up.
_MAX_INGEST_DEPTH = 20_000
_PAUSE_SECONDS = 0.25
_PARTING_SECONDS = 2.0


class OcppConsumer(AsyncConsumer):  # type: ignore[misc]
    """One station connection.

    It has its own receive loop: Channels' dispatch hops through a thread for every message,
    which costs more than everything else together, and an exception in it closes the socket.
    """

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self.gateway = get_gateway()
        self.send = send
        self.receive = receive
        await receive()
        handshake = read_handshake(scope)
        try:
            station = await self._admit(handshake)
        except Exception:
            logger.exception("handshake could not be checked")
            await self._refuse(503, "try again later")
            return
        if station is None:
            await self._refuse_unknown(handshake)
            return
        subprotocol = choose_subprotocol(handshake.subprotocols)
        if subprotocol is None and not handshake.subprotocols:
            # Only after its key was right, and only for makes known to offer none (Q01).
            subprotocol = station.quirks.assume_subprotocol or None
        if subprotocol is None:
            await self._refuse(400, "offer an OCPP subprotocol: ocpp1.6, ocpp2.0.1 or ocpp2.1")
            return
        await self._serve(station, subprotocol, handshake)

    async def _admit(self, handshake: Handshake) -> AdmittedStation | None:
        credentials = None
        if handshake.password is not None and handshake.user_matches:
            credentials = Credentials(identity=handshake.identity, password=handshake.password)
        return await self.gateway.in_thread(partial(connections.admit, credentials))

    async def _refuse_unknown(self, handshake: Handshake) -> None:
        too_many = self.gateway.failures.record(
            handshake.identity, handshake.remote_address, self.gateway.loop.time()
        )
        if too_many:
            await asyncio.sleep(1.0)
        await self._refuse(401, "identity or key is wrong")

    async def _refuse(self, status: int, text: str) -> None:
        headers = [(b"content-type", b"text/plain; charset=utf-8")]
        if status == 401:
            headers.append((b"www-authenticate", b'Basic realm="OCPP"'))
        start = {"type": "websocket.http.response.start", "status": status, "headers": headers}
        body = {"type": "websocket.http.response.body", "body": text.encode()}
        await self.send(start)
        await self.send(body)
        # uvicorn counts the handshake as complete only when the connection is gone.
        with suppress(TimeoutError):
            async with asyncio.timeout(_PARTING_SECONDS):
                await self.receive()
                await self.receive()

    async def _serve(
        self, station: AdmittedStation, subprotocol: str, handshake: Handshake
    ) -> None:
        gateway = self.gateway
        opened = await gateway.ingest.run(
            partial(
                connections.open_connection,
                station=station,
                protocol=subprotocol,
                remote_address=handshake.remote_address,
                server=gateway.server,
                now=gateway.clock(),
            )
        )
        socket = _socket(gateway, station, subprotocol, opened.epoch, self.send)
        gateway.add(socket)
        code: int | None = None
        try:
            if opened.took_over:
                announce_takeover(station.station_id, opened.epoch)
            # To select what was not offered would end the handshake at the peer.
            offered = subprotocol if handshake.subprotocols else None
            await self.send({"type": "websocket.accept", "subprotocol": offered})
            code = await _receive_until_closed(socket, gateway, self.receive)
        except asyncio.CancelledError:
            if not socket.is_abandoned:
                raise
        except Exception as error:  # noqa: BLE001 -- the peer left in mid-handshake or mid-send
            logger.info("socket of %s ended: %r", station.station_id, error)
        finally:
            gateway.remove(socket)
            socket.ended()
            await self._closed(socket, code)

    async def _closed(self, socket: StationSocket, code: int | None) -> None:
        station = socket.station
        await asyncio.shield(
            self.gateway.ingest.run(
                partial(
                    connections.close_connection,
                    station_id=station.station_id,
                    operator_id=station.operator_id,
                    epoch=station.epoch,
                    code=socket.close_code or code,
                    reason=socket.close_reason,
                    now=self.gateway.clock(),
                ),
                station=station,
            )
        )


def _socket(
    gateway: Gateway, station: AdmittedStation, subprotocol: str, epoch: int, send: Any
) -> StationSocket:
    rate = settings.OCPP_MESSAGES_PER_SECOND
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 -- a consumer runs in a task of its own
    return StationSocket(
        station=StationContext(
            station_id=station.station_id,
            operator_id=station.operator_id,
            epoch=epoch,
            protocol=subprotocol,
            quirks=station.quirks,
        ),
        codec=codec_for(subprotocol),
        ingest=gateway.ingest,
        clock=gateway.clock,
        send=send,
        abandon=task.cancel,
        bucket=TokenBucket(rate=rate, burst=rate * 10, now=gateway.loop.time()),
        heartbeat_seconds=station.heartbeat_interval_seconds,
    )


async def _receive_until_closed(socket: StationSocket, gateway: Gateway, receive: Any) -> int:
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return int(event.get("code") or 1005)
        frame = event.get("text")
        await socket.received(frame if frame is not None else event["bytes"])
        if gateway.ingest.depth > _MAX_INGEST_DEPTH:
            await asyncio.sleep(_PAUSE_SECONDS)
