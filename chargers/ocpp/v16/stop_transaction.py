"""1.6 section 4.10. Tells of a transaction: never refused, whatever is missing."""

from __future__ import annotations

from chargers.domain.messages import Message, TransactionEvent
from chargers.domain.results import TransactionResult
from chargers.domain.vocabulary import TransactionEventType
from chargers.ocpp.fields import Payload, meter, text
from chargers.ocpp.metering import read_meter_values
from chargers.ocpp.notes import Notes
from chargers.ocpp.times import read_time
from chargers.ocpp.v16.id_tag import decode_id_tag, encode_id_tag_info
from chargers.ocpp.v16.transaction_id import decode_transaction_id


def decode(payload: Payload, notes: Notes) -> TransactionEvent:
    return TransactionEvent(
        event_type=TransactionEventType.ENDED,
        device_at=read_time(payload.get("timestamp"), notes, "timestamp"),
        transaction_ref=decode_transaction_id(payload, notes),
        id_token=decode_id_tag(payload),
        meter_wh=meter(payload, "meterStop", notes),
        readings=read_meter_values(payload.get("transactionData", ()), notes, "transactionData"),
        stop_reason=text(payload, "reason", 30),
    )


def encode_result(_message: Message | None, result: TransactionResult) -> Payload:
    return {} if result.token is None else {"idTagInfo": encode_id_tag_info(result.token)}
