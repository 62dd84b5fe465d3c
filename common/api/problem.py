"""Errors as problem+json (RFC 9457), with the fields to blame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from common.errors import UnableTo
from common.request_id import current_request_id

CONTENT_TYPE = "application/problem+json"
_NO_FIELD = {"non_field_errors", "detail", "__all__"}


def problem(
    code: int, detail: str = "", *, instance: str = "", errors: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    """The members of a problem object; `type` is about:blank, so `title` is the status's own.

    `errors` holds one {"pointer", "name", "message", "code"} per field (`pointer` is an RFC 6901
    JSON pointer into the request body).
    """
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(code).phrase,
        "status": code,
        "request_id": current_request_id(),
    }
    if detail:
        body["detail"] = detail
    if instance:
        body["instance"] = instance
    if errors:
        body["errors"] = errors
    return body


def problem_response(request: HttpRequest, code: int, detail: str = "") -> JsonResponse:
    """A problem outside of REST framework: unknown addresses, server errors."""
    body = problem(code, detail, instance=request.path)
    return JsonResponse(body, status=code, content_type=CONTENT_TYPE)


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """REST framework's EXCEPTION_HANDLER. Unexpected errors stay Django's (logged, handler500)."""
    error = _as_api_exception(exc)
    if error is None:
        return None
    request: Request = context["request"]
    set_rollback()
    errors = list(_field_errors(error)) if isinstance(error.detail, dict | list) else []
    detail = _summary(error, errors)
    body = problem(error.status_code, detail, instance=request.path, errors=errors)
    return Response(
        body, status=error.status_code, headers=_headers(error), content_type=CONTENT_TYPE
    )


class Conflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


def _as_api_exception(exc: Exception) -> exceptions.APIException | None:
    if isinstance(exc, UnableTo):
        errors: dict[str, Any] = dict(exc.errors)
        return exceptions.ValidationError(errors) if errors else Conflict(exc.message)
    if isinstance(exc, Http404):
        return exceptions.NotFound()
    if isinstance(exc, PermissionDenied):
        return exceptions.PermissionDenied()
    return exc if isinstance(exc, exceptions.APIException) else None


def _summary(error: exceptions.APIException, errors: list[dict[str, str]]) -> str:
    if not errors:
        return str(error.detail)
    loose = [entry["message"] for entry in errors if not entry["pointer"]]
    return " ".join(loose) or "Some fields are not acceptable."


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = f"{wait:.0f}"
    return headers


def _field_errors(error: exceptions.APIException) -> Iterator[dict[str, str]]:
    yield from _walk(error.detail, ())


def _walk(detail: Any, path: tuple[str, ...]) -> Iterator[dict[str, str]]:
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            yield from _walk(value, path if key in _NO_FIELD else (*path, str(key)))
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            nested = isinstance(value, Mapping | list)
            yield from _walk(value, (*path, str(index)) if nested else path)
    else:
        yield {
            "pointer": "".join(f"/{_escaped(part)}" for part in path),
            "name": ".".join(path),
            "message": str(detail),
            "code": getattr(detail, "code", None) or "invalid",
        }


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
