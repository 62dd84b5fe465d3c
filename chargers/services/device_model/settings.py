"""Reading and setting what a station can be configured to, under one name for every version."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.transaction import atomic

from accounts.services.audit import Actor
from chargers.domain import commands as wire
from chargers.domain.commands import Command, ReportBase
from chargers.exceptions import UnableToCommand
from chargers.models import ChargingStation, CommandStatus, StationCommand, StationVariable
from chargers.ocpp.secrets import is_station_key
from chargers.ocpp.well_known import (
    BY_ID,
    Asking,
    Family,
    family_of,
    own_name,
    sets_several,
)
from chargers.services.commands import request_command
from chargers.services.device_model.checks import STATION_KEY, value_fault
from chargers.services.device_model.limits import MOST_AT_ONCE, chunks, items_per_message
from chargers.services.device_model.variables import known_variables
from common.ids import random_int31

SETTERS = (wire.SetVariable.kind, wire.SetVariables.kind)
# The queue goes by time; ids made within a millisecond are in no order.
_APART = timedelta(microseconds=1)
ATTRIBUTES = ("Actual", "Target", "MinSet", "MaxSet")
_NEVER_CONNECTED = "It is not known how this station names its settings: it has never been online."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A value to set: `name` is a well-known setting's id or the station's own full name."""

    name: str
    value: str
    attribute: str = "Actual"


@atomic
def set_values(
    *,
    station: ChargingStation,
    values: Sequence[Wanted],
    now: datetime,
    actor: Actor | None = None,
) -> list[StationCommand]:
    """Set several values in one call (B05): as few messages as the station's version and limits allow.

    All values are checked against what is known of them before anything is sent, so that a wish
    that cannot be is refused as a whole. The call may be repeated: what is under way with the same
    values is not asked a second time, its command is returned again.

    Results arrive later, as the station answers, on the commands returned:

    * `status` `accepted`: every value of it was taken, and stands in `StationVariable` by now;
      `scheduled`: taken, but some hold after a restart only; `rejected` and the other ends: see
      `result["results"]` of a `set_variables` (name, attribute, status, raw_status, reason of
      each), the command itself where it is a lone `set_variable` (always so on OCPP 1.6).
    * Each end publishes `CommandFinished` with the command's id: subscribe, or look at the rows.
    * `selectors.configuration.recent_changes` tells the last attempt by name, and whether the
      station has restarted since.

    Args:
        values: at most `MOST_AT_ONCE`, each name and attribute once; names of well-known settings
            or the station's own.

    Returns:
        One command a message, in the order of `values`, which is the order of sending.

    Raises:
        UnableToCommand: unreachable, nothing to set, a value that does not fit; `errors` by name.
    """
    if not values:
        raise UnableToCommand("Name at least one value.", errors={"values": "Name at least one."})
    if len(values) > MOST_AT_ONCE:
        raise UnableToCommand(f"At most {MOST_AT_ONCE} values at once.")
    family = _family(station)
    own = {wanted: own_name(wanted.name.strip(), family) for wanted in values}
    known = known_variables(station_id=station.pk, names=own.values())
    errors = _twice(own) | {
        wanted.name: fault
        for wanted, name in own.items()
        if (fault := _fault(wanted, name, known.get(name), family))
    }
    if errors:
        raise UnableToCommand(_summary(errors), errors=errors)
    named = [(name, wanted.value, wanted.attribute) for wanted, name in own.items()]
    under_way = _under_way(station, now)
    return [
        under_way.get(_order_key(order.kind, order.to_json()))
        or request_command(station=station, command=order, now=now + place * _APART, actor=actor)
        for place, order in enumerate(writing_orders(station, named))
    ]


def writing_orders(
    station: ChargingStation, named: Sequence[tuple[str, str, str]]
) -> list[Command]:
    """The commands that set (own name, value, attribute): as few as the station takes. Unchecked."""
    family = _family(station)
    return list(_orders(named, family, items_per_message(station.pk, family, Asking.WRITE)))


def _under_way(station: ChargingStation, now: datetime) -> dict[str, StationCommand]:
    """Commands that set something and have no answer yet. Secrets are stored sealed: never alike.

    One whose values a later command sets again is not among them: its values do not last.
    """
    rows = StationCommand.objects.filter(
        station=station, kind__in=SETTERS, status__in=CommandStatus.open(), deadline_at__gt=now
    )
    latest: set[str] = set()
    lasting: dict[str, StationCommand] = {}
    for row in rows.order_by("-requested_at", "-id"):
        names = _names_of(row.arguments)
        if not names & latest:
            lasting[_order_key(row.kind, row.arguments)] = row
        latest |= names
    return lasting


def _names_of(arguments: dict[str, Any]) -> set[str]:
    values: list[dict[str, Any]] = arguments.get("values") or [arguments]
    return {str(each["name"]) for each in values}


