"""What staff and programs do with a station's list and with Autocharge."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.db.transaction import atomic

from accounts.models import Operator
from accounts.services import audit
from accounts.services.audit import Actor
from chargers.domain.commands import GetLocalListVersion, GetVariables
from chargers.exceptions import UnableToCommand
from chargers.models import (
    AccessPolicy,
    Autocharge,
    ChargingStation,
    LocalList,
    LocalListState,
    StationCommand,
)
from chargers.ocpp.access import SWITCHES, AccessSetting, variable_names
from chargers.services.commands import request_command, set_variable
from chargers.services.local_lists.answers import settle
from chargers.services.local_lists.sync import SETTLING, TIMEOUT, advance


def list_of(station: ChargingStation) -> LocalList:
    """The station's list; a row is made when it has none yet."""
    row, _ = LocalList.objects.get_or_create(
        station=station, defaults={"operator_id": station.operator_id}
    )
    return row


@atomic
def manage_list(
    *, station: ChargingStation, is_managed: bool, actor: Actor, now: datetime
) -> LocalList:
    """Keep a station's list in step by itself from now on, or leave it alone. Twice is once."""
    row = LocalList.objects.select_for_update().get(pk=list_of(station).pk)
    if row.is_managed == is_managed:
        return row
    row.is_managed = is_managed
    _fresh_start(row)
    row.due_at = now + SETTLING if is_managed else None
    row.save()
    audit.record(
        operator=station.operator,
        actor=actor,
        action="station.local_list_managed" if is_managed else "station.local_list_left",
        obj=station,
        changes={"is_managed": [not is_managed, is_managed]},
        now=now,
    )
    if is_managed and station.is_online and station.is_enabled:
        # what it can hold, before it is sent anything
        request_command(station=station, command=_reading(station), now=now)
    return row


def _fresh_start(row: LocalList) -> None:
    row.failures, row.last_error = 0, ""
    if row.state in (LocalListState.FAILED, LocalListState.NOT_SUPPORTED):
        row.state = LocalListState.WAITING if row.is_managed else LocalListState.UNKNOWN


@atomic
def sync_list(
    *, station: ChargingStation, full: bool, now: datetime, actor: Actor | None = None
) -> StationCommand:
    """Bring the list in step now, also one that is not managed or was given up.

    Args:
        full: send the whole list, whatever the station is known to hold.

    Returns:
        The first command of what may be several.

    Raises:
        UnableToCommand: unreachable, an update is under way, or there is nothing to send.
    """
    _check_reachable(station)
    row = _idle(station, now)
    _fresh_start(row)
    row.force_full = full
    row.due_at = now
    row.save()
    command = advance(list_id=row.pk, now=now)
    if command is None:
        raise UnableToCommand("The list is in step: there is nothing to send.")
    if actor is not None:
        StationCommand.objects.filter(pk=command.pk).update(
            requested_by=actor.user, requested_by_key=actor.api_key
        )
        command.refresh_from_db()
        audit.record(
            operator=station.operator,
            actor=actor,
            action="station.send_local_list",
            obj=station,
            changes={"full": full},
            now=now,
        )
    return command


def _check_reachable(station: ChargingStation) -> None:
    if not station.is_enabled:
        raise UnableToCommand(f"{station.name} is disabled.")
    if not station.is_online:
        raise UnableToCommand(f"{station.name} is offline; it is brought in step when it returns.")


def _idle(station: ChargingStation, now: datetime) -> LocalList:
    row = (
        LocalList.objects.select_for_update(of=("self",))
        .select_related("command")
        .get(pk=list_of(station).pk)
    )
    if not settle(row, now=now):
        raise UnableToCommand("The station has not answered the last update yet.")
    return row


@atomic
def read_version(
    *, station: ChargingStation, now: datetime, actor: Actor | None = None
) -> StationCommand:
    """Ask which version of the list the station holds (D02).

    Raises:
        UnableToCommand: unreachable, or an update is under way.
    """
    row = _idle(station, now)
    row.command = request_command(
        station=station, command=GetLocalListVersion(), now=now, actor=actor, timeout=TIMEOUT
    )
    row.save()
    return row.command


def _reading(station: ChargingStation) -> GetVariables:
    return GetVariables(names=tuple(variable_names(station.protocol).values()))


def read_settings(
    *, station: ChargingStation, now: datetime, actor: Actor | None = None
) -> StationCommand:
    """Read all access settings of a station (B06)."""
    return request_command(station=station, command=_reading(station), now=now, actor=actor)


def set_switch(
    *,
    station: ChargingStation,
    setting: AccessSetting,
    is_on: bool,
    now: datetime,
    actor: Actor | None = None,
) -> StationCommand:
    """Switch the list, the cache or what holds offline, by the name that the station knows.

    Raises:
        UnableToCommand: unreachable, or the setting is no switch.
    """
    if setting not in SWITCHES:
        message = "This setting cannot be switched."
        raise UnableToCommand(message, errors={"setting": message})
    name = variable_names(station.protocol)[setting]
    value = "true" if is_on else "false"
    return set_variable(station=station, name=name, value=value, now=now, actor=actor)


@atomic
def set_autocharge(
    *, station: ChargingStation, autocharge: Autocharge, actor: Actor, now: datetime
) -> ChargingStation:
    """May vehicles identify themselves by their MAC address here? Anybody can clone one."""
    changes = audit.differences(station, {"autocharge": autocharge.value})
    if changes:
        station.autocharge = autocharge.value
        station.save(update_fields=["autocharge"])
        audit.record(
            operator=station.operator,
            actor=actor,
            action="station.autocharge_changed",
            obj=station,
            changes=changes,
            now=now,
        )
        _list_may_differ(LocalList.objects.filter(station=station), now)
    return station


def _list_may_differ(rows: QuerySet[LocalList], now: datetime) -> None:
    rows.filter(is_managed=True).update(due_at=now + SETTLING)


@atomic
def set_operator_autocharge(
    *, operator: Operator, is_allowed: bool, actor: Actor, now: datetime
) -> AccessPolicy:
    """The rule for all stations of an operator that have none of their own."""
    policy, _ = AccessPolicy.objects.get_or_create(operator=operator)
    if policy.is_autocharge_allowed != is_allowed:
        policy.is_autocharge_allowed = is_allowed
        policy.save(update_fields=["is_autocharge_allowed"])
        audit.record(
            operator=operator,
            actor=actor,
            action="access_policy.autocharge_changed",
            obj=policy,
            changes={"is_autocharge_allowed": [not is_allowed, is_allowed]},
            now=now,
        )
        _list_may_differ(LocalList.objects.filter(operator=operator), now)
    return policy
