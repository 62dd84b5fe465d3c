"""What a person should look at now, the gravest first. Derived from rows, nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, overload
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from billing.models import Cdr
from billing.selectors.cdrs import open_cdrs
from billing.words import flag_views
from chargers.domain.device_events import severity_words
from chargers.domain.templates import ItemState, Step
from chargers.domain.variables import join_place
from chargers.domain.vocabulary import ChargingState, ConnectorStatus
from chargers.models import (
    ChargingStation,
    CommandStatus,
    Connector,
    DeviceEvent,
    Location,
    SecurityEvent,
    StationCertificate,
    StationCommand,
    TemplateDrift,
    Transaction,
    TransactionState,
)
from chargers.services.certificates.expiry import last_of_their_kind
from common.formats import kwh
from common.ids import uuid7
from common.states import words

OFFLINE_AFTER = timedelta(minutes=5)
SILENT_AFTER = timedelta(minutes=30)
OCCUPIED_AFTER = timedelta(hours=3)
EXPIRES_WITHIN = timedelta(days=14)
EXPIRED_WITHIN = timedelta(days=30)
COMMANDS_WITHIN = timedelta(hours=24)
_CHARGING = ("", ChargingState.CHARGING)
_FAILED = (
    CommandStatus.REJECTED,
    CommandStatus.NOT_SUPPORTED,
    CommandStatus.FAILED,
    CommandStatus.TIMED_OUT,
)


class AlertKind(StrEnum):
    """In order of severity; the values stand in addresses."""

    SECURITY = "security"
    STATION_FAULT = "station-fault"
    CONNECTOR_FAULT = "connector-fault"
    DEVICE_EVENT = "device-event"
    OFFLINE = "offline"
    SILENT = "no-readings"
    CERTIFICATE = "certificate"
    OCCUPIED = "occupied"
    CONFIGURATION = "configuration"
    REVIEW = "review"
    PRICE = "price"
    COMMAND = "command"


class Subject(StrEnum):
    """What an alert leads to."""

    STATION = "station"
    TRANSACTION = "transaction"
    CDR = "cdr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing to look at.

    Attributes:
        state: look of its mark (`common.states`).
        icon: of `common/icons.json`.
        since: when it began, None when the station never said.
        subject: what `subject_id` is.
        tab: of the station's page, "" for its overview.
    """

    kind: AlertKind
    title: str
    text: str
    state: str
    icon: str
    since: datetime | None
    subject: Subject
    subject_id: UUID
    tab: str = ""


@dataclass(frozen=True, slots=True)
class _Source:
    rows: Callable[[datetime], QuerySet[Any]]
    alert: Callable[[Any], Alert]


class Alerts(Sequence[Alert]):
    """All alerts in order, read in slices: what `django.core.paginator` wants of a list.

    Args:
        now: the instant that ages are measured from.
        kind: only these; None for all.
    """

    def __init__(self, *, now: datetime, kind: AlertKind | None = None) -> None:
        self._now = now
        self._kinds = [kind] if kind else list(AlertKind)
        self._counts: dict[AlertKind, int] | None = None

    @property
    def counts(self) -> dict[AlertKind, int]:
        """How many of each kind; one query a kind, once."""
        if self._counts is None:
            self._counts = {kind: _SOURCES[kind].rows(self._now).count() for kind in self._kinds}
        return self._counts

    def __len__(self) -> int:
        return sum(self.counts.values())

    def __iter__(self) -> Iterator[Alert]:
        return self._between(0, len(self))

    @overload
    def __getitem__(self, part: int) -> Alert: ...

    @overload
    def __getitem__(self, part: slice) -> Sequence[Alert]: ...

    def __getitem__(self, part: int | slice) -> Alert | Sequence[Alert]:
        if isinstance(part, int):
            return self[part : part + 1][0]
        return list(self._between(part.start or 0, len(self) if part.stop is None else part.stop))

    def _between(self, start: int, stop: int) -> Iterator[Alert]:
        for kind in self._kinds:
            source, size = _SOURCES[kind], self.counts[kind]
            if size and start < size and stop > 0:
                for row in source.rows(self._now)[max(start, 0) : stop]:
                    yield source.alert(row)
            start, stop = start - size, stop - size


