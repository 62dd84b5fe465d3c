"""N02: a page of the station's monitors."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal

from chargers.domain.messages import NotifyMonitoringReport, ReportedMonitor
from chargers.ocpp import answers
from chargers.ocpp.fields import INT32, Payload, integer, require_integer, text
from chargers.ocpp.notes import Notes
from chargers.ocpp.v201.variables import named_variable

LEAST_SEVERE = 9

encode_result = answers.nothing


def decode(payload: Payload, notes: Notes) -> NotifyMonitoringReport:
    """One faulty entry costs that entry, never the report (Q20)."""
    return NotifyMonitoringReport(
        request_id=require_integer(payload, "requestId", notes),
        seq_no=integer(payload, "seqNo", notes, limit=INT32) or 0,
        is_last=not payload.get("tbc", False),
        monitors=tuple(
            monitor for entry in payload.get("monitor", ()) for monitor in _monitors(entry, notes)
        ),
    )


def _monitors(entry: Payload, notes: Notes) -> Iterator[ReportedMonitor]:
    named = named_variable(entry, notes)
    for each in entry.get("variableMonitoring", ()):
        number = integer(each, "id", notes)
        if named is None or number is None:
            notes.add("monitor", "entry without name or id")
            continue
        severity = integer(each, "severity", notes)
        yield ReportedMonitor(
            variable=named,
            id=number,
            type=text(each, "type", 30),
            value=_number(each.get("value")),
            severity=LEAST_SEVERE if severity is None else min(max(severity, 0), LEAST_SEVERE),
            only_in_transactions=bool(each.get("transaction", False)),
        )


def _number(value: object) -> float:
    """Numbers beyond a float's range are a fault of the frame; 0 then."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return 0.0
    try:
        number = float(value)
    except OverflowError:
        return 0.0
    return number if math.isfinite(number) else 0.0
