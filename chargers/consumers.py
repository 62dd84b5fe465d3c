"""The Channels consumer that terminates OCPP-J: handshake, bytes, end. I/O only."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Any

from channels.consumer import AsyncConsumer
from django.conf import settings

from chargers.domain.context import StationContext
from chargers.domain.security import RETRY_AFTER_SECONDS, HandshakeFault
from chargers.gateway.gateway import Gateway, get_gateway
from chargers.gateway.handshake import HOP, Handshake, read_handshake
from chargers.gateway.limits import TokenBucket
from chargers.gateway.socket import StationSocket
from chargers.gateway.wakeups import announce_takeover
from chargers.ocpp.versions import choose_subprotocol, codec_for
from chargers.services import connections
from chargers.services.admission import AdmittedStation, Credentials, RefusedHandshake, Verdict
from chargers.services.connections import OpenedConnection

logger = logging.getLogger(__name__)

# Sockets read on only while the ingest keeps up.
_MAX_INGEST_DEPTH = 20_000
_PAUSE_SECONDS = 0.25
_PARTING_SECONDS = 2.0
# When more redial than can be served in time.
_FULL_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nobody comes in; `delay` seconds are waited before it is said."""

    status: int
    text: str
    retry_after: int = 0
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Entered:
    """A station whose connection is written down; `selected` is told to it, if it offered any."""

    station: AdmittedStation
    subprotocol: str
    opened: OpenedConnection
    selected: str | None


async def refuse_plain_http(scope: dict[str, Any], send: Any) -> None:
    """A request that is no upgrade, such as one without `Connection: Upgrade` (Q02): 400, noted."""
    gateway = get_gateway()
    handshake = read_handshake(scope)
    gateway.refused.note(
        handshake.identity,
        HandshakeFault.NO_UPGRADE,
        address=handshake.remote_address,
        now=gateway.clock(),
    )
    body = b"this address speaks WebSocket only"
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": body})


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
        handshake = read_handshake(
            scope,
            certificate_header=settings.CLIENT_CERTIFICATE_HEADER,
            version_header=settings.TLS_VERSION_HEADER,
        )
        hop = (scope.get("extensions") or {}).get(HOP, {})
        if self.gateway.arrivals.is_full:
            await self._refuse(Refusal(503, "come back later", retry_after=_FULL_SECONDS))
            return
        async with self.gateway.arrivals.turn():
            # Whoever gave up at the door must not take the place of its own next attempt.
            if hop.get("is_gone"):
                return
            outcome = await self._enter(handshake)
        if isinstance(outcome, Refusal):
            await self._refuse(outcome)
        else:
            await self._serve(outcome, hop)

    async def _enter(self, handshake: Handshake) -> Entered | Refusal:
        """Check the handshake and write the connection down, or say why not."""
        try:
            admission = await self._admit(handshake)
        except Exception:
            logger.exception("handshake could not be checked")
            return Refusal(503, "try again later")
        if isinstance(admission, RefusedHandshake):
            return self._unknown(handshake, admission.fault)
        unruly = self._unruly(admission, handshake)
        if unruly is not None:
            return unruly
        offered = handshake.subprotocols
        assumed = admission.assumed_protocol or admission.quirks.assume_subprotocol
        subprotocol = choose_subprotocol(offered or (assumed,))
        if subprotocol is None:
            self._note(handshake, HandshakeFault.NO_SUBPROTOCOL)
            return Refusal(400, "offer an OCPP subprotocol: ocpp1.6, ocpp2.0.1 or ocpp2.1")
        opened = await self._open(admission, subprotocol, handshake)
        # To select what was not offered would end the handshake at the peer.
        return Entered(admission, subprotocol, opened, selected=subprotocol if offered else None)

    async def _admit(self, handshake: Handshake) -> Verdict:
        credentials = Credentials(
            identity=handshake.identity,
            password=handshake.password,
            has_header=handshake.has_header,
            user_matches=handshake.user_matches,
            is_tls=handshake.is_tls,
            certificate=handshake.certificate,
        )
        return await self.gateway.arrivals.verdict(credentials)

    def _note(
        self, handshake: Handshake, fault: HandshakeFault, *, is_guessing: bool = False
    ) -> None:
        self.gateway.refused.note(
            handshake.identity,
            fault,
            address=handshake.remote_address,
            now=self.gateway.clock(),
            is_guessing=is_guessing,
        )

    def _unknown(self, handshake: Handshake, fault: HandshakeFault) -> Refusal:
        too_many = self.gateway.failures.record(
            handshake.identity, handshake.remote_address, self.gateway.loop.time()
        )
        self._note(handshake, fault, is_guessing=too_many and fault == HandshakeFault.WRONG_KEY)
        return Refusal(401, "identity or key is wrong", delay=1.0 if too_many else 0.0)

    def _unruly(self, station: AdmittedStation, handshake: Handshake) -> Refusal | None:
        """A station with a right key that has to come back later."""
        wait = self.gateway.connects.wait(station.station_id, self.gateway.loop.time())
        fault = None
        if wait:
            fault = HandshakeFault.RECONNECT_LOOP
        elif station.is_held_down and self._present_lives(station):
            fault, wait = HandshakeFault.HELD_DOWN, RETRY_AFTER_SECONDS
        if fault is None:
            return None
        self._note(handshake, fault)
        return Refusal(503, "come back later", retry_after=ceil(wait))

    def _present_lives(self, station: AdmittedStation) -> bool:
        here = self.gateway.is_alive(station.station_id)
        return station.seems_alive if here is None else here

    async def _refuse(self, refusal: Refusal) -> None:
        if refusal.delay:
            await asyncio.sleep(refusal.delay)
        headers = [(b"content-type", b"text/plain; charset=utf-8")]
        if refusal.retry_after:
            headers.append((b"retry-after", str(refusal.retry_after).encode()))
        if refusal.status == 401:
            headers.append((b"www-authenticate", b'Basic realm="OCPP"'))
        start = {
            "type": "websocket.http.response.start",
            "status": refusal.status,
            "headers": headers,
        }
        body = {"type": "websocket.http.response.body", "body": refusal.text.encode()}
        await self.send(start)
        await self.send(body)
        # uvicorn counts the handshake as complete only when the connection is gone.
        with suppress(TimeoutError):
            async with asyncio.timeout(_PARTING_SECONDS):
                await self.receive()
                await self.receive()

    async def _serve(self, entered: Entered, hop: dict[str, Any]) -> None:
        gateway, station, opened = self.gateway, entered.station, entered.opened
        socket = _socket(gateway, station, entered.subprotocol, opened.epoch, self.send)
        hop["on_pong"] = socket.ponged
        gateway.add(socket)
        code: int | None = None
        try:
            if opened.took_over:
                announce_takeover(station.station_id, opened.epoch)
            await self.send({"type": "websocket.accept", "subprotocol": entered.selected})
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

    async def _open(
        self, station: AdmittedStation, subprotocol: str, handshake: Handshake
    ) -> OpenedConnection:
        """The row of the connection; an older socket sends nothing more meanwhile."""
        gateway = self.gateway
        older = gateway.sockets.get(station.station_id)
        if older is not None:
            older.challenge()
        open_connection = partial(
            connections.open_connection,
            station=station,
            protocol=subprotocol,
            remote_address=handshake.remote_address,
            tls_version=handshake.tls_version,
            server=gateway.server,
            now=gateway.clock(),
        )
        try:
            return await gateway.ingest.run(open_connection)
        except BaseException:
            if older is not None:
                older.unchallenge()
            raise

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
