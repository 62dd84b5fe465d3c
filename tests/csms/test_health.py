from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError
from django.test import AsyncClient

from accounts.policy import PUBLIC
from chargers.gateway.gateway import set_gateway
from csms import health

READY = {"database": "ok", "channel_layer": "ok", "ingest": "ok"}


def gateway(*, alive: bool) -> Any:
    return SimpleNamespace(ingest=SimpleNamespace(is_alive=alive))


@pytest.fixture(autouse=True)
def running_gateway() -> Iterator[None]:
    set_gateway(gateway(alive=True))
    yield
    set_gateway(None)


@pytest.mark.asyncio
async def test_healthz_answers_without_a_database() -> None:
    response = await AsyncClient().get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.asyncio
@pytest.mark.django_db
async def test_readyz_names_every_check() -> None:
    response = await AsyncClient().get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "checks": READY}


@pytest.mark.asyncio
@pytest.mark.django_db
@pytest.mark.parametrize("running", [gateway(alive=False), None])
async def test_without_the_ingest_thread_it_is_not_ready(running: Any) -> None:
    set_gateway(running)
    response = await AsyncClient().get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "checks": {**READY, "ingest": "failed"}}


@pytest.mark.asyncio
async def test_without_the_database_it_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(health, "_select_one", refuse)
    response = await AsyncClient().get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "checks": {**READY, "database": "failed"}}


def test_both_are_declared_public() -> None:
    assert health.healthz.policy is PUBLIC  # type: ignore[attr-defined]
    assert health.readyz.policy is PUBLIC  # type: ignore[attr-defined]
