"""EVSEType as commands use it."""

from __future__ import annotations

from chargers.ocpp.fields import Payload


def encode_evse(evse: int | None, connector: int | None) -> Payload:
    """`{"evse": …}`, or nothing when the whole station is meant."""
    if not evse:
        return {}
    place: Payload = {"id": evse}
    if connector:
        place["connectorId"] = connector
    return {"evse": place}
