"""Commands that a station must not be given, whoever asks: none may lower its security (A05)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chargers.domain import commands as wire
from chargers.domain.commands import Command
from chargers.exceptions import UnableToCommand
from chargers.models import ChargingStation

_NAME = "securityprofile"


def check_command(station: ChargingStation, command: Command) -> None:
    """Raises:
    UnableToCommand: it would set a security profile below the station's minimum.
    """
    minimum = station.min_security_profile
    for asked in _profiles_in(command):
        if asked < minimum:
            message = f"Security profile {asked} is below the minimum of this station, which is {minimum}."
            raise UnableToCommand(message, errors={_FIELDS.get(command.kind, "payload"): message})


_FIELDS = {
    wire.SetNetworkProfile.kind: "security_profile",
    wire.SetVariable.kind: "value",
    wire.SetVariables.kind: "values",
}


def _profiles_in(command: Command) -> Iterator[int]:
    match command:
        case wire.SetNetworkProfile():
            yield command.security_profile
        case wire.SetVariable():
            yield from _in_setting(command.name, command.value)
        case wire.SetVariables():
            for each in command.values:
                yield from _in_setting(each["name"], each["value"])
        case wire.Custom():
            yield from _in_payload(command.payload)


def _in_setting(name: str, value: str) -> Iterator[int]:
    if name.strip().casefold().endswith(_NAME):
        yield from _numbers(value)


def _in_payload(value: Any) -> Iterator[int]:
    """Wherever a payload names a security profile, in the words of any version."""
    if isinstance(value, list):
        for item in value:
            yield from _in_payload(item)
    elif isinstance(value, dict):
        yield from _in_object(value)


def _in_object(value: dict[str, Any]) -> Iterator[int]:
    folded = {str(name).casefold(): item for name, item in value.items()}
    yield from _numbers(folded.get(_NAME))
    variable = folded.get("variable")
    named = variable.get("name") if isinstance(variable, dict) else folded.get("key")
    if str(named).strip().casefold() == _NAME:
        yield from _numbers(folded.get("value"))
        yield from _numbers(folded.get("attributevalue"))
    for item in value.values():
        yield from _in_payload(item)


def _numbers(value: Any) -> Iterator[int]:
    text = str(value).strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        yield int(text)
