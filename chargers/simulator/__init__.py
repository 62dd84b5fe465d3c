"""Simulated charging stations over real websockets: see README.md beside this file."""

from __future__ import annotations

from chargers.simulator.client import Frame
from chargers.simulator.clock import Clock, RunningClock, VirtualClock
from chargers.simulator.link import CallRefused, LinkLost, NoAnswer, Stats, UnableToConnect
from chargers.simulator.models import MODELS, HardwareModel
from chargers.simulator.neutral import IdToken, Status, Tx
from chargers.simulator.settings import Settings
from chargers.simulator.simulated import (
    NotAuthorized,
    SimulatedStation,
    charge_together,
)
from chargers.simulator.station import UnableToStart
from chargers.simulator.vehicle import Vehicle

__all__ = [
    "MODELS",
    "CallRefused",
    "Clock",
    "Frame",
    "HardwareModel",
    "IdToken",
    "LinkLost",
    "NoAnswer",
    "NotAuthorized",
    "RunningClock",
    "Settings",
    "SimulatedStation",
    "Stats",
    "Status",
    "Tx",
    "UnableToConnect",
    "UnableToStart",
    "Vehicle",
    "VirtualClock",
    "charge_together",
]
