"""The dialects that a simulated station can speak, by the name people use for them."""

from __future__ import annotations

from chargers.simulator.models import HardwareModel
from chargers.simulator.wire import Wire
from chargers.simulator.wire16 import Wire16
from chargers.simulator.wire201 import Wire201

WIRES: dict[str, type[Wire16 | Wire201]] = {"1.6": Wire16, "2.0.1": Wire201}


def make_wire(protocol: str, hardware: HardwareModel, serial: str) -> Wire:
    """Make a codec for one station; raises `ValueError` naming the known protocols."""
    try:
        return WIRES[protocol](hardware, serial)
    except KeyError:
        raise ValueError(f"unknown protocol {protocol!r}; known: {', '.join(WIRES)}") from None
