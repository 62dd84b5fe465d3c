"""ASGI entry point: pages and API over HTTP, stations over `/ocpp/`, gateway by lifespan."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csms.settings")
django_application = get_asgi_application()

# Models must be loaded before anything below is imported.
from chargers.consumers import OcppConsumer, refuse_plain_http  # noqa: E402
from chargers.gateway.gateway import Gateway, get_gateway, set_gateway  # noqa: E402
from common.clock import utc_now  # noqa: E402

_ocpp = OcppConsumer.as_asgi()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Route by protocol."""
    if scope["type"] == "http" and _is_ocpp(scope):
        await refuse_plain_http(scope, send)
    elif scope["type"] == "http":
        await django_application(scope, receive, send)
    elif scope["type"] == "websocket":
        await _websocket(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _lifespan(receive, send)


def _is_ocpp(scope: dict[str, Any]) -> bool:
    return bool(scope["path"].lstrip("/").startswith("ocpp/"))


async def _websocket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if _is_ocpp(scope):
        await _ocpp(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.http.response.start", "status": 404, "headers": []})
    await send({"type": "websocket.http.response.body", "body": b"nothing here"})


async def _lifespan(receive: Any, send: Any) -> None:
    await receive()
    gateway = Gateway(loop=asyncio.get_running_loop(), clock=utc_now)
    try:
        await gateway.start()
    except Exception as error:  # noqa: BLE001 -- told to the server, which then stops
        await send({"type": "lifespan.startup.failed", "message": repr(error)})
        return
    set_gateway(gateway)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await get_gateway().stop()
    set_gateway(None)
    await send({"type": "lifespan.shutdown.complete"})
