"""What stations notice about themselves (N07), and when somebody should look at it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Max, QuerySet
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
from chargers.services.device_model.limits import chunks
from chargers.services.templates.due import mark_due
from events.outbox import publish

_PER_QUERY = 400
_Place = tuple[str, int, int]


@atomic
def record_event(
    message: NotifyEvent, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """NotifyEvent (N07): one row an event; what was sent twice is known by its content.

    The same few queries for one event and for thousands: others wait for their answers meanwhile.
    """
    generated_at = message.device_at or _earliest(message) or received_at
    severities = _severities(station, message)
    rows = [
        _row(noticed, station, generated_at, received_at, severities) for noticed in message.events
    ]
    for row in rows:
        row.seq_no = message.seq_no
    fresh = list(_unknown(rows))
    if fresh:
        _weigh(fresh)
        DeviceEvent.objects.bulk_create(fresh, batch_size=_PER_QUERY)
        _keep_values(fresh)
        told = [_told(row) for row in fresh if is_worth_telling(row)]
        publish(*told, now=received_at)
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


def _unknown(rows: Sequence[DeviceEvent]) -> Iterator[DeviceEvent]:
    """Those that were not told before, each once."""
    if not rows:
        return
    first = rows[0]
    same = DeviceEvent.objects.filter(
        station_id=first.station_id, generated_at=first.generated_at, seq_no=first.seq_no
    )
    known = set(same.values_list("event_id", flat=True))
    for row in rows:
        if row.event_id not in known:
            known.add(row.event_id)
            yield row


def _place_of(row: DeviceEvent | StationVariable) -> _Place:
    return row.name, row.evse, row.connector


class _Earlier:
    """What a station noticed before about some variables, by monitor (None: without one)."""

    def __init__(self, rows: Sequence[DeviceEvent]) -> None:
        self._latest: dict[_Place, dict[int | None, datetime]] = {}
        self._open: dict[_Place, list[DeviceEvent]] = {}
        for part in chunks(sorted({row.name for row in rows}), _PER_QUERY):
            self._read(DeviceEvent.objects.filter(station_id=rows[0].station_id, name__in=part))

    def _read(self, stored: QuerySet[DeviceEvent]) -> None:
        grouped = stored.order_by().values_list("name", "evse", "connector", "monitor_number")
        for name, evse, connector, monitor, latest in grouped.annotate(at=Max("occurred_at")):
            self._latest.setdefault((name, evse, connector), {})[monitor] = latest
        for row in stored.filter(needs_attention=True):
            self._open.setdefault(_place_of(row), []).append(row)

    def is_outdated(self, row: DeviceEvent) -> bool:
        """A station that was offline may tell the end before the beginning."""
        latest = self._latest.get(_place_of(row), {})
        return any(at > row.occurred_at for kind, at in latest.items() if _is_same(row, kind))

    def settle_older(self, row: DeviceEvent) -> Iterator[DeviceEvent]:
        """Those about the same that nobody needs to look at any more."""
        for older in self._open.get(_place_of(row), []):
            if _is_same(row, older.monitor_number) and older.occurred_at <= row.occurred_at:
                older.needs_attention, older.settled_at = False, row.received_at
                yield older

    def add(self, row: DeviceEvent) -> None:
        place = _place_of(row)
        latest = self._latest.setdefault(place, {})
        before = latest.get(row.monitor_number)
        latest[row.monitor_number] = max(before or row.occurred_at, row.occurred_at)
        still = [each for each in self._open.get(place, []) if each.needs_attention]
        self._open[place] = [*still, row] if row.needs_attention else still


def _is_same(row: DeviceEvent, monitor: int | None) -> bool:
    """Events of the same variable and monitor; without a monitor, of the variable."""
    return row.monitor_number is None or monitor in (row.monitor_number, None)


def _weigh(rows: Sequence[DeviceEvent]) -> None:
    """Which of them somebody should look at, and which earlier ones nobody needs to any more."""
    earlier = _Earlier(rows)
    settled: list[int] = []
    for row in rows:
        row.needs_attention = is_alarming(row) and not earlier.is_outdated(row)
        settled += [older.pk for older in earlier.settle_older(row) if older.pk]
        earlier.add(row)
    for part in chunks(settled, _PER_QUERY):
        DeviceEvent.objects.filter(pk__in=part).update(
            needs_attention=False, settled_at=rows[0].received_at
        )


def _keep_values(rows: Sequence[DeviceEvent]) -> None:
    """Events tell the present values of variables that we know."""
    values = {_place_of(row): row.value for row in rows}
    changed: list[StationVariable] = []
    for part in chunks(sorted({name for name, _evse, _connector in values}), _PER_QUERY):
        known = StationVariable.objects.filter(
            station_id=rows[0].station_id, name__in=part, reported_at__lte=rows[0].received_at
        )
        changed += [row for row in known if _place_of(row) in values]
    for variable in changed:
        variable.value, variable.reported_at = values[_place_of(variable)], rows[0].received_at
    if changed:
        StationVariable.objects.bulk_update(
            changed, ["value", "reported_at"], batch_size=_PER_QUERY
        )
        mark_due(station_id=rows[0].station_id, now=rows[0].received_at)


def _told(row: DeviceEvent) -> DeviceEventReported:
    return DeviceEventReported(
        operator_id=row.operator_id,
        subject_id=row.station_id,
        name=row.name,
        evse=row.evse,
        value=row.value[:100],
        severity=row.severity,
        tech_code=row.tech_code,
        cleared=row.is_cleared,
    )


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
