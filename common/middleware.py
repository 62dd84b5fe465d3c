"""Middleware that knows no models."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import Any

from asgiref.sync import markcoroutinefunction
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase


class RefuseNullCharactersMiddleware:
    """400 for U+0000 in an address: PostgreSQL cannot store or compare it, SQLite cuts there.

    Forms and serializers refuse it in bodies themselves.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path:
            raise BadRequest("null character")
        response: HttpResponseBase | Awaitable[HttpResponseBase] = self.get_response(request)
        return response
