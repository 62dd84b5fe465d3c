"""Orders about charging profiles, executed on the neutral model; of no OCPP version."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from chargers.simulator.outcome import Outcome
from chargers.simulator.profiles import Period, Profile, Purpose

if TYPE_CHECKING:
    from chargers.simulator.commands import CommandDesk

PER_REPORT = 2
"""Profiles in one message of a report: few, so that tests see several."""


def set_profile(desk: CommandDesk, evse: int, profile: Profile) -> Outcome:
    """Install a charging profile at an EVSE (0: the station), if this station can follow it."""
    book = desk.model.profiles
    if not 0 <= evse <= len(desk.model.evses) or not _fits(desk, evse, profile):
        return Outcome.REJECTED
    if not book.able.takes(profile) or not book.has_room(evse, profile):
        return Outcome.REJECTED
    book.install(evse, profile)
    desk.reevaluate_soon()
    return Outcome.ACCEPTED


def _fits(desk: CommandDesk, evse: int, profile: Profile) -> bool:
    """Tell whether a profile of its purpose may go there."""
    match profile.purpose:
        case Purpose.EXTERNAL:
            return False  # K01.FR.22
        case Purpose.STATION_MAX:
            return evse == 0
        case Purpose.TX_DEFAULT:
            return profile.tx_reference is None
        case Purpose.TX:
            tx = desk.model.evse(evse).tx if evse else None
            return tx is not None and profile.tx_reference in {None, tx.reference}


def may_start_with(desk: CommandDesk, profile: Profile | None) -> bool:
    """Tell whether a remote start may bring this profile: a session's own, of none yet."""
    if profile is None:
        return True
    is_own = profile.purpose is Purpose.TX and profile.tx_reference is None
    return is_own and desk.model.profiles.able.takes(profile)


def clear_profile(
    desk: CommandDesk,
    *,
    profile_id: int | None = None,
    evse: int | None = None,
    purpose: Purpose | None = None,
    stack_level: int | None = None,
) -> Outcome:
    """Remove the profiles that match; those from outside stay."""
    removed = desk.model.profiles.clear(
        profile_id=profile_id, evse=evse, purpose=purpose, stack_level=stack_level
    )
    if not removed:
        return Outcome.UNKNOWN
    desk.reevaluate_soon()
    return Outcome.ACCEPTED


def composite(
    desk: CommandDesk, evse: int, seconds: int, unit: str
) -> tuple[datetime, tuple[Period, ...]]:
    """Return the start and the periods of what will hold.

    Raises:
        LookupError: no such EVSE, or a unit that this station does not know.
    """
    if unit not in desk.model.profiles.able.units:
        raise LookupError(unit)
    tx = desk.model.evse(evse).tx if evse else None
    now = desk.model.device_time()
    started_at = tx.started_at if tx else None
    return now, desk.model.profiles.composite(evse, now, seconds, unit, started_at)


def installed(
    desk: CommandDesk,
    *,
    evse: int | None = None,
    ids: Container[int] = (),
    purpose: Purpose | None = None,
    stack_level: int | None = None,
    sources: Container[str] = (),
) -> list[tuple[int, str, list[Profile]]]:
    """Return what is installed and asked for, in parts of one EVSE and source each."""
    found = [
        (place, profile)
        for place, profile in desk.model.profiles.entries
        if evse in {None, place}
        and (not ids or profile.id in ids)
        and purpose in {None, profile.purpose}
        and stack_level in {None, profile.stack_level}
        and (not sources or profile.source in sources)
    ]
    found.sort(key=lambda entry: (entry[0], entry[1].source))
    parts = []
    for (place, source), entries in groupby(found, key=lambda one: (one[0], one[1].source)):
        profiles = [profile for _, profile in entries]
        parts += [
            (place, source, profiles[start : start + PER_REPORT])
            for start in range(0, len(profiles), PER_REPORT)
        ]
    return parts
