"""Variables and reports."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from chargers.api.actions.base import StationActionView
from chargers.domain import commands as wire
from chargers.models import ChargingStation, StationCommand
from chargers.services import commands
from common.api.serializers import BodySerializer
from common.clock import utc_now


class GetVariablesBody(BodySerializer):
    names = serializers.ListField(
        child=serializers.CharField(max_length=255),
        default=list,
        max_length=100,
        help_text="Component.Variable (2.x) or configuration keys (1.6, where none means all).",
    )


class GetVariables(StationActionView):
    """Read variables (2.x) or configuration keys (1.6); they come as the command's result."""

    body_class = GetVariablesBody

    def command(self, data: dict[str, Any]) -> wire.Command:
        return wire.GetVariables(names=tuple(data["names"]))


class SetVariableBody(BodySerializer):
    name = serializers.CharField(max_length=255)
    value = serializers.CharField(max_length=2500, allow_blank=True, trim_whitespace=False)


class SetVariable(StationActionView):
    """Set one variable (2.x) or configuration key (1.6)."""

    body_class = SetVariableBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return commands.set_variable(station=station, **data, actor=self.actor, now=utc_now())


class BaseReport(StationActionView):
    """Ask for every variable; they arrive later and are then listed under the station."""

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:  # noqa: ARG002
        return commands.get_base_report(station=station, actor=self.actor, now=utc_now())
