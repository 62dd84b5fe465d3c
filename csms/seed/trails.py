"""The last days' timeline, connections and commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from accounts.models import Membership, Role, User
from chargers.domain.commands import (
    ChangeAvailability,
    Command,
    GetVariables,
    OutcomeStatus,
    Reset,
    TriggerMessage,
    UnlockConnector,
)
from chargers.domain.vocabulary import ConnectorStatus, RequestedMessage, ResetType
from chargers.events import (
    CommandFinished,
    ConnectorStatusChanged,
    StationBooted,
    StationConnected,
    StationDisconnected,
    TransactionEnded,
    TransactionFlagged,
    TransactionStarted,
)
from chargers.models import (
    ChargingStation,
    StationCommand,
    StationConnection,
    TransactionState,
)
from csms.seed.network import Installed
from csms.seed.plan import Chance
from csms.seed.sessions import Session
from csms.seed.troubles import Span, Troubles
from events.event import Event
from events.models import OutboxEvent

_SERVER = "seed"
_PROTOCOLS = {"1.6": "ocpp1.6", "2.0.1": "ocpp2.0.1"}
_COMMANDS = 40
_COMMAND_SECONDS = 30

Dated = tuple[datetime, Event]


def create_connections(
    installed: Sequence[Installed], troubles: Sequence[Troubles], *, days: int, chance: Chance
) -> None:
    """A connection between every two outages; the stations are offline from now on."""
    connections = [
        connection
        for item, trouble in zip(installed, troubles, strict=True)
        for connection in _connections(item, trouble, days, chance)
    ]
    StationConnection.objects.bulk_create(connections)
    ChargingStation.objects.bulk_update(
        [item.station for item in installed],
        [
            "connection_epoch", "protocol", "connected_at", "disconnected_at", "last_seen_at",
            "booted_at", "boot_reason",
        ],
    )  # fmt: skip


def _connections(
    item: Installed, trouble: Troubles, days: int, chance: Chance
) -> Iterator[StationConnection]:
    station = item.station
    opened = max(station.created_at, chance.start(days))
    station.booted_at, station.boot_reason = opened, "PowerUp"
    ends = [(span.start, span.end) for span in trouble.outages if span.start > opened]
    if not ends or ends[-1][1] < chance.now:
        ends.append((chance.now, chance.now))
    for epoch, (closed, again) in enumerate(ends, start=1):
        station.connection_epoch, station.connected_at = epoch, opened
        station.disconnected_at = station.last_seen_at = closed
        station.protocol = _PROTOCOLS[item.hardware.protocol]
        yield StationConnection(
            operator=station.operator,
            station=station,
            epoch=epoch,
            protocol=station.protocol,
            server=_SERVER,
            opened_at=opened,
            closed_at=closed,
            close_code=1006,
            close_reason="connection lost",
        )
        opened = again


def create_timeline(
    installed: Sequence[Installed],
    troubles: Sequence[Troubles],
    sessions: Sequence[Session],
    *,
    days: int,
    chance: Chance,
) -> int:
    """What happened in the last `days` days, as if it had been told. Returns how many events."""
    since = chance.now - timedelta(days=days)
    dated = [pair for pair in _happenings(installed, troubles, sessions) if pair[0] >= since]
    dated.sort(key=lambda pair: pair[0])
    _store(dated)
    return len(dated)


def _store(dated: Iterable[Dated]) -> None:
    """Into the outbox, already dispatched: nobody shall react to a made-up past."""
    OutboxEvent.objects.bulk_create(
        OutboxEvent(
            operator_id=event.operator_id,
            kind=event.kind,
            subject_type=event.subject_type,
            subject_id=event.subject_id,
            parent_id=event.parent_id,
            payload=event.payload(),
            occurred_at=at,
            dispatched_at=at,
        )
        for at, event in dated
    )


def _happenings(
    installed: Sequence[Installed], troubles: Sequence[Troubles], sessions: Sequence[Session]
) -> Iterator[Dated]:
    for item, trouble in zip(installed, troubles, strict=True):
        yield from _of_station(item, trouble)
    for session in sessions:
        yield from _of_session(session)


def _of_station(item: Installed, trouble: Troubles) -> Iterator[Dated]:
    for epoch, span in enumerate(trouble.outages, start=1):
        yield from _outage(item, epoch, span)
    for number, spans in trouble.faults.items():
        for span in spans:
            yield span.start, _status_changed(item, number, error_code=span.detail)
            yield span.end, _status_changed(item, number)


def _outage(item: Installed, epoch: int, span: Span) -> Iterator[Dated]:
    station = item.station
    operator_id, subject_id = station.operator_id, station.pk
    yield (
        span.start,
        StationDisconnected(
            operator_id=operator_id, subject_id=subject_id, epoch=epoch, reason="connection lost"
        ),
    )
    if span.end >= (station.disconnected_at or span.end):
        return  # it never came back
    connected = StationConnected(
        operator_id=operator_id,
        subject_id=subject_id,
        epoch=epoch + 1,
        protocol=station.protocol,
    )
    yield span.end, connected
    booted = StationBooted(
        operator_id=operator_id,
        subject_id=subject_id,
        reason="PowerUp",
        firmware_version=item.hardware.firmware,
    )
    yield span.end + timedelta(seconds=2), booted


def _status_changed(item: Installed, evse: int, error_code: str = "") -> ConnectorStatusChanged:
    available, faulted = ConnectorStatus.AVAILABLE.value, ConnectorStatus.FAULTED.value
    return ConnectorStatusChanged(
        operator_id=item.station.operator_id,
        subject_id=item.station.pk,
        evse=evse,
        connector=1,
        old_status=available if error_code else faulted,
        status=faulted if error_code else available,
        error_code=error_code,
    )


def _of_session(session: Session) -> Iterator[Dated]:
    row, number = session.row, session.visit.plug.evse.number
    ids = {"operator_id": row.operator_id, "subject_id": row.pk, "parent_id": row.station_id}
    status, end = row.authorization_status, session.visit.end
    yield (
        row.started_received_at,
        TransactionStarted(
            **ids, evse=number, id_token_uid=row.id_token_uid, authorization_status=status
        ),
    )
    yield (
        end,
        TransactionEnded(
            **ids,
            evse=number,
            energy_wh=row.energy_wh,
            ended_at=end,
            stop_reason=row.stop_reason,
            provisional=row.state == TransactionState.PROVISIONAL,
        ),
    )
    for warning in row.warnings:
        yield end, TransactionFlagged(**ids, code=warning["code"], detail=warning["detail"])


def create_commands(installed: Sequence[Installed], chance: Chance) -> None:
    """What the control room asked of some stations during the last week."""
    people = list(
        User.objects.filter(
            pk__in=Membership.objects.filter(
                role__in=(Role.OPERATIONS, Role.SUPPORT, Role.TECHNICIAN)
            ).values("user")
        ).order_by("email")
    )
    moments = sorted(chance.now - timedelta(days=7 * chance.rng.random()) for _ in range(_COMMANDS))
    rows = [
        _command(chance.rng.choice(installed), chance.rng.choice(people), at, chance)
        for at in moments
    ]
    StationCommand.objects.bulk_create(rows)
    _store((row.finished_at or row.requested_at, _finished(row)) for row in rows)


def _command(item: Installed, person: User, at: datetime, chance: Chance) -> StationCommand:
    command = chance.rng.choice(_ASKED)
    status, raw = chance.rng.choices(_ANSWERS, weights=[14, 2, 1])[0]
    sent = at + timedelta(milliseconds=30)
    return StationCommand(
        id=chance.key_at(at),
        operator=item.station.operator,
        station=item.station,
        kind=command.kind,
        arguments=command.to_json(),
        status=status,
        raw_status=raw,
        requested_by=person,
        requested_at=at,
        deadline_at=at + timedelta(seconds=_COMMAND_SECONDS),
        sent_at=sent,
        finished_at=sent + timedelta(milliseconds=chance.rng.randrange(90, 1800)),
    )


_ASKED: tuple[Command, ...] = (
    TriggerMessage(requested_message=RequestedMessage.STATUS_NOTIFICATION, evse=1),
    TriggerMessage(requested_message=RequestedMessage.METER_VALUES, evse=1),
    UnlockConnector(evse=1),
    Reset(type=ResetType.ON_IDLE),
    GetVariables(),
    ChangeAvailability(operative=True, evse=1),
)
_ANSWERS = (
    (OutcomeStatus.ACCEPTED.value, "Accepted"),
    (OutcomeStatus.REJECTED.value, "Rejected"),
    (OutcomeStatus.NOT_SUPPORTED.value, "NotSupported"),
)


def _finished(row: StationCommand) -> CommandFinished:
    return CommandFinished(
        operator_id=row.operator_id,
        subject_id=row.pk,
        parent_id=row.station_id,
        command=row.kind,
        status=row.status,
        requested_by=row.requested_by_id,
    )
