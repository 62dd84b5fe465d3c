"""Answers that look the same in every version."""

from __future__ import annotations

from chargers.domain.messages import Message
from chargers.domain.results import BootResult, DataTransferResult, HeartbeatResult, Result
from chargers.ocpp.fields import Payload
from chargers.ocpp.times import format_time


def nothing(_message: Message | None, _result: Result) -> Payload:
    return {}


def boot(_message: Message | None, result: BootResult) -> Payload:
    return {
        "status": result.status.value,
        "currentTime": format_time(result.now),
        "interval": result.interval_seconds,
    }


def current_time(_message: Message | None, result: HeartbeatResult) -> Payload:
    return {"currentTime": format_time(result.now)}


def data_transfer(_message: Message | None, result: DataTransferResult) -> Payload:
    payload: Payload = {"status": result.status}
    if result.data is not None:
        payload["data"] = result.data
    return payload
