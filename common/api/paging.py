"""Cursor paging of the REST API: `?limit=50&cursor=…` -> {"data": […], "next": url or null}."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from common.paging import InvalidCursorError, Page, keyset_page

DEFAULT_LIMIT = 50
MAX_LIMIT = 200


class CursorPaging(BasePagination):
    """The view's `paging_order` names the sort key, default ("-created_at", "-id").

    The last field is unique; a view that filters keeps its filters in `next`.
    """

    page: Page[Any]
    url: str

    def paginate_queryset(
        self,
        queryset: QuerySet[Any] | Sequence[Any],
        request: Request,
        view: APIView | None = None,
    ) -> list[Any]:
        if not isinstance(queryset, QuerySet):
            raise TypeError("cursor paging needs a queryset")
        order: Sequence[str] = getattr(view, "paging_order", ("-created_at", "-id"))
        cursor = request.query_params.get("cursor")
        try:
            self.page = keyset_page(queryset, order=order, cursor=cursor, limit=_limit_of(request))
        except InvalidCursorError as error:
            raise ValidationError({"cursor": str(error)}) from error
        self.url = request.build_absolute_uri()
        return list(self.page.rows)

    def get_paginated_response(self, data: Any) -> Response:
        cursor = self.page.next_cursor
        next_url = replace_query_param(self.url, "cursor", cursor) if cursor else None
        return Response({"data": data, "next": next_url})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["data", "next"],
            "properties": {
                "data": schema,
                "next": {
                    "type": "string",
                    "format": "uri",
                    "nullable": True,
                    "description": "Address of the next page, null on the last.",
                },
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:  # noqa: ARG002 -- DRF's signature
        limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
        return [
            _parameter("limit", limit, "Rows per page."),
            _parameter("cursor", {"type": "string"}, "Opaque; taken from `next`."),
        ]


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
    }


def _limit_of(request: Request) -> int:
    given = request.query_params.get("limit")
    if given is None:
        return DEFAULT_LIMIT
    if not given.isascii() or not given.isdigit() or not 1 <= int(given[:6]) <= MAX_LIMIT:
        raise ValidationError({"limit": f"A whole number from 1 to {MAX_LIMIT}."})
    return int(given)
