from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from common.api.problem import CONTENT_TYPE
from common.errors import UnableTo


class _Charge(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=3)
    limits = serializers.ListField(child=serializers.IntegerField())


def _answer(error: Exception | None, data: Any = None) -> tuple[Response, dict[str, Any]]:
    @api_view(["POST"])
    @authentication_classes([])
    @permission_classes([])
    def view(request: Request) -> Response:
        if error is not None:
            raise error
        _Charge(data=request.data).is_valid(raise_exception=True)
        return Response({})

    response = view(APIRequestFactory().post("/api/v1/things/", data or {}, format="json"))
    response.render()
    return response, json.loads(response.content)


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (Http404(), 404, "Not Found"),
        (PermissionDenied(), 403, "Forbidden"),
        (exceptions.MethodNotAllowed("PUT"), 405, "Method Not Allowed"),
        (exceptions.UnsupportedMediaType("text/x"), 415, "Unsupported Media Type"),
        (exceptions.ParseError(), 400, "Bad Request"),
        (UnableTo("The station is gone."), 409, "Conflict"),
    ],
)
def test_every_refusal_is_a_problem(error: Exception, status: int, title: str) -> None:
    response, body = _answer(error)
    assert response.status_code == status
    assert response["Content-Type"] == CONTENT_TYPE
    assert (body["type"], body["title"], body["status"]) == ("about:blank", title, status)
    assert body["instance"] == "/api/v1/things/"
    assert body["detail"]
    assert "errors" not in body


def test_a_throttled_call_says_when_to_come_back() -> None:
    response, body = _answer(exceptions.Throttled(wait=12.4))
    assert (response.status_code, response["Retry-After"]) == (429, "13")
    assert body["title"] == "Too Many Requests"


def test_validation_names_the_fields() -> None:
    response, body = _answer(None, {"name": "long", "limits": [1, "x"]})
    assert response.status_code == 400
    assert body["detail"] == "Some fields are not acceptable."
    assert [(e["pointer"], e["name"], e["code"]) for e in body["errors"]] == [
        ("/name", "name", "max_length"),
        ("/limits/1", "limits.1", "invalid"),
    ]


def test_a_service_names_the_fields() -> None:
    response, body = _answer(UnableTo(errors={"uid": "This token exists already."}))
    assert response.status_code == 400
    assert body["errors"] == [
        {
            "pointer": "/uid",
            "name": "uid",
            "message": "This token exists already.",
            "code": "invalid",
        }
    ]


def test_an_unexpected_error_is_not_dressed_up() -> None:
    with pytest.raises(ZeroDivisionError):
        _answer(ZeroDivisionError())
