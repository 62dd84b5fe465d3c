"""What is left out of a payload when a command does not say it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chargers.ocpp.fields import Payload
from chargers.ocpp.times import format_time


def given(**values: Any) -> Payload:
    """The named values that are there, under their names on the wire; instants as text."""
    return {
        name: format_time(value) if isinstance(value, datetime) else value
        for name, value in values.items()
        if value is not None and value != ""
    }
