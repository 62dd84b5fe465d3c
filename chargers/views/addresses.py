"""What stations dial."""

from __future__ import annotations

from django.conf import settings

from chargers.models import ChargingStation


def base_url() -> str:
    """Without an identity: most stations add theirs by themselves."""
    base = settings.PUBLIC_URL.rstrip("/").replace("http", "ws", 1)
    return f"{base}/ocpp/"


def station_url(station: ChargingStation) -> str:
    """The whole address of one station."""
    return f"{base_url()}{station.identity}"
