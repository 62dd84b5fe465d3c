"""Prepared queries: compiled once, filled ever anew, filtered in the scope of one operator."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection
from django.db.models import CharField, IntegerField, UUIDField
from django.db.models.functions import Upper
from django.db.transaction import atomic
from django.test.utils import CaptureQueriesContext

from accounts.models import IdToken
from chargers.models import ChargingStation, Evse, StationConnection
from common.prepared import (
    Param,
    Prepared,
    PreparedInsert,
    PreparedUpdate,
    save_fields,
    update_of,
)
from common.tenancy import ForeignTenantError, NoScopeError, operator_scope, system_scope
from tests.factories import (
    NOW,
    EvseFactory,
    IdTokenFactory,
    OperatorFactory,
    StationFactory,
    TransactionFactory,
)

pytestmark = pytest.mark.django_db


def _evses() -> Prepared[Evse]:
    return Prepared(
        lambda: (
            Evse.objects.filter(station_id=Param("station_id", UUIDField()))
            .select_related("station")
            .order_by("number")
        )
    )


def test_reads_rows_with_their_related_objects() -> None:
    evse = EvseFactory.create(number=2)
    EvseFactory.create(station=evse.station, number=1)
    EvseFactory.create(number=1)
    evses = _evses()
    with system_scope("tests"), CaptureQueriesContext(connection) as queries:
        found = evses.all(station_id=evse.station_id)
        assert [(row.number, row.station.name) for row in found] == [
            (1, evse.station.name),
            (2, evse.station.name),
        ]
    assert len(queries) == 1


def test_builds_once_and_takes_new_values_each_time() -> None:
    one, two = EvseFactory.create(number=1), EvseFactory.create(number=7)
    built = []

    def build() -> Any:
        built.append(1)
        return Evse.objects.filter(station_id=Param("station_id", UUIDField())).order_by()

    evses: Prepared[Evse] = Prepared(build)
    with system_scope("tests"):
        found = [evses.first(station_id=row.station_id) for row in (one, two, one)]
    assert found == [one, two, one]
    assert len(built) == 1


def test_rows_of_one_run_are_not_touched_by_the_next() -> None:
    one, two = EvseFactory.create(number=1), EvseFactory.create(number=7)
    evses = _evses()
    with system_scope("tests"):
        first = evses.all(station_id=one.station_id)
        second = evses.all(station_id=two.station_id)
    assert ([row.number for row in first], [row.number for row in second]) == ([1], [7])


def test_expressions_over_parameters() -> None:
    token = IdTokenFactory.create(uid="04aB")
    by_uid: Prepared[IdToken] = Prepared(
        lambda: IdToken.objects.alias(upper=Upper("uid")).filter(
            upper=Upper(Param("uid", CharField()))
        )
    )
    with system_scope("tests"):
        assert by_uid.first(uid="04Ab") == token
        assert by_uid.first(uid="04' OR '1'='1") is None


def test_plain_values_and_limits() -> None:
    station = StationFactory.create()
    for number in (1, 2, 3):
        EvseFactory.create(station=station, number=number)
    numbers: Prepared[int] = Prepared(
        lambda: (
            Evse.objects.filter(
                station_id=Param("station_id", UUIDField()),
                number__gte=Param("least", IntegerField()),
            )
            .order_by("number")
            .values_list("number", flat=True)[:2]
        )
    )
    with system_scope("tests"):
        assert numbers.all(station_id=station.pk, least=1) == [1, 2]
        assert numbers.all(station_id=station.pk, least=3) == [3]


def test_in_the_scope_of_an_operator_the_manager_filters() -> None:
    evse = EvseFactory.create(number=1)
    stranger = OperatorFactory.create()
    evses = _evses()
    with system_scope("tests"):
        assert evses.all(station_id=evse.station_id) == [evse]
    with operator_scope(stranger.pk):
        assert evses.all(station_id=evse.station_id) == []
    with operator_scope(evse.operator_id):
        assert evses.all(station_id=evse.station_id) == [evse]


def test_without_a_scope_it_raises() -> None:
    evses = _evses()
    with pytest.raises(NoScopeError):
        evses.all(station_id=UUID(int=1))


def test_a_missing_value_is_named() -> None:
    evses = _evses()
    with system_scope("tests"), pytest.raises(KeyError, match="station_id"):
        evses.all(other=1)


def _rename() -> PreparedUpdate:
    return PreparedUpdate(
        lambda: ChargingStation.objects.filter(pk=Param("pk", UUIDField())),
        lambda: {"name": Param("name", CharField()), "error_code": ""},
    )


def test_updates_the_rows_that_fit() -> None:
    station = StationFactory.create(name="before", error_code="GroundFailure")
    other = StationFactory.create(name="other", error_code="GroundFailure")
    rename = _rename()
    with system_scope("tests"):
        assert rename.run(pk=station.pk, name="after") == 1
        assert rename.run(pk=UUID(int=1), name="nobody") == 0
        station.refresh_from_db()
        other.refresh_from_db()
    assert (station.name, station.error_code) == ("after", "")
    assert (other.name, other.error_code) == ("other", "GroundFailure")


def test_an_operator_updates_only_its_own() -> None:
    station = StationFactory.create(name="before")
    rename = _rename()
    with operator_scope(OperatorFactory.create().pk):
        assert rename.run(pk=station.pk, name="stolen") == 0
    with operator_scope(station.operator_id):
        assert rename.run(pk=station.pk, name="mine") == 1


def test_saves_the_named_fields_of_a_row() -> None:
    row = TransactionFactory.create()
    save = update_of(type(row), "warnings", "needs_review", "evse", "power_w")
    evse = EvseFactory.create(station=row.station, number=9)
    row.warnings = [{"code": "orphan", "detail": "é\"'", "at": "2026"}]
    row.needs_review, row.evse, row.power_w, row.energy_wh = True, evse, None, 987_654
    with system_scope("tests"):
        assert save_fields(save, row) == 1
        stored = type(row).objects.get(pk=row.pk)
    assert stored.warnings == [{"code": "orphan", "detail": "é\"'", "at": "2026"}]
    assert (stored.needs_review, stored.evse_id, stored.power_w) == (True, evse.pk, None)
    assert stored.energy_wh != 987_654


def _connection(station: ChargingStation, epoch: int) -> StationConnection:
    return StationConnection(
        station=station,
        operator_id=station.operator_id,
        epoch=epoch,
        protocol="ocpp1.6",
        remote_address="2001:db8::1",
        server="é\"'",
        opened_at=NOW,
    )


def test_inserts_a_row_with_every_column() -> None:
    station = StationFactory.create()
    insert = PreparedInsert(StationConnection)
    with system_scope("tests"):
        with CaptureQueriesContext(connection) as queries:
            for epoch in (1, 2):
                insert.run(_connection(station, epoch))
        stored = StationConnection.objects.order_by("epoch")
        assert [(row.epoch, row.server, row.remote_address) for row in stored] == [
            (1, "é\"'", "2001:db8::1"),
            (2, "é\"'", "2001:db8::1"),
        ]
        assert {(row.station_id, row.opened_at, row.closed_at) for row in stored} == {
            (station.pk, NOW, None)
        }
    assert len(queries) == 2


def test_what_is_there_already_may_be_left_alone() -> None:
    station = StationFactory.create()
    insert = PreparedInsert(StationConnection, ignore_conflicts=True)
    with system_scope("tests"):
        for _ in range(2):
            insert.run(_connection(station, 1))
        assert StationConnection.objects.count() == 1
        with pytest.raises(IntegrityError), atomic():
            PreparedInsert(StationConnection).run(_connection(station, 1))


def test_an_operator_inserts_only_its_own() -> None:
    station = StationFactory.create()
    insert = PreparedInsert(StationConnection)
    with operator_scope(OperatorFactory.create().pk), pytest.raises(ForeignTenantError):
        insert.run(_connection(station, 1))
    with operator_scope(station.operator_id):
        insert.run(_connection(station, 1))
        assert StationConnection.objects.count() == 1
