"""Which brand this request sees: `request.brand`, looked up when somebody asks for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import Any, cast

from asgiref.sync import markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from branding.selectors import brand_for_host


class BrandMiddleware:
    """Sets `request.brand`; its `operator_id` also says whose drivers log in on this host."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        host = request.get_host()
        cast("Any", request).brand = SimpleLazyObject(lambda: brand_for_host(host))
        response: HttpResponseBase | Awaitable[HttpResponseBase] = self.get_response(request)
        return response
