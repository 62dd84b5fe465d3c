"""Pages of lists that a selector cuts itself: the cursor is the id of the last row."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from chargers.api.serializers import EventSerializer
from chargers.selectors import timeline
from common.api.paging import DEFAULT_LIMIT, MAX_LIMIT

_MAX_ID: Final = 2**63 - 1


def limit_of(request: Request) -> int:
    """`?limit=`, from 1 to 200; 50 without one."""
    return _number(request, "limit", MAX_LIMIT) or DEFAULT_LIMIT


def before_of(request: Request) -> int | None:
    """`?cursor=` as the id below which the page starts."""
    return _number(request, "cursor", _MAX_ID)


def _number(request: Request, name: str, highest: int) -> int | None:
    given = request.query_params.get(name)
    if given is None:
        return None
    if not given.isascii() or not given.isdigit() or not 1 <= int(given[:20]) <= highest:
        raise ValidationError({name: f"A whole number from 1 to {highest}."})
    return int(given)


def page_response(request: Request, data: Any, *, before: int | None) -> Response:
    """The shape of every list; `before` continues it, None at its end."""
    url = request.build_absolute_uri()
    following = replace_query_param(url, "cursor", str(before)) if before else None
    return Response({"data": data, "next": following})


def events_response(request: Request, *, subject_id: UUID) -> Response:
    """One page of an object's timeline."""
    limit = limit_of(request)
    entries = timeline(subject_id=subject_id, before_id=before_of(request), limit=limit + 1)
    before = entries[limit - 1].id if len(entries) > limit else None
    data = EventSerializer(entries[:limit], many=True).data
    return page_response(request, data, before=before)
