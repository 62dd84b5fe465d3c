"""Whatever is wrong with a call, the answer is a problem and nothing breaks."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from pytest_django import Settings
from redis.exceptions import RedisError

from accounts.models import Operator
from tests.factories import LocationFactory
from tests.support.api import Caller, everything, with_key, with_session

pytestmark = pytest.mark.django_db


def _problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["request_id"] == response["X-Request-Id"]
    return body


@pytest.mark.parametrize(
    "path", ["nope", "stations/", "stations/17", "/api/", "/api/v2/stations", "stations/%00"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unknown_addresses(operator: Operator, path: str, method: str) -> None:
    for caller in (Caller(), with_key(operator)):
        response = caller.call(method, path.replace("%00", "x"))
        assert _problem(response, 404)["detail"] == "There is nothing at this address."


def test_methods_that_do_not_exist(operator: Operator) -> None:
    api = with_key(operator)
    location = LocationFactory.create(operator=operator)
    for method, path in (
        ("PUT", f"locations/{location.pk}"),
        ("DELETE", "locations"),
        ("POST", "me"),
        ("OPTIONS", "stations"),
        ("PATCH", "audit-entries"),
        ("POST", "schema"),
    ):
        assert "not allowed" in _problem(api.call(method, path, {}), 405)["detail"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"\xff\xfe",
        b'{"name": NaN}',
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b"9" * 5_000,
        b"null",
        b"[]",
        b'"text"',
    ],
)
def test_bodies_that_are_no_json_object(operator: Operator, body: bytes) -> None:
    api = with_key(operator)
    before = everything()
    _problem(api.call("POST", "locations", body), 400)
    assert everything() == before


def test_a_body_that_is_too_large(operator: Operator) -> None:
    body = b'{"name": "' + b"x" * 1_048_576 + b'"}'
    problem = _problem(with_key(operator).call("POST", "locations", body), 413)
    assert problem["detail"] == "The body of a request has at most 1048576 bytes."


def test_another_media_type(operator: Operator) -> None:
    response = with_key(operator).client.post(
        "/api/v1/locations", b"name=x", content_type="application/x-www-form-urlencoded"
    )
    _problem(response, 415)


def test_an_answer_that_nobody_can_give(operator: Operator) -> None:
    caller = with_key(operator)
    response = caller.client.get("/api/v1/stations", headers={"Accept": "text/html"})
    _problem(response, 406)


def test_what_is_left_of_a_minute_and_then_429(operator: Operator, settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    api, other = with_key(operator), with_key(operator)
    with patch("common.api.throttling.utc_now") as clock:
        clock.return_value.timestamp.return_value = 1_800_000_015.5
        left = [api.get("me")["RateLimit"] for _ in range(2)]
        refused = api.get("me")
        assert other.get("me").status_code == 200
        clock.return_value.timestamp.return_value = 1_800_000_060.0
        again = api.get("me")
    assert left == ['"default";r=1;t=45', '"default";r=0;t=45']
    assert _problem(refused, 429)["title"] == "Too Many Requests"
    assert refused["Retry-After"] == "45"
    assert refused["RateLimit-Policy"] == '"default";q=2;w=60'
    assert again.status_code == 200


def test_people_are_counted_apart(operator: Operator, settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1
    first, second = with_session(operator), with_session(operator)
    assert [c.get("me").status_code for c in (first, second)] == [200, 200]


def test_without_its_cache_the_limit_lets_pass(operator: Operator) -> None:
    api = with_key(operator)
    with patch("common.counting.cache.incr", side_effect=RedisError):
        response = api.get("me")
    assert response.status_code == 200
    assert "RateLimit" not in response


def test_instants_are_utc_whatever_zone_the_pages_show(operator: Operator) -> None:
    location = LocationFactory.create(operator=operator)
    for caller in (with_key(operator), with_session(operator)):
        shown = caller.get(f"locations/{location.pk}").json()
        assert shown["created_at"] == "2026-03-14T12:00:00Z"
