"""Orders of block N of OCPP 2.0.1: one small function an action, and the events that follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeAlias

from chargers.simulator.commands import CommandDesk
from chargers.simulator.monitors201 import MonitorBook, Notice, Wish
from chargers.simulator.neutral import Json
from chargers.simulator.variables201 import (
    VariableStore,
    check_items,
    covers,
    decode_name,
    encode_name,
    send_pages,
)
from chargers.simulator.wire import stamp

Handler: TypeAlias = Callable[[Json, CommandDesk, VariableStore, MonitorBook], Json]
_CRITERIA = {
    "ThresholdMonitoring": ("UpperThreshold", "LowerThreshold"),
    "DeltaMonitoring": ("Delta",),
    "PeriodicMonitoring": ("Periodic", "PeriodicClockAligned"),
}


def set_monitoring(
    payload: Json, desk: CommandDesk, store: VariableStore, book: MonitorBook
) -> Json:
    items = payload["setMonitoringData"]
    check_items("SetVariableMonitoring", len(items))
    results = []
    for item in items:
        wish = Wish(
            decode_name(item),
            item["type"],
            float(item["value"]),
            int(item["severity"]),
            bool(item.get("transaction", False)),
            item.get("id"),
        )
        status, number = book.set(wish, store, desk)
        told: Json = {"status": status, "type": wish.type, "severity": wish.severity}
        if number is not None:
            told["id"] = number
        results.append({**encode_name(wish.name), **told})
    return {"setMonitoringResult": results}


def clear_monitoring(
    payload: Json, _: CommandDesk, _store: VariableStore, book: MonitorBook
) -> Json:
    check_items("ClearVariableMonitoring", len(payload["id"]))
    return {
        "clearMonitoringResult": [
            {"id": number, "status": book.clear(int(number))} for number in payload["id"]
        ]
    }


def set_base(payload: Json, desk: CommandDesk, store: VariableStore, book: MonitorBook) -> Json:
    book.reset(payload["monitoringBase"], store, desk)
    return {"status": "Accepted"}


def set_level(payload: Json, _: CommandDesk, _store: VariableStore, book: MonitorBook) -> Json:
    severity = int(payload["severity"])
    if not 0 <= severity <= 9:
        return {"status": "Rejected"}
    book.level = severity
    return {"status": "Accepted"}


def get_report(payload: Json, desk: CommandDesk, store: VariableStore, book: MonitorBook) -> Json:
    wanted = [decode_name(item) for item in payload.get("componentVariable", [])]
    kinds = [kind for word in payload.get("monitoringCriteria", []) for kind in _CRITERIA[word]]
    rows = [
        {
            **encode_name(monitor.name),
            "variableMonitoring": [
                {
                    "id": monitor.id,
                    "transaction": monitor.transaction,
                    "value": monitor.value,
                    "type": monitor.type,
                    "severity": monitor.severity,
                }
            ],
        }
        for monitor in book.all(store, desk)
        if (not kinds or monitor.type in kinds)
        and (not wanted or any(covers(name, monitor.name) for name in wanted))
    ]
    request_id = int(payload["requestId"])
    return send_pages("NotifyMonitoringReport", "monitor", request_id, rows, desk)


def notify_event(notices: Iterable[Notice], at: datetime, next_id: Callable[[], int]) -> Json:
    """Write what monitors noticed (N07)."""
    return {
        "generatedAt": stamp(at),
        "seqNo": 0,
        "eventData": [_event(notice, at, next_id()) for notice in notices],
    }


def _event(notice: Notice, at: datetime, number: int) -> Json:
    monitor = notice.monitor
    return {
        "eventId": number,
        "timestamp": stamp(at),
        "trigger": notice.trigger,
        "actualValue": notice.value,
        "cleared": notice.cleared,
        "eventNotificationType": str(monitor.origin),
        "variableMonitoringId": monitor.id,
        **encode_name(monitor.name),
    }


HANDLERS: dict[str, Handler] = {
    "ClearVariableMonitoring": clear_monitoring,
    "GetMonitoringReport": get_report,
    "SetMonitoringBase": set_base,
    "SetMonitoringLevel": set_level,
    "SetVariableMonitoring": set_monitoring,
}
