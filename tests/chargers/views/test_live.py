"""What live streams send: only what the page shows, only of this operator."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client, RequestFactory

from accounts.models import Operator
from accounts.policy import ROLES, Permission
from chargers.models import Evse
from chargers.views import live
from common.tenancy import operator_scope, system_scope
from tests.chargers.views.conftest import LogIn, Site

pytestmark = pytest.mark.django_db


def request_of(operator: Operator, path: str = "/live/") -> Any:
    request: Any = RequestFactory().get(path)
    request.operator = operator
    request.user = None
    request.permissions = frozenset(Permission)
    request.session = {}
    return request


def test_only_the_rows_of_the_page_are_sent(
    operator: Operator, site: Site, foreign_site: Site
) -> None:
    shown = frozenset({site.station.pk, foreign_site.station.pk})
    with operator_scope(operator.pk):
        rows = live._station_rows(request_of(operator), shown, hide_city=False)
    assert len(rows) == 1
    assert f'hx-target="#station-{site.station.pk}"' in rows[0]
    assert "62.5" in rows[0]


def test_nothing_shown_asks_nothing(operator: Operator, django_assert_num_queries: Any) -> None:
    with operator_scope(operator.pk), django_assert_num_queries(0):
        assert live._station_rows(request_of(operator), frozenset(), hide_city=False) == []


def test_ids_out_of_an_address(operator: Operator) -> None:
    key = UUID(int=5)
    assert live.ids_of(request_of(operator, f"/live/?ids={key},nonsense,,")) == {key}


def test_a_station_page_gets_parts_and_a_point(operator: Operator, site: Site) -> None:
    with system_scope("tests"):
        site.transaction.last_reading_at = site.transaction.started_at
        site.transaction.save(update_fields=["last_reading_at"])
    with operator_scope(operator.pk):
        events = live.station_events(request_of(operator), site.station.pk, "station")
    assert len(events) == 2
    for target in ("#station-state", "#station-since", "#command-history", "#connectors"):
        assert f'hx-target="{target}"' in events[0]
    assert events[1].startswith("event: curve\ndata: ")
    assert '"power_w":62500' in events[1]


def test_other_tabs_get_less(operator: Operator, site: Site) -> None:
    with operator_scope(operator.pk):
        frames = live.station_events(request_of(operator), site.station.pk, "station_frames")
        waiting = live.station_events(request_of(operator), site.station.pk, "commissioning")
    assert "#connectors" not in frames[0]
    assert 'hx-target="#checklist"' in waiting[0]


def test_the_list_of_commissioning_is_for_those_who_may_read_its_page(
    operator: Operator, site: Site
) -> None:
    request = request_of(operator)
    request.permissions = ROLES["viewer"]
    with operator_scope(operator.pk):
        assert live.station_events(request, site.station.pk, "commissioning") == []


def test_a_session_page_gets_its_figures(operator: Operator, site: Site) -> None:
    with operator_scope(operator.pk):
        events = live.session_events(request_of(operator), site.transaction)
    assert "#transaction-figures" in events[0]
    assert "18.4" in events[0]


@pytest.mark.parametrize("path", ["/live/stations/", "/live/transactions/"])
def test_streams_need_a_log_in(path: str) -> None:
    assert Client().get(path).status_code == 302


def test_a_connector_without_its_transaction_is_drawn(operator: Operator, site: Site) -> None:
    with system_scope("tests"):
        Evse.objects.update(active_transaction=None, is_operative=False)
    with operator_scope(operator.pk):
        events = live.station_events(request_of(operator), site.station.pk, "station")
    assert "Taken out of service" in events[0]


def test_roles_without_the_permission_get_no_stream(as_role: LogIn, site: Site) -> None:
    allowed = {role for role, may in ROLES.items() if Permission.STATIONS_VIEW in may}
    for role in ROLES:
        response = as_role(role).get("/live/stations/")
        assert (response.status_code == 200) == (role in allowed)
        response.close()
