"""Uvicorn's protocols with what stations need: the TLS peer in the scope, and an end to patience.

A peer that dawdles costs a socket and some memory for a few seconds, whether it sends its request
byte by byte, takes no answer, or does not part.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from asyncio import BaseTransport, Task, TimerHandle
from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from chargers.gateway.handshake import HOP, TLS

REQUEST_SECONDS = 8.0
WRITE_SECONDS = 8.0
PARTING_SECONDS = 5.0
# What we sent and the peer's machine has not confirmed for so long: it is gone, or takes nothing.
# Pings leave every 20 s, so this finds dead lines too. The kernel counts (RFC 5482); it knows of
# every byte, where a buffer of ours fills only after the kernel's megabytes have.
UNCONFIRMED_SECONDS = 30.0
# In the kernel, for a station: more than any frame of ours, less than it would grow to.
SEND_BUFFER = 65_536
_OF_PROXIES = frozenset({b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"})
_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
# Numbers of the TLS registry, as ASGI's extension wants them.
_TLS_VERSIONS = {"TLSv1": 0x0301, "TLSv1.1": 0x0302, "TLSv1.2": 0x0303, "TLSv1.3": 0x0304}


@lru_cache(maxsize=4096)
def _is_trusted(address: str, proxies: tuple[str, ...]) -> bool:
    if "*" in proxies:
        return True
    try:
        peer = ip_address(address)
        return any(peer in ip_network(proxy, strict=False) for proxy in proxies)
    except ValueError:
        return False


def is_trusted_hop(address: str) -> bool:
    """Whether a peer may tell us about the one behind it (`CSMS_TRUSTED_PROXIES`)."""
    return bool(address) and _is_trusted(address, tuple(settings.TRUSTED_PROXIES))


def tls_of(transport: Any) -> dict[str, Any] | None:
    """The ASGI TLS extension of a connection; None without TLS."""
    connection: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
    if connection is None:
        return None
    der = connection.getpeercert(binary_form=True)
    return {
        "server_cert": None,
        "client_cert_chain": [ssl.DER_cert_to_PEM_cert(der)] if der else [],
        "client_cert_name": None,
        "client_cert_error": None,
        "tls_version": _TLS_VERSIONS.get(connection.version() or ""),
        "cipher_suite": None,
    }


def limit_patience(transport: BaseTransport) -> None:
    """Let the kernel end a connection whose peer confirms nothing (Linux; elsewhere no change)."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        millis = int(UNCONFIRMED_SECONDS * 1000)
        _set_option(transport, socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, millis)


def _set_option(transport: BaseTransport, level: int, option: int, value: int) -> None:
    # A socket of the machine itself (AF_UNIX) knows none of TCP's options.
    with contextlib.suppress(OSError):
        transport.get_extra_info("socket").setsockopt(level, option, value)


class RequestProtocol(HttpToolsProtocol):
    """HTTP whose request lines and headers must come within a few seconds."""

    _request_timer: TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        limit_patience(transport)
        self._expect_request()

    def data_received(self, data: bytes) -> None:
        # The next request on a connection that is kept; uvicorn's own timer ends with its first byte.
        if self._request_timer is None and self._is_between_requests():
            self._expect_request()
        super().data_received(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() in _OF_PROXIES and not self._may_tell():
            return
        super().on_header(name, value)

    def _may_tell(self) -> bool:
        """Without a list of proxies, pages believe whoever is in front, as they always did."""
        return not settings.TRUSTED_PROXIES or is_trusted_hop(self.client[0] if self.client else "")

    def on_headers_complete(self) -> None:
        self._forget_timer()
        super().on_headers_complete()

    def handle_websocket_upgrade(self) -> None:
        self._forget_timer()
        super().handle_websocket_upgrade()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_timer()
        super().connection_lost(exc)

    def _is_between_requests(self) -> bool:
        cycle: Any = self.cycle
        return cycle is None or bool(cycle.response_complete)

    def _expect_request(self) -> None:
        self._request_timer = self.loop.call_later(REQUEST_SECONDS, self.transport_abort)

    def _forget_timer(self) -> None:
        if self._request_timer is not None:
            self._request_timer.cancel()
            self._request_timer = None

    def transport_abort(self) -> None:
        self.transport.abort()


class StationProtocol(WebSocketsSansIOProtocol):
    """WebSocket of a station (and of nobody else).

    `scope["extensions"]` gets `tls` (the ASGI extension, with the verified client certificate)
    and `stationmaster.hop`: whether the peer of the socket is a trusted proxy, whether it is gone,
    and a place for whoever wants to hear of pongs.
    """

    _write_timer: TimerHandle | None = None
    _parting_timer: TimerHandle | None = None
    _hop: dict[str, Any] | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        _set_option(transport, socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.handshake_initiated and self.conn.handshake_exc is not None:
            self._refuse_request()

    def _refuse_request(self) -> None:
        """A request that is HTTP, but too long for the WebSocket parser: uvicorn would keep it
        waiting for ever.
        """
        self.handshake_complete = True
        self.transport.write(_BAD_REQUEST)
        self.transport.close()

    async def run_asgi(self) -> None:
        extensions: dict[str, Any] = self.scope["extensions"]
        self._hop = {
            "trusted": is_trusted_hop(self.client[0] if self.client else ""),
            "on_pong": None,
            "is_gone": False,
        }
        extensions[HOP] = self._hop
        tls = tls_of(self.transport)
        if tls is not None:
            extensions[TLS] = tls
        self._application = self.app
        self.app = self._run_application
        await super().run_asgi()

    async def _run_application(self, scope: Any, receive: Any, send: Any) -> None:
        await self._application(scope, receive, send)
        # A refusal ends the handshake as well. Uvicorn would log an error of ours for every peer
        # that has got one and stays.
        self.handshake_complete = self.handshake_complete or self.initial_response is not None

    def send_receive_event_to_app(self) -> None:
        """Text that is no UTF-8 ends its socket (RFC 6455, 8.1), without a traceback in the log."""
        if self.curr_msg_data_type == "text" and not self.close_sent and not self._is_utf8():
            self.conn.send_close(1007, "text that is no UTF-8")
            self.handle_parser_exception()
            return
        super().send_receive_event_to_app()

    def _is_utf8(self) -> bool:
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        if data.isascii():
            return True
        try:
            data.decode()
        except UnicodeDecodeError:
            return False
        return True

    def handle_pong(self, event: Any) -> None:
        on_pong: Callable[[], None] | None = self._hop["on_pong"] if self._hop else None
        if on_pong is not None:
            on_pong()
        super().handle_pong(event)

    # -- a peer that takes nothing -------------------------------------------------------------

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._write_timer is None:
            self._write_timer = self.loop.call_later(WRITE_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_writing_timer()

    def on_task_complete(self, task: Task[None]) -> None:
        super().on_task_complete(task)
        if not self.disconnected:
            self._parting_timer = self.loop.call_later(PARTING_SECONDS, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._hop is not None:
            self._hop["is_gone"] = True
        self._stop_writing_timer()
        if self._parting_timer is not None:
            self._parting_timer.cancel()
        super().connection_lost(exc)

    def _stop_writing_timer(self) -> None:
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None
