from __future__ import annotations

from typing import Any

import pytest
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounts.models import Driver, Operator
from common.api.paging import CursorPaging
from common.tenancy import operator_scope
from tests.accounts.factories import make_driver


def _page(operator: Operator, url: str) -> dict[str, Any]:
    paging = CursorPaging()
    with operator_scope(operator.pk):
        request = Request(APIRequestFactory().get(url))
        rows = paging.paginate_queryset(Driver.objects.all(), request)
    data: dict[str, Any] = paging.get_paginated_response([row.full_name for row in rows]).data
    return data


def test_next_leads_through_the_list_and_keeps_the_filters(operator: Operator) -> None:
    for number in range(3):
        make_driver(operator, full_name=f"D{number}")
    first = _page(operator, "/api/v1/drivers/?limit=2&state=active")
    assert "state=active" in first["next"]
    assert "limit=2" in first["next"]
    second = _page(operator, first["next"])
    assert second["next"] is None
    assert sorted(first["data"] + second["data"]) == ["D0", "D1", "D2"]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "", "1e2", "9" * 30, "²"])
def test_the_limit_is_bounded(operator: Operator, limit: str) -> None:
    with pytest.raises(ValidationError) as refused:
        _page(operator, f"/api/v1/drivers/?limit={limit}")
    assert set(refused.value.detail) == {"limit"}


def test_a_foreign_cursor_is_refused(operator: Operator) -> None:
    with pytest.raises(ValidationError) as refused:
        _page(operator, "/api/v1/drivers/?cursor=zzz")
    assert set(refused.value.detail) == {"cursor"}
