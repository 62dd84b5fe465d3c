"""API keys: made once, shown once, checked on every call, revoked at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.credentials import NewKey, key_hash, make_key, matches, prefix_of
from accounts.exceptions import UnableToManageApiKey
from accounts.models import ApiKey, Operator
from accounts.policy import API_SCOPES, Permission
from accounts.services.audit import Actor, record
from common.tenancy import system_scope

_LAST_USED_STEP = timedelta(minutes=1)
_NAME_LENGTH = 80


@transaction.atomic
def create_api_key(
    *,
    operator: Operator,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None,
    actor: Actor,
    grantable: frozenset[Permission],
    now: datetime,
    new_key: NewKey | None = None,
) -> tuple[ApiKey, str]:
    """Make a key and return it with its text, which nobody can see again.

    Args:
        scopes: names of permissions.
        grantable: what the maker may do; a key never gets more.
        new_key: injected in tests.

    Raises:
        UnableToManageApiKey: `name`, `scopes` or `expires_at` are not acceptable.
    """
    wanted = sorted(set(scopes))
    errors = _errors(name.strip(), wanted, expires_at, grantable, now)
    if errors:
        raise UnableToManageApiKey(errors=errors)
    made = new_key or make_key()
    key = ApiKey.objects.create(
        operator=operator,
        name=name.strip(),
        prefix=made.prefix,
        key_hash=key_hash(made.text, pepper=settings.CREDENTIAL_PEPPER),
        scopes=wanted,
        created_by=actor.user,
        created_at=now,
        expires_at=expires_at,
    )
    changes = {"scopes": [[], wanted], "expires_at": [None, expires_at]}
    record(
        operator=operator, actor=actor, action="api_key.created", obj=key, changes=changes, now=now
    )
    return key, made.text


def _errors(
    name: str,
    scopes: list[str],
    expires_at: datetime | None,
    grantable: frozenset[Permission],
    now: datetime,
) -> dict[str, str]:
    errors = {}
    if not name or len(name) > _NAME_LENGTH:
        errors["name"] = f"Give the key a name of at most {_NAME_LENGTH} characters."
    beyond = set(scopes) - (API_SCOPES & grantable)
    if beyond:
        errors["scopes"] = f"Not available for this key: {', '.join(sorted(beyond))}."
    elif not scopes:
        errors["scopes"] = "Choose at least one."
    if expires_at is not None and expires_at <= now:
        errors["expires_at"] = "The expiry must lie in the future."
    return errors


@transaction.atomic
def revoke_api_key(*, key: ApiKey, actor: Actor, now: datetime) -> ApiKey:
    """Make a key useless from this moment on. Revoking twice keeps the first time."""
    key = ApiKey.objects.select_for_update().get(pk=key.pk)
    if key.revoked_at is None:
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
        record(operator=key.operator, actor=actor, action="api_key.revoked", obj=key, now=now)
    return key


def authenticate(*, text: str, now: datetime) -> ApiKey | None:
    """The key behind a presented text; None when unknown, wrong, revoked or expired.

    Works across operators (the key says which operator it is) and notes the use, at most once a
    minute and key.
    """
    with system_scope("an API key says which operator it belongs to"):
        prefix = prefix_of(text)
        key = ApiKey.objects.select_related("operator").filter(prefix=prefix or "").first()
        stored = key.key_hash if key else "0" * 64
        # Computed in any case, so that an unknown prefix takes as long as a wrong secret.
        if not matches(text, stored, pepper=settings.CREDENTIAL_PEPPER) or key is None:
            return None
        if not _is_usable(key, now):
            return None
        _note_use(key, now)
    return key


def _is_usable(key: ApiKey, now: datetime) -> bool:
    expired = key.expires_at is not None and key.expires_at <= now
    return key.revoked_at is None and not expired and key.operator.is_active


def _note_use(key: ApiKey, now: datetime) -> None:
    limit = now - _LAST_USED_STEP
    if key.last_used_at is not None and key.last_used_at > limit:
        return
    unused = Q(last_used_at__isnull=True) | Q(last_used_at__lte=limit)
    ApiKey.objects.filter(unused, pk=key.pk).update(last_used_at=now)
    key.last_used_at = now
