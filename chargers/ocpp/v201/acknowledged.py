"""Reports that have no neutral message.

They are kept as raw frames and acknowledged: refused, a station would fill its queue with them.
"""

from __future__ import annotations

from chargers.ocpp import answers
from chargers.ocpp.fields import Payload
from chargers.ocpp.notes import Notes

encode_result = answers.nothing


def decode(_payload: Payload, _notes: Notes) -> None:
    return None