def _newest(field: str) -> Any:
    return F(field).desc(nulls_last=True)


def _security_events(_: datetime) -> QuerySet[SecurityEvent]:
    rows = SecurityEvent.objects.filter(needs_attention=True, acknowledged_at=None)
    return rows.select_related("station__location").order_by("-last_at", "-pk")


def _faulted_stations(_: datetime) -> QuerySet[ChargingStation]:
    rows = ChargingStation.objects.filter(is_online=True, status=ConnectorStatus.FAULTED)
    return rows.select_related("location").order_by("name", "pk")


def _faulted_connectors(_: datetime) -> QuerySet[Connector]:
    rows = Connector.objects.filter(
        status=ConnectorStatus.FAULTED, evse__station__is_online=True
    ).exclude(evse__station__status=ConnectorStatus.FAULTED)
    return _with_station(rows).order_by(_newest("status_at"), "pk")


def _device_events(_: datetime) -> QuerySet[DeviceEvent]:
    rows = DeviceEvent.objects.filter(needs_attention=True)
    return rows.select_related("station__location").order_by("-pk")


def _offline(now: datetime) -> QuerySet[ChargingStation]:
    # A station that never came is being installed, one that is disabled is meant to stay away.
    rows = ChargingStation.objects.filter(
        is_online=False, is_enabled=True, disconnected_at__lte=now - OFFLINE_AFTER
    )
    return rows.select_related("location").order_by("-disconnected_at", "pk")


def _silent(now: datetime) -> QuerySet[Transaction]:
    # Suspended vehicles draw nothing, and many stations then say nothing.
    rows = Transaction.objects.filter(
        state=TransactionState.ACTIVE, charging_state__in=_CHARGING, station__is_online=True
    ).annotate(heard_at=Coalesce("last_reading_at", "started_at"))
    rows = rows.filter(heard_at__lte=now - SILENT_AFTER)
    return rows.select_related("station__location").order_by("-heard_at", "pk")


def _occupied(now: datetime) -> QuerySet[Connector]:
    rows = Connector.objects.filter(
        status=ConnectorStatus.OCCUPIED,
        status_at__lte=now - OCCUPIED_AFTER,
        evse__station__is_online=True,
    ).filter(
        Q(evse__active_transaction__isnull=True)
        | ~Q(evse__active_transaction__charging_state__in=_CHARGING)
    )
    return _with_station(rows).order_by("-status_at", "pk")


def _expiring(now: datetime) -> QuerySet[StationCertificate]:
    # Those that expired longer ago are of stations that have gone.
    rows = last_of_their_kind().filter(
        not_after__lte=now + EXPIRES_WITHIN, not_after__gt=now - EXPIRED_WITHIN
    )
    return rows.select_related("station__location").order_by("not_after", "pk")


def _drifting(_: datetime) -> QuerySet[TemplateDrift]:
    rows = TemplateDrift.objects.filter(step=Step.DIFFERS, template__is_enforced=True)
    return rows.select_related("station__location", "template").order_by("-drifted_at", "-pk")


def _in_review(_: datetime) -> QuerySet[Transaction]:
    rows = Transaction.objects.filter(needs_review=True)
    return rows.select_related("station__location").order_by("-started_at", "pk")


def _unbilled(_: datetime) -> QuerySet[Cdr]:
    # A session in review is an alert of its own.
    rows = open_cdrs().filter(session_in_review=False)
    return rows.select_related("transaction__station").order_by("-ended_at", "-pk")


