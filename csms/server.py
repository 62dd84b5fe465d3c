"""How the web process is served: uvicorn with the settings that stations need."""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
from collections.abc import Sequence

import uvicorn
from django.conf import settings

from common import sse
from common.memory import settle_memory
from csms.protocols import RequestProtocol, StationProtocol
from csms.tls import Listener

logger = logging.getLogger(__name__)

# A peer that does not finish its TLS handshake, or does not part.
_TLS_SECONDS = 8.0


class Server(uvicorn.Server):
    """Uvicorn's server with more ports: TLS of our own beside the plain one.

    It ends the live streams of pages first: uvicorn would wait for them until its patience ends.
    """

    def __init__(self, config: uvicorn.Config, *, listeners: Sequence[Listener] = ()) -> None:
        super().__init__(config)
        self._listeners = listeners

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        try:
            for listener in self._listeners:
                self.servers.append(await self._listen(listener))
        except OSError as error:
            logger.error("a TLS port cannot be opened: %s", error)  # noqa: TRY400 -- no traceback
            self.should_exit = True
        settle_memory()

    async def _listen(self, listener: Listener) -> asyncio.base_events.Server:
        config = self.config
        return await asyncio.get_running_loop().create_server(
            lambda: RequestProtocol(
                config=config, server_state=self.server_state, app_state=self.lifespan.state
            ),
            host=config.host,
            port=listener.port,
            ssl=listener.context,
            ssl_handshake_timeout=_TLS_SECONDS,
            ssl_shutdown_timeout=_TLS_SECONDS,
            backlog=config.backlog,
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        sse.end_all()
        await super().shutdown(sockets)


def raise_file_limit() -> None:
    """Every station is an open file: take as many as the system grants."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def server_config(*, host: str, port: int, log_level: str = "warning") -> uvicorn.Config:
    """Uvicorn's configuration for `csms.asgi`.

    Pings every 20 s without a time-out: some stations never answer them, and any inbound frame
    counts as life. One process; more of them behind a proxy.
    """
    return uvicorn.Config(
        "csms.asgi:application",
        host=host,
        port=port,
        http=RequestProtocol,
        ws=StationProtocol,
        ws_ping_interval=20,
        ws_ping_timeout=None,
        ws_max_size=settings.OCPP_MAX_FRAME_BYTES,
        ws_per_message_deflate=False,
        lifespan="on",
        log_level=log_level,
        access_log=False,
        server_header=False,
        date_header=True,
        backlog=4096,
        timeout_graceful_shutdown=10,
        proxy_headers=bool(settings.TRUSTED_PROXIES),
        forwarded_allow_ips=settings.TRUSTED_PROXIES or None,
    )
