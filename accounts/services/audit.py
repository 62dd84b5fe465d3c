"""The audit trail: one row for every mutating action of staff, an API key or the system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db import models

from accounts.models import ApiKey, AuditEntry, Operator, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something, as the audit trail shall remember them.

    Attributes:
        user: the person, when a person acts through the portal or the admin.
        api_key: the key, when a program acts through the API.
        label: their name at that moment; it stays readable when the account is gone.
        remote_address: IP address of the request, None when there is none.
        request_id: `X-Request-Id` of the request, also found in the log.
    """

    user: User | None = None
    api_key: ApiKey | None = None
    label: str
    remote_address: str | None = None
    request_id: str = ""

    @classmethod
    def system(cls, label: str) -> Self:
        """A command, task or rule of the installation itself."""
        return cls(label=label)

    @classmethod
    def person(cls, user: User) -> Self:
        """A user outside of any request (seeding, tests)."""
        return cls(user=user, label=str(user))


def record(
    *,
    operator: Operator,
    actor: Actor,
    action: str,
    obj: models.Model,
    changes: Mapping[str, Any] | None = None,
    now: datetime,
) -> AuditEntry:
    """Append one entry, in the caller's database transaction.

    Args:
        operator: the tenant whose trail this is.
        actor: who did it.
        action: `<object>.<past tense>`, such as `driver.blocked`.
        obj: what it was done to; only its type, key and name are kept.
        changes: field -> [old, new], or field -> a plain value; never a secret.
        now: when (aware UTC).
    """
    return AuditEntry.objects.create(
        operator=operator,
        at=now,
        user=actor.user,
        api_key=actor.api_key,
        actor_label=actor.label[:200],
        action=action,
        object_type=obj._meta.model_name or "",
        object_id=str(obj.pk),
        object_label=str(obj)[:200],
        changes=dict(changes or {}),
        remote_address=actor.remote_address,
        request_id=actor.request_id,
    )


def differences(obj: models.Model, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What assigning `values` would change: field -> [old, new], for `record(changes=…)`."""
    return {
        name: [_plain(getattr(obj, name)), _plain(new)]
        for name, new in values.items()
        if getattr(obj, name) != new
    }


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, models.Model) else value
