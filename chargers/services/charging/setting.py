"""Asking stations to limit what they deliver. Load management and people call the same functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db.transaction import atomic

from accounts.services.audit import Actor
from chargers.domain import commands as wire
from chargers.domain.charging_profiles import ChargingProfile as Profile
from chargers.domain.charging_profiles import (
    Period,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Schedule,
    faults,
)
from chargers.exceptions import UnableToCommand
from chargers.models import (
    ChargingProfile,
    ChargingStation,
    Evse,
    ProfileStatus,
    StationCommand,
    Transaction,
)
from chargers.services.charging.rows import capabilities, note_request, with_id
from chargers.services.commands import DEFAULT_TIMEOUT, request_command
from common.ids import random_int31

# Stations whose clock is a little behind take a schedule that starts "now" for one that is to come.
_STARTED_BEFORE = timedelta(seconds=60)
MAX_SCHEDULE = timedelta(days=7)


@atomic
def set_charging_profile(
    *,
    station: ChargingStation,
    evse: int,
    profile: Profile,
    now: datetime,
    transaction: Transaction | None = None,
    actor: Actor | None = None,
    timeout: timedelta = DEFAULT_TIMEOUT,
) -> ChargingProfile:
    """Install a profile (OCPP K01), in place of one of the same purpose and level there.

    Args:
        evse: number of the EVSE, 0 for the whole station.
        profile: its `id` is chosen here when it is 0; a TxProfile gets its session's reference.
        transaction: the running session that a TxProfile is for.

    Returns:
        The row of the profile; its `command` tells how it goes on.

    Raises:
        UnableToCommand: with errors by field of `domain.charging_profiles.faults`, or for a
            station that cannot be reached.
    """
    able = capabilities(station.pk)
    if transaction is not None:
        profile = replace(profile, transaction_ref=transaction.station_ref)
    _refuse(
        {
            **faults(profile, evse=evse, able=able),
            **_evse_fault(station, evse),
            **_session_fault(station, evse, transaction),
            **_id_fault(profile, able.reserved_ids),
        }
    )
    if profile.id == 0:
        profile = with_id(profile, station=station, evse=evse, transaction=transaction, able=able)
    command = request_command(
        station=station,
        command=wire.SetChargingProfile(evse=evse, profile=profile),
        now=now,
        actor=actor,
        transaction=transaction,
        timeout=timeout,
    )
    return note_request(
        station=station,
        evse=evse,
        profile=profile,
        command=command,
        transaction=transaction,
        now=now,
    )


def _refuse(found: dict[str, str]) -> None:
    if found:
        raise UnableToCommand(" ".join(found.values()), errors=found)


def _evse_fault(station: ChargingStation, evse: int) -> dict[str, str]:
    if evse == 0 or Evse.objects.filter(station=station, number=evse).exists():
        return {}
    return {"evse": f"This station has no EVSE {evse}."}


def _session_fault(
    station: ChargingStation, evse: int, transaction: Transaction | None
) -> dict[str, str]:
    if transaction is None:
        return {}
    if transaction.station_id != station.pk:
        return {"transaction": "This session is of another station."}
    if not transaction.is_active:
        return {"transaction": "This session has already ended."}
    if transaction.evse is not None and transaction.evse.number != evse:
        return {"evse": f"This session charges at EVSE {transaction.evse.number}."}
    return {}


def _id_fault(profile: Profile, reserved_ids: int) -> dict[str, str]:
    if profile.id == 0 or profile.id > reserved_ids:
        return {}
    return {"id": f"Ids up to {reserved_ids} belong to other systems at this station."}


def set_limit(
    *,
    station: ChargingStation,
    now: datetime,
    amps: float | None = None,
    watts: float | None = None,
    evse: int = 0,
    transaction: Transaction | None = None,
    until: datetime | None = None,
    stack_level: int = 0,
    actor: Actor | None = None,
) -> ChargingProfile:
    """One limit from now on: of a session, of an EVSE, or (evse 0) of the whole station.

    Args:
        amps: per phase; or
        watts: of all phases.
        until: when it ends; None for until it is removed.

    Raises:
        UnableToCommand: errors `limit`, `until` and those of `set_charging_profile`.
    """
    limit, unit = (amps, RateUnit.AMPS) if amps is not None else (watts, RateUnit.WATTS)
    if limit is None or (amps is not None and watts is not None):
        raise UnableToCommand("Give amps or watts.", errors={"limit": "Give amps or watts."})
    if until is not None and until <= now:
        raise UnableToCommand("It must end later.", errors={"until": "It must end later."})
    start = now - _STARTED_BEFORE
    profile = Profile(
        purpose=_purpose(evse, transaction),
        kind=ProfileKind.ABSOLUTE,
        stack_level=stack_level,
        schedules=(
            Schedule(
                unit=unit,
                start_at=start,
                duration_seconds=round((until - start).total_seconds()) if until else None,
                periods=(Period(start_seconds=0, limit=limit),),
            ),
        ),
    )
    if transaction is not None and transaction.evse is not None:
        evse = evse or transaction.evse.number
    try:
        return set_charging_profile(
            station=station,
            evse=evse,
            profile=profile,
            transaction=transaction,
            now=now,
            actor=actor,
        )
    except UnableToCommand as error:
        raise _in_words_of_a_limit(error) from error


def _purpose(evse: int, transaction: Transaction | None) -> ProfilePurpose:
    if transaction is not None:
        return ProfilePurpose.TX
    return ProfilePurpose.TX_DEFAULT if evse else ProfilePurpose.STATION_MAX


def _in_words_of_a_limit(error: UnableToCommand) -> UnableToCommand:
    words = {"periods": "limit", "duration_seconds": "until"}
    errors = {words.get(name, name): text for name, text in error.errors.items()}
    return UnableToCommand(error.message, errors=errors)


def clear_charging_profiles(
    *,
    station: ChargingStation,
    now: datetime,
    profile_id: int | None = None,
    evse: int | None = None,
    purpose: ProfilePurpose | None = None,
    stack_level: int | None = None,
    actor: Actor | None = None,
) -> StationCommand:
    """Remove one profile, or all that match what is given (OCPP K10); external limits stay.

    Raises:
        UnableToCommand: an id together with criteria, or an unreachable station.
    """
    criteria = (evse, purpose, stack_level)
    if profile_id is not None and any(given is not None for given in criteria):
        _refuse({"profile_id": "Name a profile, or say which ones, not both."})
    if purpose == ProfilePurpose.EXTERNAL:
        _refuse({"purpose": "External limits are removed where they were set."})
    command = wire.ClearChargingProfile(
        profile_id=profile_id, evse=evse, purpose=purpose, stack_level=stack_level
    )
    return request_command(station=station, command=command, now=now, actor=actor)


def get_composite_schedule(
    *,
    station: ChargingStation,
    evse: int,
    now: datetime,
    duration: timedelta = timedelta(hours=6),
    unit: RateUnit | None = None,
    actor: Actor | None = None,
) -> StationCommand:
    """Ask what will hold (OCPP K08); the answer is the command's result.

    Raises:
        UnableToCommand: no such EVSE, nothing to ask for, unreachable.
    """
    found = _evse_fault(station, evse)
    if not timedelta(0) < duration <= MAX_SCHEDULE:
        found["duration"] = "From a minute to a week."
    _refuse(found)
    command = wire.GetCompositeSchedule(
        evse=evse, duration_seconds=int(duration.total_seconds()), unit=unit
    )
    return request_command(station=station, command=command, now=now, actor=actor)


def get_charging_profiles(
    *,
    station: ChargingStation,
    now: datetime,
    evse: int | None = None,
    purpose: ProfilePurpose | None = None,
    actor: Actor | None = None,
) -> StationCommand:
    """Ask what is installed (OCPP 2.x K09); reports follow and correct our rows."""
    command = wire.GetChargingProfiles(request_id=random_int31(), evse=evse, purpose=purpose)
    return request_command(station=station, command=command, now=now, actor=actor)


def use_priority_charging(
    *, transaction: Transaction, activate: bool, now: datetime, actor: Actor | None = None
) -> StationCommand:
    """Let a session charge with priority, or no longer (OCPP 2.1 K22).

    Raises:
        UnableToCommand: it has ended, or the station is unreachable.
    """
    _refuse(_session_fault_of(transaction))
    return request_command(
        station=transaction.station,
        command=wire.UsePriorityCharging(
            transaction_ref=transaction.station_ref, activate=activate
        ),
        now=now,
        actor=actor,
        transaction=transaction,
    )


def _session_fault_of(transaction: Transaction) -> dict[str, str]:
    return {} if transaction.is_active else {"transaction": "This session has already ended."}


def update_dynamic_schedule(
    *,
    station: ChargingStation,
    profile_id: int,
    limit: float,
    now: datetime,
    actor: Actor | None = None,
) -> StationCommand:
    """A new limit for an installed dynamic profile, in its own unit (OCPP 2.1 K28).

    Raises:
        UnableToCommand: no such profile here, a negative limit, or an unreachable station.
    """
    known = ChargingProfile.objects.filter(
        station=station,
        profile_id=profile_id,
        status__in=ProfileStatus.live(),
        content__kind=ProfileKind.DYNAMIC,
    )
    found = {} if known.exists() else {"profile_id": "There is no dynamic profile of this id."}
    if limit < 0:
        found["limit"] = "The limit must be 0 or more."
    _refuse(found)
    command = wire.UpdateDynamicSchedule(profile_id=profile_id, limit=limit)
    return request_command(station=station, command=command, now=now, actor=actor)