def _failed_commands(now: datetime) -> QuerySet[StationCommand]:
    """The last of its kind at its station counts: a repetition settles it, whatever came of it."""
    since = now - COMMANDS_WITHIN
    later = StationCommand.objects.filter(
        station=OuterRef("station"), kind=OuterRef("kind"), pk__gt=OuterRef("pk")
    )
    # Keys are ordered by time, so the primary key's index finds the recent ones.
    first = uuid7(unix_ms=int(since.timestamp() * 1000), randbits=lambda _: 0)
    rows = StationCommand.objects.filter(pk__gte=first, status__in=_FAILED, requested_at__gte=since)
    rows = rows.filter(~Exists(later))
    return rows.select_related("station__location").order_by("-pk")


def _with_station(rows: QuerySet[Connector]) -> QuerySet[Connector]:
    return rows.select_related("evse__station__location")


def _place(location: Location) -> str:
    return ", ".join(part for part in (location.city, location.name) if part)


def _fault(*codes: str) -> str:
    said = [code for code in codes if code and code != "NoError"]
    return said[0] if said else "Faulted"


def _security(event: SecurityEvent) -> Alert:
    times = f" · {event.count} times" if event.count > 1 else ""
    return Alert(
        kind=AlertKind.SECURITY,
        title=f"{event.station.code} · {words(event.type)}{times}",
        text=_place(event.station.location),
        state="faulted",
        icon="shield",
        since=event.last_at,
        subject=Subject.STATION,
        subject_id=event.station_id,
        tab="security",
    )


def _station_fault(station: ChargingStation) -> Alert:
    return Alert(
        kind=AlertKind.STATION_FAULT,
        title=f"{station.code} · {_fault(station.error_code)}",
        text=_place(station.location),
        state="faulted",
        icon="alert-triangle",
        since=None,
        subject=Subject.STATION,
        subject_id=station.pk,
    )


def _connector_fault(connector: Connector) -> Alert:
    station = connector.evse.station
    fault = _fault(connector.error_code, connector.vendor_error_code, connector.info)
    return Alert(
        kind=AlertKind.CONNECTOR_FAULT,
        title=f"{station.code} · Connector {_number(connector)} {fault}",
        text=_place(station.location),
        state="faulted",
        icon="alert-triangle",
        since=connector.status_at,
        subject=Subject.STATION,
        subject_id=station.pk,
    )


def _noticed(event: DeviceEvent) -> Alert:
    name = join_place(event.name, event.evse, event.connector)
    said = (severity_words(event.severity), event.tech_code, event.tech_info)
    told = " · ".join(part for part in said if part)
    return Alert(
        kind=AlertKind.DEVICE_EVENT,
        title=f"{event.station.code} · {name} {event.value[:40]}".rstrip(),
        text=" · ".join(part for part in (told, _place(event.station.location)) if part),
        state="faulted",
        icon="heart-rate-monitor",
        since=event.occurred_at,
        subject=Subject.STATION,
        subject_id=event.station_id,
    )


def _number(connector: Connector) -> str:
    """The EVSE's number, with the connector's own where the EVSE has several."""
    own = f".{connector.number}" if connector.number > 1 else ""
    return f"{connector.evse.number}{own}"


def _lost(station: ChargingStation) -> Alert:
    return Alert(
        kind=AlertKind.OFFLINE,
        title=f"{station.code} lost its connection",
        text=_place(station.location),
        state="offline",
        icon="plug-connected-x",
        since=station.disconnected_at,
        subject=Subject.STATION,
        subject_id=station.pk,
    )


def _no_readings(transaction: Transaction) -> Alert:
    return Alert(
        kind=AlertKind.SILENT,
        title=f"{transaction.station.code} sends no readings of its session",
        text=_place(transaction.station.location),
        state="occupied",
        icon="activity",
        since=transaction.last_reading_at or transaction.started_at,
        subject=Subject.TRANSACTION,
        subject_id=transaction.pk,
    )


