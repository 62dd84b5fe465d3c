"""Middleware of the project itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import Any, cast

from asgiref.sync import markcoroutinefunction
from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from accounts.middleware import ADMIN_PREFIX

# The admin's theme runs Alpine.js, which compiles its attributes, and writes <style> elements.
_ADMIN_CSP = {"script-src": [UNSAFE_EVAL]}
_ADMIN_STYLE = ["'self'", UNSAFE_INLINE]


class AdminCspMiddleware:
    """A wider policy below /admin/ only; every other page keeps the strict one."""

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
        return _widened(request, self.get_response(request))

    async def _call_async(self, request: HttpRequest) -> HttpResponseBase:
        return _widened(request, await self.get_response(request))


def _widened(request: HttpRequest, response: Any) -> HttpResponseBase:
    if request.path.startswith(ADMIN_PREFIX):
        response._csp_update = _ADMIN_CSP
        response._csp_replace = {"style-src": _ADMIN_STYLE}
    widened: HttpResponseBase = response
    return widened


class LocalTimeMiddleware:
    """Pages show times in the operator's time zone; behind `OperatorScopeMiddleware`."""

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
        with timezone.override(_time_zone(request)):
            return cast("HttpResponseBase", self.get_response(request))

    async def _call_async(self, request: HttpRequest) -> HttpResponseBase:
        with timezone.override(_time_zone(request)):
            return cast("HttpResponseBase", await self.get_response(request))


def _time_zone(request: HttpRequest) -> str | None:
    operator = getattr(request, "operator", None)
    return operator.time_zone if operator is not None else None
