"""Tokens: what drivers identify themselves with at a station (OCPP IdToken)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict

from django.db import transaction

from accounts.events import IdTokenChanged
from accounts.exceptions import UnableToManageToken
from accounts.models import Driver, IdToken, IdTokenType, Operator
from accounts.services.audit import Actor, differences, record
from accounts.services.validation import row_errors
from accounts.vehicles import mac_address
from events.outbox import publish

# OCPP 1.6 CiString20 and 2.0.1 identifierString[36]; RFID readers send hexadecimal digits.
_MAX_UID_LENGTH = 36
_RFID = {IdTokenType.ISO14443, IdTokenType.ISO15693}
_RFID_UID = re.compile(r"[0-9A-F]{8,20}")
_UID = re.compile(r"[A-Za-z0-9*\-_=:+|@.]+")
_SEPARATORS = re.compile(r"[\s:\-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenDetails:
    """What staff type about a token; RFID numbers may hold spaces, colons and dashes."""

    uid: str
    type: str = IdTokenType.ISO14443
    label: str = ""
    expires_at: datetime | None = None
    external_id: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)


class TokenChanges(TypedDict, total=False):
    """What may change later: the number and its type stay, a new card is a new token."""

    driver: Driver | None
    label: str
    expires_at: datetime | None
    external_id: str
    metadata: dict[str, Any]


def normalised_uid(uid: str, token_type: str) -> str:
    """The number as stations send it: "04:a2:b9:c2" -> "04A2B9C2" for cards and vehicles."""
    text = uid.strip()
    if token_type == IdTokenType.MAC_ADDRESS:
        return mac_address(text) or text
    return _SEPARATORS.sub("", text).upper() if token_type in _RFID else text


@transaction.atomic
def add_id_token(
    *,
    operator: Operator,
    driver: Driver | None,
    details: TokenDetails,
    actor: Actor,
    now: datetime,
) -> IdToken:
    """Add a token, of a driver or of nobody in particular (a pool card).

    Raises:
        UnableToManageToken: the number is malformed or taken, or the driver is foreign.
    """
    token = IdToken(
        operator=operator,
        driver=driver,
        uid=normalised_uid(details.uid, details.type),
        type=details.type,
        label=details.label.strip(),
        expires_at=details.expires_at,
        external_id=details.external_id.strip(),
        metadata=details.metadata,
        created_at=now,
    )
    errors = {**row_errors(token), **_uid_errors(token)}
    errors |= _driver_errors(token)
    if details.expires_at is not None and details.expires_at <= now:
        errors["expires_at"] = "The expiry must lie in the future."
    if errors:
        raise UnableToManageToken(errors=errors)
    token.save()
    changes = {"uid": token.uid, "driver": str(driver) if driver else None}
    record(
        operator=operator,
        actor=actor,
        action="id_token.added",
        obj=token,
        changes=changes,
        now=now,
    )
    _tell(token, "added", now)
    return token


def _tell(token: IdToken, change: str, now: datetime) -> None:
    publish(
        IdTokenChanged(operator_id=token.operator_id, subject_id=token.pk, change=change), now=now
    )


def _uid_errors(token: IdToken) -> dict[str, str]:
    if not token.uid or len(token.uid) > _MAX_UID_LENGTH:
        return {"uid": f"Enter 1 to {_MAX_UID_LENGTH} characters."}
    if token.type in _RFID and not _RFID_UID.fullmatch(token.uid):
        return {"uid": "A card number has 8 to 20 hexadecimal digits, such as 04A2B9C2."}
    if token.type == IdTokenType.MAC_ADDRESS and mac_address(token.uid) is None:
        return {"uid": "A vehicle's address has 12 hexadecimal digits, such as 00:7D:FA:07:2B:3C."}
    if not _UID.fullmatch(token.uid):
        return {"uid": "Only letters, digits and * - _ = : + | @ . are possible here."}
    return {}


def _driver_errors(token: IdToken) -> dict[str, str]:
    if token.driver is not None and token.driver.operator_id != token.operator_id:
        return {"driver": "This driver does not exist."}
    return {}


@transaction.atomic
def update_id_token(
    *, token: IdToken, changes: TokenChanges, actor: Actor, now: datetime
) -> IdToken:
    """Change the given fields, or hand the token to another driver (None: a pool card).

    Raises:
        UnableToManageToken: a field is not acceptable, or the driver is foreign.
    """
    token = IdToken.objects.select_for_update().get(pk=token.pk)
    fields: dict[str, Any] = {
        name: value.strip() if isinstance(value, str) else value for name, value in changes.items()
    }
    found = differences(token, fields)
    for name, value in fields.items():
        setattr(token, name, value)
    errors = {**row_errors(token), **_driver_errors(token)}
    if errors:
        raise UnableToManageToken(errors=errors)
    if found:
        token.save(update_fields=list(found))
        record(
            operator=token.operator,
            actor=actor,
            action="id_token.updated",
            obj=token,
            changes=found,
            now=now,
        )
        _tell(token, "updated", now)
    return token


@transaction.atomic
def block_id_token(*, token: IdToken, blocked: bool, actor: Actor, now: datetime) -> IdToken:
    """Refuse (or allow again) one token. Repeating it changes nothing."""
    token = IdToken.objects.select_for_update().get(pk=token.pk)
    if token.is_blocked != blocked:
        token.is_blocked = blocked
        token.save(update_fields=["is_blocked"])
        action = "id_token.blocked" if blocked else "id_token.unblocked"
        record(operator=token.operator, actor=actor, action=action, obj=token, now=now)
        _tell(token, "blocked" if blocked else "unblocked", now)
    return token


@transaction.atomic
def delete_id_token(*, token: IdToken, actor: Actor, now: datetime) -> None:
    """Remove a token; transactions keep the number they were started with."""
    record(
        operator=token.operator,
        actor=actor,
        action="id_token.deleted",
        obj=token,
        changes={"uid": token.uid, "driver": str(token.driver) if token.driver else None},
        now=now,
    )
    _tell(token, "deleted", now)
    token.delete()
