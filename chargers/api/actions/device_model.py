"""Variables and reports."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from chargers.api.actions.base import SeveralCommandsView, StationActionView
from chargers.domain import commands as wire
from chargers.domain.commands import ComponentCriterion, ReportBase
from chargers.models import ChargingStation, StationCommand
from chargers.services import commands
from chargers.services.device_model import settings
from chargers.services.device_model.limits import MOST_AT_ONCE
from common.api.serializers import BodySerializer
from common.clock import utc_now


class GetVariablesBody(BodySerializer):
    names = serializers.ListField(
        child=serializers.CharField(max_length=255),
        default=list,
        max_length=100,
        help_text="Component.Variable (2.x) or configuration keys (1.6, where none means all).",
    )
    attributes = serializers.ListField(
        child=serializers.ChoiceField(settings.ATTRIBUTES),
        default=list,
        max_length=4,
        help_text="Which attributes of each (2.x); none means Actual.",
    )


class GetVariables(StationActionView):
    """Read variables (2.x) or configuration keys (1.6); they come as the command's result."""

    body_class = GetVariablesBody

    def command(self, data: dict[str, Any]) -> wire.Command:
        return wire.GetVariables(names=tuple(data["names"]), attributes=tuple(data["attributes"]))


class SetVariableBody(BodySerializer):
    name = serializers.CharField(max_length=255)
    value = serializers.CharField(max_length=2500, allow_blank=True, trim_whitespace=False)


class SetVariable(StationActionView):
    """Set one variable (2.x) or configuration key (1.6)."""

    body_class = SetVariableBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return commands.set_variable(station=station, **data, actor=self.actor, now=utc_now())


class ValueBody(BodySerializer):
    name = serializers.CharField(
        max_length=255,
        help_text="Id of a well-known setting, Component.Variable, or a configuration key.",
    )
    value = serializers.CharField(max_length=2500, allow_blank=True, trim_whitespace=False)
    attribute = serializers.ChoiceField(settings.ATTRIBUTES, default="Actual")


class SetVariablesBody(BodySerializer):
    values = ValueBody(many=True, allow_empty=False)


class SetVariables(SeveralCommandsView):
    """Set several values, named as the station does or by ids of well-known settings. One message
    for all in 2.x, whose result tells of each; one message each in 1.6.
    """

    body_class = SetVariablesBody

    def ask_several(self, station: ChargingStation, data: dict[str, Any]) -> list[StationCommand]:
        values = [settings.Wanted(**value) for value in data["values"]]
        return settings.set_values(station=station, values=values, actor=self.actor, now=utc_now())


class ReadVariablesBody(BodySerializer):
    names = serializers.ListField(
        child=serializers.CharField(max_length=255),
        min_length=1,
        max_length=MOST_AT_ONCE,
        help_text="Ids of well-known settings, Component.Variable, or configuration keys.",
    )
    attributes = serializers.ListField(
        child=serializers.ChoiceField(settings.ATTRIBUTES), default=list, max_length=4
    )


class ReadVariables(SeveralCommandsView):
    """Read any number of values; as many messages as the station's limits ask for."""

    body_class = ReadVariablesBody

    def ask_several(self, station: ChargingStation, data: dict[str, Any]) -> list[StationCommand]:
        return settings.read_values(
            station=station,
            names=data["names"],
            attributes=tuple(data["attributes"]),
            actor=self.actor,
            now=utc_now(),
        )


class BaseReportBody(BodySerializer):
    report_base = serializers.ChoiceField(
        [base.value for base in ReportBase], default=ReportBase.FULL.value
    )


class BaseReport(StationActionView):
    """Ask for every variable; they arrive later and are then listed under the station."""

    body_class = BaseReportBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return settings.request_base_report(
            station=station,
            report_base=ReportBase(data["report_base"]),
            actor=self.actor,
            now=utc_now(),
        )


class ReportBody(BodySerializer):
    criteria = serializers.ListField(
        child=serializers.ChoiceField([each.value for each in ComponentCriterion]),
        default=list,
        max_length=4,
        help_text="Components in one of these states (2.x).",
    )
    names = serializers.ListField(
        child=serializers.CharField(max_length=255),
        default=list,
        max_length=100,
        help_text="Component, Component.Variable, or configuration keys (1.6).",
    )


class Report(SeveralCommandsView):
    """Ask for components by their state or by name; they arrive later. As many reports as the
    station's limit on names asks for.
    """

    body_class = ReportBody

    def ask_several(self, station: ChargingStation, data: dict[str, Any]) -> list[StationCommand]:
        return settings.request_report(
            station=station,
            criteria=tuple(data["criteria"]),
            names=tuple(data["names"]),
            actor=self.actor,
            now=utc_now(),
        )
