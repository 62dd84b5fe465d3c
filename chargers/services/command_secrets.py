"""Secrets of commands: sealed while they wait, gone from the row once the socket has them.

A command waits in the database, where no key or password may stand in plain words. It is
encrypted with the installation's own secret, taken out by the one process that sends it, and
blanked in the same transaction.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from chargers.domain import commands
from chargers.domain.commands import COMMANDS, Command
from chargers.ocpp.secrets import MASK, is_secret, without_userinfo

_SEAL = "sealed:"
# Arguments that are addresses of servers.
_ADDRESSES = ("url", "upload_url")


def seal(command: Command) -> dict[str, Any]:
    """The command as JSON for its row, its secrets encrypted."""
    return _changed(command.kind, command.to_json(), lambda _name, secret: _sealed(str(secret)))


def unseal(kind: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments as they are sent."""
    return _changed(kind, arguments, lambda _name, secret: _opened(str(secret)))


def blanked(kind: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments without their secrets, for the row of a command that has left, and the audit."""
    return _changed(kind, arguments, _blank)


def _blank(name: str, value: Any) -> str:
    """Of an address only user name and password are secret."""
    return without_userinfo(_opened(str(value))) if name in _ADDRESSES else MASK


def _changed(
    kind: str, arguments: dict[str, Any], change: Callable[[str, Any], str]
) -> dict[str, Any]:
    """The arguments with every secret changed; of several values, that of each secret variable."""
    if kind == commands.SetVariables.kind:
        values = [
            {**each, "value": change("value", each["value"])}
            if is_secret(str(each["name"]))
            else each
            for each in arguments.get("values", ())
        ]
        return {**arguments, "values": values}
    names = secret_names(kind, arguments)
    return {**arguments, **{name: change(name, arguments[name]) for name in names}}


def secret_names(kind: str, arguments: dict[str, Any]) -> tuple[str, ...]:
    """Which arguments hold a secret: those that the command declares, and a secret variable's."""
    if kind == commands.SetVariable.kind and is_secret(str(arguments.get("name", ""))):
        return ("value",)
    declared = COMMANDS[kind].secrets if kind in COMMANDS else ()
    addresses = [name for name in _ADDRESSES if _is_secret_address(arguments.get(name))]
    return (*(name for name in declared if arguments.get(name)), *addresses)


def _is_secret_address(value: Any) -> bool:
    text = str(value or "")
    return text.startswith(_SEAL) or without_userinfo(text) != text


@lru_cache(maxsize=4)
def _box(secret: str) -> Fernet:
    digest = hashlib.sha256(b"secrets of commands" + secret.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def _sealed(text: str) -> str:
    return _SEAL + _box(settings.CREDENTIAL_PEPPER).encrypt(text.encode()).decode()


def _opened(text: str) -> str:
    """What was sealed; anything else stays as it is (rows from before, already blanked)."""
    if not text.startswith(_SEAL):
        return text
    try:
        return _box(settings.CREDENTIAL_PEPPER).decrypt(text.removeprefix(_SEAL)).decode()
    except InvalidToken:
        return MASK
