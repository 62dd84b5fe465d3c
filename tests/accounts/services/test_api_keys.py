from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from accounts.credentials import key_hash, make_key
from accounts.exceptions import UnableToManageApiKey
from accounts.models import ApiKey, AuditEntry, Operator
from accounts.policy import Permission
from accounts.services.api_keys import authenticate, create_api_key, revoke_api_key
from common.tenancy import operator_scope
from tests.accounts.factories import ACTOR, NOW

P = Permission


@pytest.fixture(autouse=True)
def _scope(operator: Operator) -> Iterator[None]:
    with operator_scope(operator.pk):
        yield


def _create(operator: Operator, **values: Any) -> tuple[ApiKey, str]:
    defaults: dict[str, Any] = {
        "name": "Export",
        "scopes": [P.DRIVERS_VIEW],
        "expires_at": None,
        "grantable": frozenset(P),
    }
    return create_api_key(operator=operator, actor=ACTOR, now=NOW, **{**defaults, **values})


def test_the_text_is_returned_once_and_kept_as_a_keyed_hash(operator: Operator) -> None:
    new = make_key(randbits=lambda _: 7)
    key, text = _create(operator, new_key=new)
    assert text == "csms_77777777_" + "7" * 40
    stored = ApiKey.objects.get()
    assert stored.prefix == "77777777"
    assert stored.key_hash == key_hash(text, pepper=settings.CREDENTIAL_PEPPER)
    assert text not in str(ApiKey.objects.values().get())
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id) == ("api_key.created", str(key.pk))
    assert text not in str(entry.changes)


def test_keys_differ(operator: Operator) -> None:
    assert _create(operator)[1] != _create(operator)[1]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["fly.away"]}, "scopes"),
        ({"scopes": [P.USERS_MANAGE]}, "scopes"),
        ({"grantable": frozenset({P.NETWORK_VIEW})}, "scopes"),
        ({"expires_at": NOW}, "expires_at"),
    ],
)
def test_what_is_refused(operator: Operator, values: dict[str, Any], field: str) -> None:
    with pytest.raises(UnableToManageApiKey) as refused:
        _create(operator, **values)
    assert set(refused.value.errors) == {field}
    assert ApiKey.objects.count() == 0
    assert AuditEntry.objects.count() == 0


def test_use_is_noted_at_most_once_a_minute(operator: Operator) -> None:
    _, text = _create(operator)
    for seconds, expected in [(0, 0), (59, 0), (60, 60), (61, 60)]:
        found = authenticate(text=text, now=NOW + timedelta(seconds=seconds))
        assert found is not None
        assert ApiKey.objects.get().last_used_at == NOW + timedelta(seconds=expected)


def test_a_key_ends_at_its_expiry(operator: Operator) -> None:
    _, text = _create(operator, expires_at=NOW + timedelta(hours=1))
    assert authenticate(text=text, now=NOW + timedelta(minutes=59)) is not None
    assert authenticate(text=text, now=NOW + timedelta(hours=1)) is None


def test_a_key_of_a_closed_operator_is_refused(operator: Operator) -> None:
    _, text = _create(operator)
    operator.is_active = False
    operator.save()
    assert authenticate(text=text, now=NOW) is None


def test_revoking_twice_keeps_the_first_time(operator: Operator) -> None:
    key, text = _create(operator)
    revoke_api_key(key=key, actor=ACTOR, now=NOW)
    revoke_api_key(key=key, actor=ACTOR, now=NOW + timedelta(days=1))
    assert ApiKey.objects.get().revoked_at == NOW
    assert AuditEntry.objects.filter(action="api_key.revoked").count() == 1
    assert authenticate(text=text, now=NOW) is None
