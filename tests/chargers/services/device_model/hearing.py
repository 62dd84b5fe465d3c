"""A station's message as the ingest passes it on."""

from __future__ import annotations

from datetime import datetime

from chargers.domain.messages import Message
from chargers.models import ChargingStation
from chargers.services.handling import handle
from common.tenancy import system_scope
from tests.factories import context_of


def hear(station: ChargingStation, message: Message, received_at: datetime) -> None:
    with system_scope("tests: what the ingest does"):
        handle(message, station=context_of(station, station.protocol), received_at=received_at)
