"""How the web process is served: uvicorn with the settings that stations need."""

from __future__ import annotations

import uvicorn
from django.conf import settings


def server_config(*, host: str, port: int, log_level: str = "warning") -> uvicorn.Config:
    """Uvicorn's configuration for `csms.asgi`.

    Pings every 20 s without a time-out: some stations never answer them, and any inbound frame
    counts as life. One process; more of them behind a proxy.
    """
    return uvicorn.Config(
        "csms.asgi:application",
        host=host,
        port=port,
        ws="websockets-sansio",
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
