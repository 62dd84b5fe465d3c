"""What stations notice about themselves (N07), and when somebody should look at it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.transaction import atomic

from accounts.services import audit
from accounts.services.audit import Actor
from chargers import live
from chargers.domain.context import StationContext
from chargers.domain.device_events import is_alarming, is_worth_telling
from chargers.domain.messages import NoticedEvent, NotifyEvent
from chargers.domain.results import Acknowledged
from chargers.domain.variables import variable_name
from chargers.events import DeviceEventReported
from chargers.models import DeviceEvent, StationVariable, VariableMonitor
from chargers.services.templates.due import mark_due
from events.outbox import publish


@atomic
def record_event(
    message: NotifyEvent, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """NotifyEvent (N07): one row an event; what was sent twice is known by its content."""
    generated_at = message.device_at or _earliest(message) or received_at
    severities = _severities(station, message)
    for noticed in message.events:
        row = _row(noticed, station, generated_at, received_at, severities)
        row.seq_no = message.seq_no
        if _is_known(row):
            continue
        row.needs_attention = is_alarming(row) and not _is_outdated(row)
        _settle_older(row)
        row.save(force_insert=True)
        _keep_value(row)
        if is_worth_telling(row):
            _tell(row)
    live.touch(operator_id=station.operator_id, station_ids=[station.station_id])
    return Acknowledged()


def _earliest(message: NotifyEvent) -> datetime | None:
    return min((event.device_at for event in message.events if event.device_at), default=None)


def _severities(station: StationContext, message: NotifyEvent) -> dict[int, int]:
    """Of the monitors named, where the version has no severity in the message itself."""
    numbers = {event.monitor_id for event in message.events if event.monitor_id is not None}
    if not numbers:
        return {}
    monitors = VariableMonitor.objects.filter(station_id=station.station_id, number__in=numbers)
    return dict(monitors.values_list("number", "severity"))


def _row(
    noticed: NoticedEvent,
    station: StationContext,
    generated_at: datetime,
    received_at: datetime,
    severities: dict[int, int],
) -> DeviceEvent:
    severity = noticed.severity
    if severity is None and noticed.monitor_id is not None:
        severity = severities.get(noticed.monitor_id)
    return DeviceEvent(
        operator_id=station.operator_id,
        station_id=station.station_id,
        event_id=noticed.event_id,
        generated_at=generated_at,
        occurred_at=noticed.device_at or generated_at,
        received_at=received_at,
        trigger=noticed.trigger,
        notification_type=noticed.notification_type,
        cause_event_id=noticed.cause,
        name=variable_name(noticed.variable)[:255],
        evse=noticed.variable.evse or 0,
        connector=noticed.variable.connector or 0,
        value=noticed.actual_value,
        tech_code=noticed.tech_code,
        tech_info=noticed.tech_info,
        severity=severity,
        monitor_number=noticed.monitor_id,
        transaction_ref=noticed.transaction_ref,
        is_cleared=noticed.cleared,
    )


def _is_known(row: DeviceEvent) -> bool:
    return DeviceEvent.objects.filter(
        station_id=row.station_id,
        generated_at=row.generated_at,
        seq_no=row.seq_no,
        event_id=row.event_id,
    ).exists()


def _about_the_same(row: DeviceEvent) -> QuerySet[DeviceEvent]:
    """Events of the same variable and monitor; without a monitor, of the variable."""
    same = DeviceEvent.objects.filter(
        station_id=row.station_id, name=row.name, evse=row.evse, connector=row.connector
    )
    if row.monitor_number is None:
        return same
    return same.filter(Q(monitor_number=row.monitor_number) | Q(monitor_number=None))


def _is_outdated(row: DeviceEvent) -> bool:
    """A station that was offline may tell the end before the beginning."""
    return _about_the_same(row).filter(occurred_at__gt=row.occurred_at).exists()


def _settle_older(row: DeviceEvent) -> None:
    _about_the_same(row).filter(needs_attention=True, occurred_at__lte=row.occurred_at).update(
        needs_attention=False, settled_at=row.received_at
    )


def _keep_value(row: DeviceEvent) -> None:
    """An event tells the present value of a variable that we know."""
    kept = StationVariable.objects.filter(
        station_id=row.station_id,
        name=row.name,
        evse=row.evse,
        connector=row.connector,
        reported_at__lte=row.received_at,
    ).update(value=row.value, reported_at=row.received_at)
    if kept:
        mark_due(station_id=row.station_id, now=row.received_at)


def _tell(row: DeviceEvent) -> None:
    event = DeviceEventReported(
        operator_id=row.operator_id,
        subject_id=row.station_id,
        name=row.name,
        evse=row.evse,
        value=row.value[:100],
        severity=row.severity,
        tech_code=row.tech_code,
        cleared=row.is_cleared,
    )
    publish(event, now=row.received_at)


@atomic
def dismiss_event(*, event: DeviceEvent, actor: Actor, now: datetime) -> bool:
    """Take an event off the list of things to look at, though the station has not cleared it.

    Returns:
        False when nobody had to look at it any more.
    """
    dismissed = DeviceEvent.objects.filter(pk=event.pk, needs_attention=True).update(
        needs_attention=False, settled_at=now
    )
    if dismissed:
        audit.record(
            operator=event.operator,
            actor=actor,
            action="device_event.dismissed",
            obj=event,
            now=now,
        )
    return bool(dismissed)
