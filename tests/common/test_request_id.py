from __future__ import annotations

import logging
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from common.request_id import RequestIdFilter, RequestIdMiddleware, current_request_id


def _view(request: HttpRequest) -> HttpResponse:
    return HttpResponse(current_request_id())


async def _async_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse(current_request_id())


def test_a_sane_id_is_taken_over() -> None:
    request = RequestFactory().get("/", headers={"X-Request-Id": "edge-1234.abcd"})
    response = RequestIdMiddleware(_view)(request)
    assert isinstance(response, HttpResponse)
    assert response.content == b"edge-1234.abcd"
    assert response["X-Request-Id"] == "edge-1234.abcd"
    assert current_request_id() == "-"


@pytest.mark.parametrize("given", ["", "short", "a b c d e f g h", "x" * 65, "id\u00e9-12345678"])
def test_anything_else_is_replaced(given: str) -> None:
    request = RequestFactory().get("/", HTTP_X_REQUEST_ID=given)
    response = RequestIdMiddleware(_view)(request)
    assert isinstance(response, HttpResponse)
    assert UUID(response["X-Request-Id"]).version == 7


def test_asynchronous_requests_have_one_too() -> None:
    middleware = RequestIdMiddleware(_async_view)
    request = RequestFactory().get("/", headers={"X-Request-Id": "edge-1234.abcd"})
    response = async_to_sync(middleware._call_async)(request)
    assert isinstance(response, HttpResponse)
    assert response.content == b"edge-1234.abcd"


def test_log_records_carry_it() -> None:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "m", None, None)
    assert RequestIdFilter().filter(record)
    assert record.request_id == "-"  # type: ignore[attr-defined]
