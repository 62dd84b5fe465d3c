"""Health pages for proxies and orchestrators: is the process alive, is it fit for traffic?"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from accounts.policy import public_view
from chargers.gateway.gateway import get_gateway

logger = logging.getLogger(__name__)

Check = Callable[[], Awaitable[None]]

_CHECK_SECONDS = 3.0


@public_view
async def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers. Touches nothing else, so that a lost database restarts nobody."""
    return _uncached(HttpResponse("ok", content_type="text/plain"))


@public_view
async def readyz(_request: HttpRequest) -> HttpResponse:
    """Whether to send traffic here: 200 or 503, and which check failed."""
    names = list(CHECKS)
    results = await asyncio.gather(*(_passes(name) for name in names))
    ready = all(results)
    body = {
        "status": "ready" if ready else "unavailable",
        "checks": {
            name: "ok" if passed else "failed" for name, passed in zip(names, results, strict=True)
        },
    }
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    return _uncached(JsonResponse(body, status=status))


def _uncached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


async def _passes(name: str) -> bool:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            await CHECKS[name]()
    except Exception as error:  # noqa: BLE001 -- whatever it is, we are not ready
        logger.warning("not ready: %s: %r", name, error)
        return False
    return True


async def check_database() -> None:
    """A query is answered."""
    await sync_to_async(_select_one)()


def _select_one() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


async def check_channel_layer() -> None:
    """The bus takes a message (nobody listens to this group)."""
    await get_channel_layer().group_send("health", {"type": "health.ping"})


async def check_ingest() -> None:
    """The thread that writes what stations say is alive."""
    if not get_gateway().ingest.is_alive:
        raise RuntimeError("the ingest thread has ended")


CHECKS: Mapping[str, Check] = {
    "database": check_database,
    "channel_layer": check_channel_layer,
    "ingest": check_ingest,
}
