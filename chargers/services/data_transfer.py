"""DataTransfer from stations: a table from vendor and message to who understands it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from chargers import ports
from chargers.domain.context import StationContext
from chargers.domain.messages import DataTransfer
from chargers.domain.results import DataTransferResult
from chargers.ports import DataTransferHandler

# Extensions that are spoken here; higher floors add theirs by `ports.set_data_transfer_handlers`.
HANDLERS: Mapping[str, Mapping[str, DataTransferHandler]] = {}
EVERY_MESSAGE = ""


def answer_data_transfer(
    message: DataTransfer, *, station: StationContext, received_at: datetime
) -> DataTransferResult:
    """DataTransfer (P02): the vendor's handler answers, nobody's message is told so.

    Either way the frame log keeps it.
    """
    tables = (HANDLERS, ports.data_transfer_handlers())
    known = [table[message.vendor_id] for table in tables if message.vendor_id in table]
    if not known:
        return DataTransferResult(status="UnknownVendorId")
    for handlers in known:
        handler = handlers.get(message.message_id) or handlers.get(EVERY_MESSAGE)
        if handler is not None:
            return handler(message, station=station, received_at=received_at)
    return DataTransferResult(status="UnknownMessageId")