def _order_key(kind: str, arguments: dict[str, Any]) -> str:
    return json.dumps([kind, arguments], sort_keys=True)


def _twice(own: dict[Wanted, str]) -> dict[str, str]:
    """Names that stand for the same value of the station."""
    seen: set[tuple[str, str]] = set()
    errors: dict[str, str] = {}
    for wanted, name in own.items():
        if (name, wanted.attribute) in seen:
            errors[wanted.name] = "Named twice."
        seen.add((name, wanted.attribute))
    return errors


def _fault(wanted: Wanted, name: str, row: StationVariable | None, family: Family) -> str:
    if not name:
        return "This station has no such setting." if wanted.name in BY_ID else "Name the variable."
    if wanted.attribute not in ATTRIBUTES:
        return f"The attribute is one of {', '.join(ATTRIBUTES)}."
    if wanted.attribute != "Actual" and not sets_several(family):
        return "A configuration key has no attributes."
    if is_station_key(name):
        return STATION_KEY
    return value_fault(name, wanted.value, row, family, wanted.attribute)


def _summary(errors: dict[str, str]) -> str:
    if len(errors) == 1:
        return next(iter(errors.values()))
    return " ".join(f"{name}: {fault}" for name, fault in errors.items())


def _orders(named: Sequence[tuple[str, str, str]], family: Family, limit: int) -> Iterator[Command]:
    """One command a message; a lone value goes as the plain command."""
    if not sets_several(family) or (len(named) == 1 and named[0][2] == "Actual"):
        for name, value, _attribute in named:
            yield wire.SetVariable(name=name, value=value)
        return
    for chunk in chunks(named, limit):
        yield wire.SetVariables(values=tuple(_value(*each) for each in chunk))


def _value(name: str, value: str, attribute: str) -> dict[str, Any]:
    told = {"name": name, "value": value}
    return told if attribute == "Actual" else {**told, "attribute": attribute}


@atomic
def read_values(
    *,
    station: ChargingStation,
    names: Iterable[str],
    now: datetime,
    actor: Actor | None = None,
    attributes: tuple[str, ...] = (),
) -> list[StationCommand]:
    """Ask for several values (B06), split by what one message of the station may hold.

    Args:
        names: ids of well-known settings, or the station's own full names; those that this
            station cannot have are left out.
        attributes: attribute types beside or instead of Actual; 2.x alone.

    Raises:
        UnableToCommand: unreachable, or no name is left.
    """
    family = _family(station)
    own = list(dict.fromkeys(filter(None, (own_name(name.strip(), family) for name in names))))
    if not own:
        raise UnableToCommand("Name at least one.", errors={"names": "Name at least one."})
    if len(own) > MOST_AT_ONCE:
        message = f"At most {MOST_AT_ONCE} names at once; a report reads all."
        raise UnableToCommand(message, errors={"names": message})
    strange = [each for each in attributes if each not in ATTRIBUTES]
    if strange:
        message = f"An attribute is one of {', '.join(ATTRIBUTES)}."
        raise UnableToCommand(message, errors={"attributes": message})
    kinds = attributes if sets_several(family) else ()
    limit = items_per_message(station.pk, family, Asking.READ)
    per_message = max(1, limit // max(1, len(kinds)))
    return [
        request_command(
            station=station,
            command=wire.GetVariables(names=tuple(chunk), attributes=kinds),
            now=now,
            actor=actor,
        )
        for chunk in chunks(own, per_message)
    ]


def request_base_report(
    *,
    station: ChargingStation,
    now: datetime,
    report_base: ReportBase = ReportBase.FULL,
    actor: Actor | None = None,
) -> StationCommand:
    """Ask for an inventory (B07). Its pages are counted on a `StationReport`."""
    command = wire.GetBaseReport(request_id=random_int31(), report_base=report_base)
    return request_command(station=station, command=command, now=now, actor=actor)


@atomic
def request_report(
    *,
    station: ChargingStation,
    now: datetime,
    criteria: tuple[str, ...] = (),
    names: tuple[str, ...] = (),
    actor: Actor | None = None,
) -> list[StationCommand]:
    """Ask for components by their state or by name (B08); as many reports as the station's limit
    on names asks for.

    Raises:
        UnableToCommand: unreachable, or nothing is asked for.
    """
    if not criteria and not names:
        message = "Choose a state or name a component."
        raise UnableToCommand(message, errors={"names": message})
    family = family_of(station.protocol) or Family.VARIABLES
    parts = chunks(names, items_per_message(station.pk, family, Asking.REPORT))
    return [
        request_command(
            station=station,
            command=wire.GetReport(request_id=random_int31(), criteria=criteria, names=tuple(part)),
            now=now,
            actor=actor,
        )
        for part in (list(parts) or [()])
    ]


def _family(station: ChargingStation) -> Family:
    family = family_of(station.protocol)
    if family is None:
        raise UnableToCommand(_NEVER_CONNECTED)
    return family