def _not_charging(connector: Connector) -> Alert:
    station = connector.evse.station
    return Alert(
        kind=AlertKind.OCCUPIED,
        title=f"{station.code} · Connector {_number(connector)} occupied, not charging",
        text=_place(station.location),
        state="occupied",
        icon="clock",
        since=connector.status_at,
        subject=Subject.STATION,
        subject_id=station.pk,
    )


def _to_review(transaction: Transaction) -> Alert:
    codes = [words(warning["code"]) for warning in transaction.warnings]
    why = codes[-1] if codes else "Odd"
    return Alert(
        kind=AlertKind.REVIEW,
        title=f"{transaction.station.code} · Session to review",
        text=f"{why} · {kwh(transaction.energy_wh)}",
        state="reserved",
        icon="report-search",
        since=transaction.ended_at or transaction.started_at,
        subject=Subject.TRANSACTION,
        subject_id=transaction.pk,
    )


def _without_price(cdr: Cdr) -> Alert:
    why = next((view.text for view in flag_views(cdr.flags)), "")
    what = "Session without a price" if cdr.gross_minor is None else "Price to review"
    return Alert(
        kind=AlertKind.PRICE,
        title=f"{cdr.transaction.station.code} · {what}",
        text=why,
        state="reserved",
        icon="receipt",
        since=cdr.ended_at,
        subject=Subject.CDR,
        subject_id=cdr.pk,
    )


def _command(command: StationCommand) -> Alert:
    return Alert(
        kind=AlertKind.COMMAND,
        title=f"{command.station.code} · {words(command.kind)}",
        text=f"{command.get_status_display()} · {_place(command.station.location)}",
        state="offline",
        icon="terminal-2",
        since=command.finished_at or command.requested_at,
        subject=Subject.STATION,
        subject_id=command.station_id,
    )


def _drift(drift: TemplateDrift) -> Alert:
    names = ", ".join(each["own"] for each in drift.items if each["state"] == ItemState.DIFFERS)
    return Alert(
        kind=AlertKind.CONFIGURATION,
        title=f"{drift.station.code} · Not as “{drift.template.name}” wants it",
        text=f"{names[:80]} · {_place(drift.station.location)}",
        state="occupied",
        icon="adjustments",
        since=drift.drifted_at,
        subject=Subject.STATION,
        subject_id=drift.station_id,
        tab="variables",
    )


def _expires(certificate: StationCertificate) -> Alert:
    day = f"{certificate.not_after:%Y-%m-%d}"
    return Alert(
        kind=AlertKind.CERTIFICATE,
        title=f"{certificate.station.code} · {certificate.get_use_display()} expires",
        text=f"{day} · {_place(certificate.station.location)}",
        state="occupied",
        icon="shield-check",
        since=certificate.not_after - EXPIRES_WITHIN,
        subject=Subject.STATION,
        subject_id=certificate.station_id,
    )


_SOURCES: dict[AlertKind, _Source] = {
    AlertKind.SECURITY: _Source(_security_events, _security),
    AlertKind.STATION_FAULT: _Source(_faulted_stations, _station_fault),
    AlertKind.CONNECTOR_FAULT: _Source(_faulted_connectors, _connector_fault),
    AlertKind.DEVICE_EVENT: _Source(_device_events, _noticed),
    AlertKind.OFFLINE: _Source(_offline, _lost),
    AlertKind.SILENT: _Source(_silent, _no_readings),
    AlertKind.CERTIFICATE: _Source(_expiring, _expires),
    AlertKind.OCCUPIED: _Source(_occupied, _not_charging),
    AlertKind.CONFIGURATION: _Source(_drifting, _drift),
    AlertKind.REVIEW: _Source(_in_review, _to_review),
    AlertKind.PRICE: _Source(_unbilled, _without_price),
    AlertKind.COMMAND: _Source(_failed_commands, _command),
}
