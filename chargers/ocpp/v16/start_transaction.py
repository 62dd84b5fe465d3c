"""1.6 section 4.8. Tells of a transaction: never refused."""

from __future__ import annotations

from chargers.domain.messages import Message, TransactionEvent
from chargers.domain.results import TransactionResult
from chargers.domain.vocabulary import AuthorizationStatus, TransactionEventType
from chargers.ocpp.fields import Payload, integer, meter, place
from chargers.ocpp.notes import Notes
from chargers.ocpp.times import read_time
from chargers.ocpp.v16.id_tag import decode_id_tag, encode_id_tag_info


def decode(payload: Payload, notes: Notes) -> TransactionEvent:
    evse = place(payload, "connectorId", notes)
    return TransactionEvent(
        event_type=TransactionEventType.STARTED,
        device_at=read_time(payload.get("timestamp"), notes, "timestamp"),
        evse=evse,
        connector=1 if evse else None,
        id_token=decode_id_tag(payload),
        meter_wh=meter(payload, "meterStart", notes),
        reservation_id=integer(payload, "reservationId", notes),
    )


def encode_result(_message: Message | None, result: TransactionResult) -> Payload:
    """A refusal carries a transactionId too: some stations charge all the same (Q54).

    Raises:
        ValueError: the service assigned no id.
    """
    if result.assigned_id is None:
        raise ValueError("a 1.6 transaction needs an assigned id")
    if result.token is None:
        id_tag_info: Payload = {"status": AuthorizationStatus.ACCEPTED.value}
    else:
        id_tag_info = encode_id_tag_info(result.token)
    return {"transactionId": result.assigned_id, "idTagInfo": id_tag_info}
