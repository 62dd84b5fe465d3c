from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.api import make_world, with_key

pytestmark = pytest.mark.django_db


def test_the_network_right_now() -> None:
    world = make_world("x")
    shown = with_key(world.operator, "network.view").get("network").json()
    at = datetime.fromisoformat(shown.pop("at"))
    assert abs((datetime.now(tz=UTC) - at).total_seconds()) < 60
    assert shown == {
        "ac_power_w": 0,
        "dc_power_w": 0,
        "active_sessions": 1,
        "stations": 1,
        "online": 1,
        "connectors": 1,
        "in_use": 0,
        "operative": 1,
    }


def test_samples_by_period() -> None:
    api = with_key(make_world("x").operator)
    assert [row["at"] for row in api.get("network/samples").json()["data"]] == [
        "2026-03-14T12:01:00Z",
        "2026-03-14T12:00:00Z",
    ]
    since = api.get("network/samples", since="2026-03-14T12:01:00Z").json()["data"]
    assert [row["ac_power_w"] for row in since] == [11_000]
    assert api.get("network/samples", until="2026-03-14T12:00:00Z").json()["data"] == []


def test_hours() -> None:
    api = with_key(make_world("x").operator)
    assert api.get("network/hours").json() == {
        "data": [{"hour": "2026-03-14T12:00:00Z", "energy_kwh": "12.345", "sessions": 3}],
        "next": None,
    }


def test_bad_periods_are_named() -> None:
    api = with_key(make_world("x").operator)
    for path in ("network/samples", "network/hours"):
        response = api.get(path, since="now")
        assert response.status_code == 400
        assert [error["name"] for error in response.json()["errors"]] == ["since"]
    assert api.get("network", since="now").status_code == 400
