"""Commands to stations: asked here, carried by the socket, answered in `command_queue`.

Each function returns the `StationCommand` whose `status` tells how it went on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.transaction import atomic

from accounts.models import ApiKey, IdToken, User
from accounts.services import audit
from accounts.services.audit import Actor
from chargers.domain import commands as wire
from chargers.domain.charging_profiles import ChargingProfile, ProfilePurpose, faults
from chargers.domain.commands import Command
from chargers.domain.vocabulary import AuthorizationStatus, RequestedMessage, ResetType
from chargers.exceptions import UnableToCommand
from chargers.models import (
    ChargingStation,
    CommandStatus,
    Connector,
    Evse,
    Location,
    StationCommand,
    Transaction,
)
from chargers.ocpp.secrets import is_station_key
from chargers.ocpp.well_known import family_of
from chargers.services.authorization import refusal
from chargers.services.charging.rows import capabilities, note_request, with_new_id
from chargers.services.command_queue import (
    finish,
    give_back,
    queue_command,
    stations_with_queued_commands,
    take_queued,
    time_out_commands,
)
from chargers.services.command_rules import check_command
from chargers.services.command_secrets import blanked
from chargers.services.device_model.checks import STATION_KEY, faults_of
from common.ids import random_int31

__all__ = [
    "change_availability",
    "change_availability_of_location",
    "change_availability_of_stations",
    "finish",
    "get_base_report",
    "give_back",
    "queue_command",
    "request_command",
    "request_or_fail",
    "reset",
    "set_variable",
    "start_charging",
    "stations_with_queued_commands",
    "stop_charging",
    "take_queued",
    "time_out_commands",
    "trigger",
    "unlock",
]

DEFAULT_TIMEOUT = timedelta(seconds=60)


@atomic
def request_command(
    *,
    station: ChargingStation,
    command: Command,
    now: datetime,
    actor: Actor | None = None,
    requested_by: User | None = None,
    api_key: ApiKey | None = None,
    transaction: Transaction | None = None,
    timeout: timedelta = DEFAULT_TIMEOUT,
) -> StationCommand:
    """Ask a station to do something.

    Args:
        command: in neutral words (`chargers.domain.commands`).
        actor: who asks, for the audit trail; None for a rule of the system, which leaves none.
        requested_by: the person, where there is no actor (tests, seeds).
        api_key: the key, where there is no actor.
        transaction: the session that it is about.
        timeout: after this without an answer it ends as timed out.

    Raises:
        UnableToCommand: the station is disabled or offline, or it would lower its security.
    """
    check_command(station, command)
    _check_reachable(station)
    row = queue_command(
        operator_id=station.operator_id,
        station_id=station.pk,
        command=command,
        now=now,
        timeout=timeout,
        requested_by=requested_by or (actor.user if actor else None),
        api_key=api_key or (actor.api_key if actor else None),
        transaction=transaction,
    )
    _audit(station, command, actor, now)
    return row


def _check_reachable(station: ChargingStation) -> None:
    if not station.is_enabled:
        raise UnableToCommand(f"{station.name} is disabled.")
    if station.is_online:
        return
    if station.disconnected_at is None:
        raise UnableToCommand(f"{station.name} has never been online.")
    since = station.disconnected_at.strftime("%Y-%m-%d %H:%M")
    raise UnableToCommand(f"{station.name} is offline since {since} UTC.")


def _audit(station: ChargingStation, command: Command, actor: Actor | None, now: datetime) -> None:
    if actor is None:
        return
    arguments = blanked(command.kind, command.to_json())
    if isinstance(command, wire.SetVariable):
        arguments.pop("value")
    if isinstance(command, wire.SetVariables):
        arguments = {"names": [each["name"] for each in command.values]}
    audit.record(
        operator=station.operator,
        actor=actor,
        action=f"station.{command.kind}",
        obj=station,
        changes=arguments,
        now=now,
    )


@atomic
def start_charging(
    *,
    station: ChargingStation,
    evse: Evse | None,
    id_token: IdToken,
    now: datetime,
    profile: ChargingProfile | None = None,
    actor: Actor | None = None,
    timeout: timedelta = DEFAULT_TIMEOUT,
) -> StationCommand:
    """Start a session for a token (OCPP 2.0.1 F01; 1.6 RemoteStartTransaction).

    Accepted means that the station will try: the driver may still have to plug in. The session
    that follows is linked to the command.

    Args:
        profile: a TxProfile that limits the session from its start.

    Raises:
        UnableToCommand: unreachable, EVSE in use or of another station, token not fit to charge,
            a profile with faults.
    """
    _check_startable(station, evse, id_token, now)
    number = evse.number if evse is not None else None
    limited = None if profile is None else _numbered(station, number, profile)
    command = wire.RequestStartTransaction(
        id_token_uid=id_token.uid,
        id_token_type=id_token.type,
        remote_start_id=random_int31(),
        evse=number,
        profile=limited,
    )
    row = request_command(station=station, command=command, now=now, actor=actor, timeout=timeout)
    if limited is not None:
        note_request(
            station=station,
            evse=number or 0,
            profile=limited,
            command=row,
            transaction=None,
            now=now,
        )
    return row


def _numbered(
    station: ChargingStation, evse: int | None, profile: ChargingProfile
) -> ChargingProfile:
    """The profile of a remote start under an id of its own."""
    able = capabilities(station.pk)
    # Which EVSE it will be is the station's choice where none is named.
    found = faults(profile, evse=evse or 1, able=able, starts=True)
    if profile.purpose != ProfilePurpose.TX:
        found["purpose"] = "Only a limit of the session can come with its start."
    if found:
        raise UnableToCommand(" ".join(found.values()), errors=found)
    return with_new_id(profile, station=station, able=able)


def _check_startable(
    station: ChargingStation, evse: Evse | None, id_token: IdToken, now: datetime
) -> None:
    found = {
        "id_token": token_fault(station, id_token, now, evse=evse),
        "evse": _evse_fault(station, evse),
    }
    errors = {field: fault for field, fault in found.items() if fault}
    if errors:
        raise UnableToCommand(" ".join(errors.values()), errors=errors)


def token_fault(
    station: ChargingStation, id_token: IdToken, now: datetime, *, evse: Evse | None = None
) -> str:
    """Why a token cannot be charged with here, "" when it can."""
    if id_token.operator_id != station.operator_id:
        return "This token is not known here."
    if id_token.is_blocked or (id_token.driver is not None and id_token.driver.is_blocked):
        return "This token is blocked."
    if id_token.is_expired(now):
        return "This token has expired."
    status = refusal(station=station, evse=evse.number if evse else None, token=id_token, now=now)
    return "" if status is None else _REFUSED.get(status, f"This token is refused: {status}.")


_REFUSED = {
    AuthorizationStatus.NOT_AT_THIS_LOCATION: "This token may not charge here.",
    AuthorizationStatus.NOT_AT_THIS_TIME: "This token may not charge now.",
    AuthorizationStatus.NO_CREDIT: "There is no money left for this token.",
}


def _evse_fault(station: ChargingStation, evse: Evse | None) -> str:
    if evse is None:
        return ""
    if evse.station_id != station.pk:
        return "This EVSE belongs to another station."
    return f"EVSE {evse.number} is in use." if evse.active_transaction_id is not None else ""


def stop_charging(
    *,
    transaction: Transaction,
    now: datetime,
    actor: Actor | None = None,
    timeout: timedelta = DEFAULT_TIMEOUT,
) -> StationCommand:
    """Stop a running session (OCPP 2.0.1 F03; 1.6 RemoteStopTransaction).

    Raises:
        UnableToCommand: it has ended, or the station is unreachable.
    """
    if not transaction.is_active:
        raise UnableToCommand("This transaction has already ended.")
    return request_command(
        station=transaction.station,
        command=wire.RequestStopTransaction(transaction_ref=transaction.station_ref),
        now=now,
        actor=actor,
        transaction=transaction,
        timeout=timeout,
    )


def unlock(*, connector: Connector, now: datetime, actor: Actor | None = None) -> StationCommand:
    """Unlock a connector (OCPP 2.0.1 F05)."""
    command = wire.UnlockConnector(evse=connector.evse.number, connector=connector.number)
    return request_command(
        station=connector.evse.station,
        command=command,
        now=now,
        actor=actor,
        transaction=connector.evse.active_transaction,
    )


def reset(
    *,
    station: ChargingStation,
    now: datetime,
    type: ResetType = ResetType.ON_IDLE,  # noqa: A002 -- the standard's own word
    evse: Evse | None = None,
    actor: Actor | None = None,
) -> StationCommand:
    """Restart a station (OCPP 2.0.1 B11, B12); Immediate ends running sessions."""
    command = wire.Reset(type=type, evse=_number(station, evse))
    return request_command(station=station, command=command, now=now, actor=actor)


def _number(station: ChargingStation, evse: Evse | None) -> int | None:
    if evse is None:
        return None
    if evse.station_id != station.pk:
        message = "This EVSE belongs to another station."
        raise UnableToCommand(message, errors={"evse": message})
    return evse.number


def change_availability(
    *,
    station: ChargingStation,
    operative: bool,
    now: datetime,
    evse: Evse | None = None,
    actor: Actor | None = None,
) -> StationCommand:
    """Take a station or one EVSE out of service, or back (OCPP 2.0.1 G03, G04)."""
    command = wire.ChangeAvailability(operative=operative, evse=_number(station, evse))
    return request_command(station=station, command=command, now=now, actor=actor)


@atomic
def change_availability_of_stations(
    *,
    stations: Iterable[ChargingStation],
    operative: bool,
    now: datetime,
    actor: Actor | None = None,
) -> list[StationCommand]:
    """The same for many; one that is unreachable gets a command that has failed, saying why."""
    command = wire.ChangeAvailability(operative=operative)
    return [
        request_or_fail(station=station, command=command, now=now, actor=actor)
        for station in stations
    ]


def change_availability_of_location(
    *, location: Location, operative: bool, now: datetime, actor: Actor | None = None
) -> list[StationCommand]:
    """Take a whole location out of service, or back."""
    stations = location.stations.select_related("operator").order_by("name", "id")
    return change_availability_of_stations(
        stations=stations, operative=operative, now=now, actor=actor
    )


def request_or_fail(
    *, station: ChargingStation, command: Command, now: datetime, actor: Actor | None
) -> StationCommand:
    """As `request_command`, for one of many: out of reach, it gets a command that has failed."""
    try:
        return request_command(station=station, command=command, now=now, actor=actor)
    except UnableToCommand as error:
        return StationCommand.objects.create(
            operator_id=station.operator_id,
            station=station,
            kind=command.kind,
            arguments=blanked(command.kind, command.to_json()),
            status=CommandStatus.FAILED,
            raw_status="Unreachable",
            result={"reason": error.message},
            requested_by=actor.user if actor else None,
            requested_by_key=actor.api_key if actor else None,
            requested_at=now,
            deadline_at=now,
            finished_at=now,
        )


def trigger(
    *,
    station: ChargingStation,
    requested_message: RequestedMessage,
    now: datetime,
    evse: Evse | None = None,
    actor: Actor | None = None,
) -> StationCommand:
    """Ask a station to send a message (OCPP 2.0.1 F06)."""
    command = wire.TriggerMessage(requested_message=requested_message, evse=_number(station, evse))
    return request_command(station=station, command=command, now=now, actor=actor)


def set_variable(
    *,
    station: ChargingStation,
    name: str,
    value: str,
    now: datetime,
    actor: Actor | None = None,
) -> StationCommand:
    """Set a 2.x variable (`Component.Variable`) or a 1.6 configuration key (B05).

    Raises:
        UnableToCommand: unreachable, the value does not fit what the station reported, or it is
            the key that the station logs in with.
    """
    if not name.strip():
        raise UnableToCommand("Name the variable.", errors={"name": "Name the variable."})
    if is_station_key(name):
        raise UnableToCommand(STATION_KEY, errors={"name": STATION_KEY})
    faults = faults_of(
        station_id=station.pk, family=family_of(station.protocol), values={name.strip(): value}
    )
    for fault in faults.values():
        raise UnableToCommand(fault, errors={"value": fault})
    command = wire.SetVariable(name=name.strip(), value=value)
    return request_command(station=station, command=command, now=now, actor=actor)


def get_base_report(
    *, station: ChargingStation, now: datetime, actor: Actor | None = None
) -> StationCommand:
    """Ask for all variables of a station (B07); they arrive as NotifyReport messages."""
    command = wire.GetBaseReport(request_id=random_int31())
    return request_command(station=station, command=command, now=now, actor=actor)
