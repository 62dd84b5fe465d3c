"""The naive way: each message in a Django ORM transaction of its own, answered after its commit.

It stores what the product stores: the reading, the raw frame, the last reading of the transaction.
It understands MeterValues of OCPP 1.6 and checks no credentials.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from django.db import transaction

import bench.django_setup  # noqa: F401 -- models need it
from chargers.models import MeterValue, OcppFrame, Transaction
from common.clock import utc_now
from common.tenancy import system_scope

# Commits overlap: four threads get more through than one, for the same CPU a message.
_threads = ThreadPoolExecutor(max_workers=4)

_FIELDS = {
    "Energy.Active.Import.Register": "energy_wh",
    "Power.Active.Import": "power_w",
    "SoC": "soc_percent",
}


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept", "subprotocol": scope["subprotocols"][0]})
    loop = asyncio.get_running_loop()
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return
        reply = await loop.run_in_executor(_threads, store, event["text"])
        await send({"type": "websocket.send", "text": reply})


def store(raw: str) -> str:
    """Store one MeterValues; its CALLRESULT."""
    now = utc_now()
    _, message_id, action, payload = json.loads(raw)
    reply = json.dumps([3, message_id, {}])
    with system_scope("bench: stations of every operator"), transaction.atomic():
        row = Transaction.objects.get(assigned_id=payload["transactionId"])
        for value in payload["meterValue"]:
            _store_reading(row, value, payload["connectorId"], now)
        OcppFrame.objects.create(
            operator_id=row.operator_id,
            station_id=row.station_id,
            epoch=1,
            at=now,
            direction=OcppFrame.Direction.FROM_STATION,
            action=action,
            message_id=message_id,
            raw=raw,
            reply=reply,
            replied_at=now,
        )
    return reply


def _store_reading(row: Transaction, value: dict[str, Any], evse: int, now: datetime) -> None:
    taken_at = datetime.fromisoformat(value["timestamp"])
    fields: dict[str, Any] = {}
    for sample in value["sampledValue"]:
        if sample["measurand"] in _FIELDS:
            fields[_FIELDS[sample["measurand"]]] = int(sample["value"])
        else:
            fields["current_l1_ma"] = int(float(sample["value"]) * 1000)
    MeterValue.objects.create(
        operator_id=row.operator_id,
        station_id=row.station_id,
        transaction=row,
        evse_number=evse,
        taken_at=taken_at,
        device_at=taken_at,
        received_at=now,
        digest=zlib.crc32(json.dumps(value).encode()),
        **fields,
    )
    row.last_reading_at = taken_at
    row.last_energy_wh = fields["energy_wh"]
    row.power_w = fields["power_w"]
    row.soc_percent = fields["soc_percent"]
    row.save(update_fields=["last_reading_at", "last_energy_wh", "power_w", "soc_percent"])
