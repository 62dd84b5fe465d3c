from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from accounts.exceptions import UnableToManageToken
from accounts.models import AuditEntry, Driver, IdToken, Operator
from accounts.services.tokens import (
    TokenDetails,
    add_id_token,
    block_id_token,
    delete_id_token,
    normalised_uid,
)
from common.tenancy import operator_scope
from tests.accounts.factories import ACTOR, NOW, make_driver, make_token


@pytest.fixture(autouse=True)
def _scope(operator: Operator) -> Iterator[None]:
    with operator_scope(operator.pk):
        yield


def _add(operator: Operator, driver: Driver | None = None, **values: Any) -> IdToken:
    details = TokenDetails(**{"uid": "04A2B9C2", **values})
    return add_id_token(operator=operator, driver=driver, details=details, actor=ACTOR, now=NOW)


@pytest.mark.parametrize(
    ("typed", "token_type", "stored"),
    [
        (" 04:a2:b9:c2 ", "ISO14443", "04A2B9C2"),
        ("04 a2-b9 c2", "ISO15693", "04A2B9C2"),
        ("DE*ABC*1234", "eMAID", "DE*ABC*1234"),
        ("Case-Kept", "Central", "Case-Kept"),
    ],
)
def test_numbers_are_kept_as_stations_send_them(typed: str, token_type: str, stored: str) -> None:
    assert normalised_uid(typed, token_type) == stored


def test_a_token_is_added_to_a_driver(operator: Operator) -> None:
    driver = make_driver(operator, full_name="Ida Krogh")
    token = _add(operator, driver, label=" Card ", expires_at=NOW + timedelta(days=1))
    token.refresh_from_db()
    assert (token.uid, token.driver, token.label) == ("04A2B9C2", driver, "Card")
    entry = AuditEntry.objects.get()
    assert entry.action == "id_token.added"
    assert entry.changes == {"uid": "04A2B9C2", "driver": "Ida Krogh"}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"uid": ""}, "uid"),
        ({"uid": "XYZ"}, "uid"),
        ({"uid": "04A2B9C"}, "uid"),
        ({"uid": "0" * 21}, "uid"),
        ({"uid": "FFFF0000"}, "uid"),
        ({"uid": "ffff0000", "type": "Central"}, "uid"),
        ({"uid": "a b", "type": "Central"}, "uid"),
        ({"uid": "x" * 37, "type": "Central"}, "uid"),
        ({"type": "Tattoo"}, "type"),
        ({"label": "x" * 81}, "label"),
        ({"expires_at": NOW}, "expires_at"),
    ],
)
def test_bad_input_names_the_field(operator: Operator, values: dict[str, Any], field: str) -> None:
    make_token(operator, uid="FFFF0000")
    with pytest.raises(UnableToManageToken) as refused:
        _add(operator, **values)
    assert set(refused.value.errors) == {field}
    assert IdToken.objects.count() == 1
    assert AuditEntry.objects.count() == 0


def test_two_operators_may_know_the_same_card(operator: Operator, other_operator: Operator) -> None:
    make_token(other_operator, uid="04A2B9C2")
    assert _add(operator).uid == "04A2B9C2"


def test_a_foreign_driver_is_refused(operator: Operator, other_operator: Operator) -> None:
    foreign = make_driver(other_operator)
    with pytest.raises(UnableToManageToken) as refused:
        _add(operator, foreign)
    assert set(refused.value.errors) == {"driver"}
    assert IdToken.objects.count() == 0


def test_blocking_and_deleting(operator: Operator) -> None:
    token = _add(operator)
    for blocked in (True, True, False):
        block_id_token(token=token, blocked=blocked, actor=ACTOR, now=NOW)
        assert IdToken.objects.get().is_blocked is blocked
    delete_id_token(token=token, actor=ACTOR, now=NOW)
    assert IdToken.objects.count() == 0
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "id_token.added",
        "id_token.blocked",
        "id_token.unblocked",
        "id_token.deleted",
    ]
