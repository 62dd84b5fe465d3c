"""Who charges: the token of a transaction, and what follows when it may not."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import DateTimeField, UUIDField

from chargers.domain.commands import RequestStartTransaction, RequestStopTransaction
from chargers.domain.context import StationContext
from chargers.domain.messages import IdTokenRef, TransactionEvent
from chargers.domain.results import IdTokenInfo
from chargers.domain.review import Finding, Oddity
from chargers.domain.vocabulary import AuthorizationStatus
from chargers.models import CommandStatus, StationCommand, Transaction
from chargers.services.authorization import Authorization, authorize_token, group_uid
from chargers.services.command_queue import queue_command
from chargers.services.reservations.linking import link_reservation
from chargers.services.transactions.flags import FLAG_FIELDS, flag
from common.prepared import Param, Prepared

# A driver may need minutes to plug in; later than this, the same tag is a new wish.
_REMOTE_START_WINDOW = timedelta(minutes=30)
_STOP_TIMEOUT = timedelta(seconds=60)
TOKEN_FIELDS = (
    *FLAG_FIELDS,
    "id_token",
    "id_token_uid",
    "id_token_type",
    "driver",
    "authorization_status",
)

_ASKED = Prepared(
    lambda: (
        StationCommand.objects.filter(
            station_id=Param("station_id", UUIDField()),
            kind=RequestStartTransaction.kind,
            transaction=None,
            requested_at__gte=Param("since", DateTimeField()),
            requested_at__lte=Param("until", DateTimeField()),
        )
        .exclude(status__in=[CommandStatus.REJECTED, CommandStatus.NOT_SUPPORTED])
        .order_by("-requested_at")
        .values_list("pk", "arguments")[:20]
    )
)


def decide_token(
    row: Transaction,
    message: TransactionEvent,
    *,
    station: StationContext,
    now: datetime,
) -> IdTokenInfo | None:
    """Set the token on the row (unsaved: `TOKEN_FIELDS`) and link the remote start behind it.

    A refused token leaves the session open, flagged, with a stop on its way: many stations
    charge on, and the energy must be booked somewhere. A station that only repeats our
    remoteStartId charges for the token that we had sent with it. None when it named no token.
    """
    asked = _link_remote_start(row, message, station=station, now=now)
    token = message.id_token or _token_of(asked)
    if token is None:
        return None
    authorization = authorize_token(
        station=station, evse=message.evse, id_token=token, now=now, starting=True
    )
    info = authorization.info if asked is None else _vouched(authorization)
    _set_token(row, token, authorization, info)
    link_reservation(row, message, evse=row.evse, now=now)
    if info.status != AuthorizationStatus.ACCEPTED:
        _refuse(row, station=station, now=now)
    return None if message.id_token is None else info


def decided_before(row: Transaction) -> IdTokenInfo:
    """What was answered to a start that comes again."""
    status = AuthorizationStatus(row.authorization_status)
    token = row.id_token if status == AuthorizationStatus.ACCEPTED else None
    if token is None:
        return IdTokenInfo(status=status)
    return IdTokenInfo(status=status, expires_at=token.expires_at, parent_uid=group_uid(token))


def _token_of(asked: RequestStartTransaction | None) -> IdTokenRef | None:
    if asked is None:
        return None
    return IdTokenRef(uid=asked.id_token_uid, type=asked.id_token_type)


def _vouched(authorization: Authorization) -> IdTokenInfo:
    """We asked for this start ourselves: a token that nobody knows is right, a blocked one not."""
    if authorization.info.status == AuthorizationStatus.UNKNOWN:
        return IdTokenInfo(status=AuthorizationStatus.ACCEPTED)
    return authorization.info


def _set_token(
    row: Transaction, read: IdTokenRef, authorization: Authorization, info: IdTokenInfo
) -> None:
    token = authorization.token
    row.id_token = token
    row.driver = token.driver if token is not None else None
    row.id_token_uid = read.uid[:255]
    row.id_token_type = read.type[:20]
    row.authorization_status = info.status.value


def _refuse(row: Transaction, *, station: StationContext, now: datetime) -> None:
    detail = f"token {row.id_token_uid}: {row.authorization_status}"
    flag(row, [Finding(Oddity.UNAUTHORISED, detail)], now=now)
    queue_command(
        operator_id=station.operator_id,
        station_id=station.station_id,
        command=RequestStopTransaction(transaction_ref=row.station_ref),
        transaction=row,
        now=now,
        timeout=_STOP_TIMEOUT,
    )


def _link_remote_start(
    row: Transaction, message: TransactionEvent, *, station: StationContext, now: datetime
) -> RequestStartTransaction | None:
    """Link the command that asked for this session, by its number, else by token and EVSE.

    A start that comes after the command has timed out is still ours.
    """
    latest = _ASKED.all(
        station_id=station.station_id,
        since=min(row.started_at, now) - _REMOTE_START_WINDOW,
        until=now,
    )
    for pk, arguments in latest:
        asked = RequestStartTransaction.from_json(arguments)
        if _is_answered_by(asked, message):
            StationCommand.objects.filter(pk=pk).update(transaction=row)
            return asked
    return None


def _is_answered_by(asked: RequestStartTransaction, message: TransactionEvent) -> bool:
    if message.remote_start_id is not None:
        return message.remote_start_id == asked.remote_start_id
    if message.id_token is None or message.id_token.uid.upper() != asked.id_token_uid.upper():
        return False
    return asked.evse is None or message.evse is None or asked.evse == message.evse
