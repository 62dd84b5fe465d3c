"""What a station remembers of tokens. Reservations are a resource of their own."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from chargers.api.actions.base import StationActionView
from chargers.domain import commands as wire
from chargers.models import ChargingStation, StationCommand
from chargers.ocpp.access import SWITCHES, AccessSetting
from chargers.services.local_lists.control import (
    read_settings,
    read_version,
    set_switch,
    sync_list,
)
from common.api.serializers import BodySerializer
from common.clock import utc_now


class ClearCache(StationActionView):
    """Have the station forget which tokens it has seen."""

    def command(self, data: dict[str, Any]) -> wire.Command:  # noqa: ARG002
        return wire.ClearCache()


class SendLocalListBody(BodySerializer):
    full = serializers.BooleanField(
        default=False, help_text="Send the whole list, whatever the station is known to hold."
    )


class SendLocalList(StationActionView):
    """Bring the station's local list in step with your tokens now.

    The answer is the first command of what may be several; `local-list` of the station tells how
    far it is. Works for a list that is not managed, too.
    """

    body_class = SendLocalListBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return sync_list(station=station, full=data["full"], actor=self.actor, now=utc_now())


class GetLocalListVersion(StationActionView):
    """Ask which version of the local list the station holds."""

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:  # noqa: ARG002
        return read_version(station=station, actor=self.actor, now=utc_now())


class ReadAccessSettings(StationActionView):
    """Read what the station does with tokens: its switches and the room in its list."""

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:  # noqa: ARG002
        return read_settings(station=station, actor=self.actor, now=utc_now())


class AccessSettingBody(BodySerializer):
    setting = serializers.ChoiceField(
        [str(setting) for setting in SWITCHES],
        help_text="Which switch; the station's own name of it is found by its version.",
    )
    is_on = serializers.BooleanField()


class SetAccessSetting(StationActionView):
    """Switch the list, the cache, or what holds while the station is offline."""

    body_class = AccessSettingBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return set_switch(
            station=station,
            setting=AccessSetting(data["setting"]),
            is_on=data["is_on"],
            actor=self.actor,
            now=utc_now(),
        )
