"""Wake-ups for the process that holds a station's socket (implements `ports.CommandWaker`)."""

from __future__ import annotations

from uuid import UUID

from common import bus

GROUP = "ocpp"
WAKE = "ocpp.wake"
SUPERSEDED = "ocpp.superseded"
DISCONNECT = "ocpp.disconnect"
QUIRKS = "ocpp.quirks"


class BusCommandWaker:
    """Tells every web process that a station has something to do; one of them holds it."""

    def wake(self, station_id: UUID) -> None:
        """There is a queued command. Lost wake-ups are found by the gateway's own sweep."""
        bus.post(GROUP, {"type": WAKE, "station": str(station_id)})

    def disconnect(self, station_id: UUID) -> None:
        """Close the station's socket (key rotated, station disabled)."""
        bus.post(GROUP, {"type": DISCONNECT, "station": str(station_id)})

    def quirks_changed(self, operator_id: UUID) -> None:
        """Sockets of this operator ask again what is special about their stations.

        Lost, it takes effect at the next connect or boot.
        """
        bus.post(GROUP, {"type": QUIRKS, "operator": str(operator_id)})


def announce_takeover(station_id: UUID, epoch: int) -> None:
    """Another process may still hold an older socket of this station."""
    bus.post(GROUP, {"type": SUPERSEDED, "station": str(station_id), "epoch": epoch})
