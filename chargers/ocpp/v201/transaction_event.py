"""E01 to E15. Never refused, whatever is missing."""

from __future__ import annotations

from chargers.domain.messages import Message, TransactionEvent
from chargers.domain.results import TransactionResult
from chargers.domain.vocabulary import ChargingState, TransactionEventType
from chargers.ocpp.fields import Payload, identifier, integer, place, text, word
from chargers.ocpp.metering import read_meter_values
from chargers.ocpp.notes import Notes
from chargers.ocpp.times import read_time
from chargers.ocpp.v201.id_token import decode_id_token, encode_id_token_info, encode_message

# What stands for stoppedReason where a station leaves it out though it was not stopped locally.
_REASON_BY_TRIGGER = {"RemoteStop": "Remote", "Deauthorized": "DeAuthorized"}


def decode(payload: Payload, notes: Notes) -> TransactionEvent:
    info: Payload = payload.get("transactionInfo", {})
    evse: Payload = payload.get("evse", {})
    return TransactionEvent(
        event_type=_event_type(payload, info, notes),
        device_at=read_time(payload.get("timestamp"), notes, "timestamp"),
        transaction_ref=identifier(info, "transactionId") or None,
        evse=place(evse, "id", notes),
        connector=place(evse, "connectorId", notes),
        id_token=decode_id_token(payload),
        readings=read_meter_values(payload.get("meterValue", ()), notes, "meterValue"),
        seq_no=integer(payload, "seqNo", notes),
        charging_state=word(ChargingState, info.get("chargingState")),
        trigger_reason=text(payload, "triggerReason", 40),
        stop_reason=text(info, "stoppedReason", 30) or _reason_by_trigger(payload),
        remote_start_id=integer(info, "remoteStartId", notes),
        reservation_id=integer(payload, "reservationId", notes),
        offline=bool(payload.get("offline", False)),
    )


def encode_result(_message: Message | None, result: TransactionResult) -> Payload:
    answer: Payload = {}
    if result.token is not None:
        answer["idTokenInfo"] = encode_id_token_info(result.token)
    if result.total_cost is not None:
        answer["totalCost"] = float(result.total_cost)
    if result.message is not None:
        answer["updatedPersonalMessage"] = encode_message(result.message)
    return answer


def _reason_by_trigger(payload: Payload) -> str:
    if payload.get("eventType") != TransactionEventType.ENDED:
        return ""
    return _REASON_BY_TRIGGER.get(text(payload, "triggerReason", 40), "")


def _event_type(payload: Payload, info: Payload, notes: Notes) -> TransactionEventType:
    """The type, or the likeliest one: only an ended transaction has a reason to have stopped."""
    known = word(TransactionEventType, payload.get("eventType"))
    if known is not None:
        return known
    notes.add("eventType", "guessed")
    return TransactionEventType.ENDED if "stoppedReason" in info else TransactionEventType.UPDATED
