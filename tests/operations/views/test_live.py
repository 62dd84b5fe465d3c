from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Operator
from chargers.models import ChargingStation, Transaction
from common.sse import Changed
from operations.periods import Period
from operations.services import sampling
from operations.services.sampling import NO_STATION
from operations.shared import shared
from operations.views.live import DashboardStream, MapStream
from tests.factories import LocationFactory, StationFactory
from tests.operations.views.conftest import make_station

pytestmark = pytest.mark.django_db


def news(*ids: object) -> Changed:
    changed = Changed(str(one) for one in ids)
    changed.heard_at = time.monotonic()
    return changed


def dashboard(operator: Operator, *shown: ChargingStation) -> DashboardStream:
    ids = tuple(station.pk for station in shown)
    return DashboardStream(operator, period=Period.TODAY, shown=ids)


@pytest.mark.usefixtures("in_scope")
def test_first_everything_then_nothing_new(operator: Operator, now: datetime) -> None:
    station = make_station(operator, now)
    render = dashboard(operator, station)
    html, pins = render(None)
    for target in ("#map-legend", "#kpi-energy", "#kpi-power", "#kpi-uptime", "#state-chips"):
        assert f'hx-target="{target}"' in html
    assert f'<tr id="station-{station.pk}">' in html
    assert pins.startswith('event: network-map\ndata: [{"id":"')
    assert render(news(station.pk)) == []


@pytest.mark.usefixtures("in_scope")
def test_only_what_changed_is_sent(operator: Operator, now: datetime) -> None:
    station = make_station(operator, now)
    quiet = make_station(operator, now)
    render = dashboard(operator, station, quiet)
    render(None)
    Transaction.objects.filter(station=station).update(power_w=45_000)
    (html,) = render(news(station.pk))
    assert html.count("<hx-partial") == 2
    assert 'hx-target="#kpi-power"' in html
    assert '<div class="kpi-value">85.0<small>kW</small></div>' in html
    assert f'hx-target="#station-{station.pk}"' in html
    assert str(quiet.pk) not in html


@pytest.mark.usefixtures("in_scope")
def test_a_lost_station_moves_on_map_legend_and_list(operator: Operator, now: datetime) -> None:
    station = make_station(operator, now)
    render = dashboard(operator)
    render(None)
    station.is_online, station.disconnected_at = False, now - timedelta(minutes=6)
    station.save()
    html, pins = render(news(station.pk))
    assert "1 offline" in html
    assert f"{station.code} lost its connection" in html
    (feature,) = json.loads(pins.removeprefix("event: network-map\ndata: "))
    assert (feature["id"], feature["state"]) == (str(station.location_id), "offline")


@pytest.mark.usefixtures("in_scope")
def test_a_sample_adds_a_point_to_the_curve(operator: Operator, now: datetime) -> None:
    station = make_station(operator, now)
    render = dashboard(operator, station)
    render(None)
    sampling.take_sample(operator=operator, now=now)
    messages = render(news(NO_STATION))
    (point,) = [one for one in messages if one.startswith("event: network-power")]
    step = int(now.timestamp()) // 300 * 300
    data = json.loads(point.partition("data: ")[2])
    assert data == {"x": step, "values": [0.0, 40.0, None]}


@pytest.mark.usefixtures("in_scope")
def test_a_location_without_stations_leaves_the_map(operator: Operator, now: datetime) -> None:
    render = MapStream(operator)
    location = LocationFactory.create(operator=operator)
    station = StationFactory.create(operator=operator, location=location)
    render(None)
    station.delete()
    render._counts = {location.pk: {"available": 1}}
    shared.clear()
    messages = render(news(station.pk))
    assert messages[-1] == (
        f'event: network-map\ndata: [{{"id":"{location.pk}","removed":true}}]\n\n'
    )


@pytest.mark.usefixtures("in_scope")
def test_twenty_viewers_cost_one(operator: Operator, now: datetime) -> None:
    station = make_station(operator, now)
    viewers = [dashboard(operator, station) for _ in range(20)]
    for render in viewers:
        render(None)
    changed = news(station.pk)
    with CaptureQueriesContext(connection) as first:
        viewers[0](changed)
    with CaptureQueriesContext(connection) as others:
        for render in viewers[1:]:
            render(changed)
    assert len(first) == 23
    assert len(others) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_the_stream_over_http(operator: Operator, viewer: Client) -> None:
    client = AsyncClient()
    client.cookies = viewer.cookies
    response = await client.get("/live/network/?period=30d&ids=nonsense")
    assert response["Content-Type"] == "text/event-stream"
    content = cast("AsyncIterator[bytes]", cast("Any", response).streaming_content)
    async with aclosing(content), asyncio.timeout(20):  # type: ignore[type-var]
        assert await anext(content) == b"event: beat\ndata: \n\n"
        assert b'hx-target="#kpi-energy"' in await anext(content)
        lost = await sync_to_async(StationFactory.create)(operator=operator, is_online=False)
        message = {"type": "live.changed", "stations": [str(lost.pk)]}
        await get_channel_layer().group_send(f"live.{operator.pk}", message)
        assert b"1 offline" in await anext(content)
