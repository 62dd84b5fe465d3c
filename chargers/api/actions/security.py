"""A new key, where and how the station connects."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from chargers.api.actions.base import StationActionView
from chargers.domain import commands as wire
from chargers.models import ChargingStation, StationCommand
from chargers.services.station_keys import send_new_key
from common.api.serializers import BodySerializer
from common.clock import utc_now

_INTERFACES = [f"{kind}{number}" for kind in ("Wired", "Wireless") for number in range(4)]


class SendNewKey(StationActionView):
    """Send the station a new random key that nobody gets to see.

    The old one stays valid until the station has connected with the new one.
    """

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:  # noqa: ARG002
        return send_new_key(station=station, actor=self.actor, now=utc_now())


class NetworkProfileBody(BodySerializer):
    slot = serializers.IntegerField(min_value=0, max_value=100)
    url = serializers.RegexField(
        r"^wss?://", max_length=512, help_text="Of the central system, without the identity."
    )
    security_profile = serializers.IntegerField(
        min_value=1, max_value=3, help_text="Not below the station's minimum."
    )
    message_timeout_seconds = serializers.IntegerField(min_value=1, max_value=3600, default=30)
    interface = serializers.ChoiceField(_INTERFACES, default="Wired0")
    apn = serializers.CharField(max_length=512, default="", allow_blank=True)
    apn_authentication = serializers.ChoiceField(["AUTO", "NONE", "PAP", "CHAP"], default="AUTO")
    apn_user = serializers.CharField(max_length=20, default="", allow_blank=True)
    apn_password = serializers.CharField(
        max_length=20, default="", allow_blank=True, trim_whitespace=False
    )


class SetNetworkProfile(StationActionView):
    """Set where and how the station connects (2.x, B09)."""

    body_class = NetworkProfileBody

    def command(self, data: dict[str, Any]) -> wire.Command:
        return wire.SetNetworkProfile(**data)
