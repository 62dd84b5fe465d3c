from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Operator
from common.formats import DASH
from operations.shared import shared
from tests.factories import ConnectorFactory, EvseFactory, StationFactory, TransactionFactory
from tests.operations.views.conftest import make_station

pytestmark = pytest.mark.django_db

PAGES = ["/", "/map/", "/map/features/", "/attention/", "/live/network/", "/live/map/"]
# Session, user, memberships, brand, sidebar's two counts: every portal page has these.
SHELL_QUERIES = 5


@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_sent_to_log_in_and_strangers_are_refused(path: str, stranger: Client) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/account/login/")
    assert stranger.get(path).status_code == 403


def test_an_empty_network_says_what_to_do(viewer: Client) -> None:
    answer = viewer.get("/")
    assert answer.templates[0].name == "operations/empty.html"
    assert "Your network starts here" in answer.content.decode()


def test_the_dashboard(viewer: Client, operator: Operator, now: datetime) -> None:
    station = make_station(operator, now, code="DK-0001", name="Havnegade 12")
    TransactionFactory.create(
        station=station,
        state="ended",
        started_at=now - timedelta(minutes=2),
        ended_at=now - timedelta(seconds=1),
        energy_wh=12_000,
    )
    answer = viewer.get("/?period=7d")
    context = answer.context
    assert context["subtitle"] == "Aarhus · 1 site, 1 station, 2 connectors"
    assert [(card["label"], card["value"], card.get("unit")) for card in context["cards"]] == [
        ("Energy, 7 days", "12.0", "kWh"),
        ("Live power", "40.0", "kW"),
        ("Active sessions", "1", None),
        ("Connectors in use", "50.0", "%"),
        ("Uptime, 30 days", DASH, ""),
    ]
    assert context["cards"][1]["note"] == "40\u00a0% of installed"
    assert [item["label"] for item in context["map_legend"]] == [
        "0 available",
        "1 charging",
        "0 occupied",
        "0 faulted",
    ]
    (line,) = context["lines"]
    assert (line.code, line.state, line.power_w, line.max_power_w) == (
        "DK-0001",
        "charging",
        40_000,
        100_000,
    )
    assert context["live_url"] == f"/live/network/?period=7d&ids={station.pk}"
    assert [link["active"] for link in context["periods"]] == [False, True, False]
    assert 'aria-current="true">7 days</a>' in answer.content.decode()


def test_another_operators_network_is_absent(
    viewer: Client, operator: Operator, other_operator: Operator, now: datetime
) -> None:
    make_station(operator, now, name="Ours")
    foreign = make_station(other_operator, now, name="Theirs", code="XX-9999")
    ConnectorFactory.create(evse=EvseFactory.create(station=foreign, number=3), status="Faulted")
    for path in ("/", "/map/", "/map/features/", "/attention/"):
        content = viewer.get(path).content.decode()
        assert "Theirs" not in content
        assert "XX-9999" not in content
        assert str(foreign.location_id) not in content
    assert viewer.get("/").context["cards"][2]["value"] == "1"


def test_map_features(viewer: Client, operator: Operator, now: datetime) -> None:
    station = make_station(operator, now)
    answer = viewer.get("/map/features/")
    assert answer["Cache-Control"] == "private, no-store"
    (feature,) = json.loads(answer.content)
    assert feature == {
        "id": str(station.location_id),
        "lat": 56.15,
        "lon": 10.21,
        "state": "charging",
        "label": "Havnegade",
        "sub": "Aarhus",
        "url": f"/locations/{station.location_id}/",
        "text": "charging",
    }
    StationFactory.create(operator=operator, location=station.location, is_online=False)
    shared.clear()
    (feature,) = json.loads(viewer.get("/map/features/").content)
    assert feature["counts"] == {"offline": 1, "charging": 1}
    assert (feature["state"], feature["text"]) == ("offline", "1 offline, 1 charging")


def test_names_are_escaped(viewer: Client, operator: Operator, now: datetime) -> None:
    name = "⚡🔌 <script>alert(1)</script> " + "x" * 80
    make_station(operator, now, name=name)
    content = viewer.get("/").content.decode()
    assert "<script>alert(1)" not in content
    assert "⚡🔌 &lt;script&gt;" in content


def test_alerts_by_kind_and_page(viewer: Client, operator: Operator, now: datetime) -> None:
    for number in range(52):
        StationFactory.create(
            operator=operator,
            code=f"DK-{number:04}",
            is_online=False,
            disconnected_at=now - timedelta(minutes=10 + number),
        )
    TransactionFactory.create(station__operator=operator, state="ended", needs_review=True)
    answer = viewer.get("/attention/?page=2")
    assert [item["title"] for item in answer.context["alerts"]][:2] == [
        "DK-0050 lost its connection",
        "DK-0051 lost its connection",
    ]
    assert len(answer.context["alerts"]) == 3
    assert [(chip["label"], chip["count"]) for chip in answer.context["chips"]] == [
        ("All", "53"),
        ("Offline", "52"),
        ("To review", "1"),
    ]
    only = viewer.get("/attention/?kind=review").context
    assert (len(only["alerts"]), only["chips"][2]["active"]) == (1, True)
    assert len(viewer.get("/attention/?kind=nonsense&page=x").context["alerts"]) == 50


def test_query_counts(viewer: Client, operator: Operator, now: datetime) -> None:
    """The same for one station and for many; a second viewer costs nothing but the shell."""

    def queries(path: str, *, cold: bool) -> int:
        if cold:
            shared.clear()
        with CaptureQueriesContext(connection) as seen:
            assert viewer.get(path).status_code == 200
        return len(seen)

    make_station(operator, now)
    viewer.get("/")
    one = [queries(path, cold=True) for path in ("/", "/?period=30d", "/map/", "/attention/")]
    for _ in range(14):
        make_station(operator, now)
    many = [queries(path, cold=True) for path in ("/", "/?period=30d", "/map/", "/attention/")]
    # A table that is not full is filled up by name, with a query of its own.
    assert one == [38, 37, 28, 17]
    assert many == [37, 36, 28, 17]
    viewer.get("/")
    viewer.get("/map/")
    assert [queries(path, cold=False) for path in ("/", "/map/")] == [SHELL_QUERIES] * 2
