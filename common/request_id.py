"""One id per request, in the response, in the audit trail and in every log line."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from inspect import iscoroutinefunction
from typing import Any, cast

from asgiref.sync import markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase

from common.ids import uuid7

HEADER = "X-Request-Id"
_SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")

_current: ContextVar[str] = ContextVar("request_id", default="-")


def current_request_id() -> str:
    """The id of the request at work, "-" outside of one."""
    return _current.get()


class RequestIdMiddleware:
    """Takes a sane `X-Request-Id` of the proxy over, else makes one; sets `request.request_id`."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._call_async(request)
        token = _current.set(_note(request))
        try:
            return _tell(request, self.get_response(request))
        finally:
            _current.reset(token)

    async def _call_async(self, request: HttpRequest) -> HttpResponseBase:
        token = _current.set(_note(request))
        try:
            return _tell(request, await self.get_response(request))
        finally:
            _current.reset(token)


def _note(request: HttpRequest) -> str:
    given = request.headers.get(HEADER, "")
    request_id = given if _SANE.fullmatch(given) else uuid7().hex
    cast("Any", request).request_id = request_id
    return request_id


def _tell(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    response[HEADER] = cast("Any", request).request_id
    return response


class RequestIdFilter(logging.Filter):
    """Gives every log record `request_id` (for the formatter)."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id()
        return True
