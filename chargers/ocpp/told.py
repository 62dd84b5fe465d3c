"""What a stored call says of itself, for readers of the log."""

from __future__ import annotations

from datetime import datetime

from chargers.ocpp.frames import CALL, parse
from chargers.ocpp.times import parse_time

_NAMES = ("timestamp", "generatedAt")
# Calls of any version that tell the station's own time at their top.
CLOCKED_ACTIONS = ("StatusNotification", "NotifyEvent", "NotifyReport", "SecurityEventNotification")


def told_at(raw: str) -> datetime | None:
    """The station's own time in a call as it came; None where it tells none. Never raises."""
    frame = parse(raw).frame
    if not isinstance(frame, list) or len(frame) < 4 or frame[0] != CALL:
        return None
    payload = frame[3]
    if not isinstance(payload, dict):
        return None
    found = (parse_time(payload.get(name)) for name in _NAMES)
    return next((instant for instant in found if instant is not None), None)
