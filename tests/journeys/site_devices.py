"""What the second process can tell of the device model; imported by `second_process`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chargers.models import (
    ChargingStation,
    DeviceEvent,
    StationCommand,
    StationReport,
    StationVariable,
    VariableMonitor,
)
from chargers.selectors.configuration import recent_changes
from chargers.services.device_model.variables import full_name
from common.clock import utc_now
from operations.selectors.attention import AlertKind, Alerts
from tests.journeys.site_actions import Row, action


@action
def age_boot(identity: str) -> None:
    """Let the station have started ten minutes ago, so that its next start is no repetition."""
    ago = utc_now() - timedelta(minutes=10)
    ChargingStation.objects.filter(identity=identity).update(booted_at=ago)


@action
def variables(identity: str) -> dict[str, str]:
    """Full name to value."""
    rows = StationVariable.objects.filter(station__identity=identity)
    return {full_name(row): row.value for row in rows}


@action
def reports(identity: str) -> list[Row]:
    rows = StationReport.objects.filter(station__identity=identity).order_by("id")
    return [dict(row) for row in rows.values("kind", "state", "pages", "last_page", "item_count")]


@action
def monitors(identity: str) -> list[Row]:
    rows = VariableMonitor.objects.filter(station__identity=identity).order_by("number")
    found = rows.values("number", "name", "evse", "type", "value", "severity", "is_ours")
    return [dict(row) for row in found]


@action
def device_events(identity: str) -> list[Row]:
    rows = DeviceEvent.objects.filter(station__identity=identity).order_by("id")
    fields = ("name", "evse", "value", "severity", "monitor_number", "is_cleared")
    return list(rows.values(*fields, "needs_attention"))


@action
def device_alarms(identity: str) -> list[str]:
    """Titles on the list of things to look at."""
    station = ChargingStation.objects.get(identity=identity)
    alerts = Alerts(now=utc_now(), kind=AlertKind.DEVICE_EVENT)
    return [alert.title for alert in alerts if alert.subject_id == station.pk]


@action
def waiting_for_restart(identity: str) -> list[str]:
    """Names of the values that hold after a restart."""
    station = ChargingStation.objects.get(identity=identity)
    changes = recent_changes(station=station, now=utc_now())
    return sorted(name for name, change in changes.items() if change.needs_reboot)


@action
def command_results(ids: list[str]) -> list[Any]:
    """Status and result of each, in the order asked."""
    rows = StationCommand.objects.in_bulk(ids)
    found = {str(pk): row for pk, row in rows.items()}
    return [(found[each].status, found[each].raw_status, found[each].result) for each in ids]
