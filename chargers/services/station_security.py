"""What a station has to show at the door: minimum profile, a door left open for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.transaction import atomic

from accounts.services import audit
from accounts.services.audit import Actor
from chargers.domain.security import SecurityProfile
from chargers.exceptions import UnableToSaveStation
from chargers.models import ChargingStation, Protocol

MAX_OPEN = timedelta(days=7)


@atomic
def update_security(
    *,
    station: ChargingStation,
    actor: Actor,
    now: datetime,
    min_security_profile: int | None = None,
    assumed_protocol: str | None = None,
) -> tuple[str, ...]:
    """Change the minimum profile (A05) or the version assumed without a subprotocol (Q01).

    None leaves a value as it is. They count from the next handshake on.

    Returns:
        What to warn of, as sentences.

    Raises:
        UnableToSaveStation: `errors` by field name.
    """
    values = {"min_security_profile": min_security_profile, "assumed_protocol": assumed_protocol}
    changes = {name: value for name, value in values.items() if value is not None}
    errors = _errors(changes)
    if errors:
        raise UnableToSaveStation("The station cannot be changed like this.", errors=errors)
    differences = audit.differences(station, changes)
    if differences:
        for name in differences:
            setattr(station, name, changes[name])
        station.save(update_fields=list(differences))
        _audit(station, actor, "station.security_changed", differences, now)
    return _warnings(station)


def _errors(changes: dict[str, Any]) -> dict[str, str]:
    errors = {}
    if changes.get("min_security_profile", 1) not in (1, 2, 3):
        errors["min_security_profile"] = "A security profile from 1 to 3."
    if changes.get("assumed_protocol", "") not in Protocol.values:
        errors["assumed_protocol"] = "A version of OCPP, or none."
    return errors


def _warnings(station: ChargingStation) -> tuple[str, ...]:
    used, minimum = station.security_profile, station.min_security_profile
    if station.is_online and used is not None and used < minimum:
        warning = (
            f"It is connected with profile {used} and will be refused from its next connection on"
            f" unless it uses profile {minimum} by then."
        )
        return (warning,)
    return ()


@atomic
def allow_unauthenticated(
    *, station: ChargingStation, until: datetime, actor: Actor, now: datetime
) -> None:
    """Let a station in without any key until then (security profile 0): anybody can be it.

    Raises:
        UnableToSaveStation: in the past, for more than a week, or its minimum is above 1.
    """
    message = ""
    if station.min_security_profile > SecurityProfile.BASIC:
        message = "Its minimum security profile forbids this. Lower that first."
    elif not now < until <= now + MAX_OPEN:
        message = "Choose a time within the next seven days."
    if message:
        raise UnableToSaveStation(message, errors={"until": message})
    _set_open(station, until, actor, "station.unauthenticated_allowed", now)


@atomic
def forbid_unauthenticated(*, station: ChargingStation, actor: Actor, now: datetime) -> None:
    """Ask for the key again, from the next handshake on."""
    if station.allow_unauthenticated_until is not None:
        _set_open(station, None, actor, "station.unauthenticated_forbidden", now)


def _set_open(
    station: ChargingStation, until: datetime | None, actor: Actor, action: str, now: datetime
) -> None:
    changes = {"until": until.isoformat() if until else None}
    station.allow_unauthenticated_until = until
    station.save(update_fields=["allow_unauthenticated_until"])
    _audit(station, actor, action, changes, now)


def _audit(
    station: ChargingStation, actor: Actor, action: str, changes: dict[str, Any], now: datetime
) -> None:
    audit.record(
        operator=station.operator, actor=actor, action=action, obj=station, changes=changes, now=now
    )
