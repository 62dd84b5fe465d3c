"""The floor: a raw ASGI application that answers each CALL with a fixed CALLRESULT.

No Channels, no decoding, no database: what uvicorn and the socket cost by themselves.
"""

from __future__ import annotations

from typing import Any


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "websocket":
        return
    await receive()
    subprotocols = scope["subprotocols"]
    await send(
        {"type": "websocket.accept", "subprotocol": subprotocols[0] if subprotocols else None}
    )
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return
        # [2,"id","Action",{…}]: the id stands between the first two quotation marks.
        message_id = event["text"].split('"', 2)[1]
        await send({"type": "websocket.send", "text": f'[3,"{message_id}",{{}}]'})
