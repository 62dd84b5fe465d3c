"""What a station shall watch by itself (OCPP 2.x)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from chargers.api.actions.base import SeveralCommandsView, StationActionView
from chargers.domain import commands as wire
from chargers.domain.commands import MonitoringBase, MonitoringCriterion, MonitorType
from chargers.models import ChargingStation, StationCommand
from chargers.services.device_model import monitoring
from common.api.serializers import BodySerializer
from common.clock import utc_now
from common.ids import random_int31

_MAX_NUMBER = 2**31 - 1


def _severity() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=9, help_text="0 (danger) to 9 (debug).")


class MonitorBody(BodySerializer):
    name = serializers.CharField(max_length=255, help_text="Component.Variable")
    type = serializers.ChoiceField([each.value for each in MonitorType])
    value = serializers.FloatField(
        help_text="Threshold, change, or seconds between reports, by the type."
    )
    severity = _severity()
    transaction = serializers.BooleanField(
        default=False, help_text="Only while a transaction runs."
    )
    id = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=_MAX_NUMBER,
        help_text="Number of the monitor that it replaces.",
    )


class SetMonitorsBody(BodySerializer):
    monitors = MonitorBody(many=True, allow_empty=False)


class SetMonitors(SeveralCommandsView):
    """Let a station report when a variable passes a threshold, changes, or periodically. As many
    messages as its limit asks for, whose results tell of each.
    """

    body_class = SetMonitorsBody

    def ask_several(self, station: ChargingStation, data: dict[str, Any]) -> list[StationCommand]:
        monitors = [
            monitoring.NewMonitor(**{**each, "type": MonitorType(each["type"])})
            for each in data["monitors"]
        ]
        return monitoring.set_monitors(
            station=station, monitors=monitors, actor=self.actor, now=utc_now()
        )


class ClearMonitorsBody(BodySerializer):
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=_MAX_NUMBER),
        min_length=1,
        max_length=monitoring.MOST_AT_ONCE,
        help_text="Numbers that the station gave them.",
    )


class ClearMonitors(SeveralCommandsView):
    """Remove monitors; the commands' results tell of each."""

    body_class = ClearMonitorsBody

    def ask_several(self, station: ChargingStation, data: dict[str, Any]) -> list[StationCommand]:
        return monitoring.clear_monitors(
            station=station, numbers=data["ids"], actor=self.actor, now=utc_now()
        )


class MonitoringReportBody(BodySerializer):
    criteria = serializers.ListField(
        child=serializers.ChoiceField([each.value for each in MonitoringCriterion]),
        default=list,
        max_length=3,
        help_text="None means all.",
    )
    names = serializers.ListField(
        child=serializers.CharField(max_length=255),
        default=list,
        max_length=100,
        help_text="Component or Component.Variable; none means all.",
    )


class MonitoringReport(StationActionView):
    """Ask what a station watches; it arrives later and is then listed under the station."""

    body_class = MonitoringReportBody

    def command(self, data: dict[str, Any]) -> wire.Command:
        return wire.GetMonitoringReport(
            request_id=random_int31(),
            criteria=tuple(data["criteria"]),
            names=tuple(data["names"]),
        )


class MonitoringBaseBody(BodySerializer):
    base = serializers.ChoiceField(
        [each.value for each in MonitoringBase],
        help_text="FactoryDefault and HardWiredOnly remove what was set up by commands.",
    )


class SetMonitoringBase(StationActionView):
    """Go back to a known set of monitors."""

    body_class = MonitoringBaseBody

    def command(self, data: dict[str, Any]) -> wire.Command:
        return wire.SetMonitoringBase(base=MonitoringBase(data["base"]))


class MonitoringLevelBody(BodySerializer):
    severity = _severity()


class SetMonitoringLevel(StationActionView):
    """Let a station report only events of this severity and graver ones."""

    body_class = MonitoringLevelBody

    def command(self, data: dict[str, Any]) -> wire.Command:
        return wire.SetMonitoringLevel(severity=data["severity"])
