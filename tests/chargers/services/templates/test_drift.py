"""How far stations are from their templates, found when they tell something."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, Operator
from chargers.domain.messages import NotifyReport, ReportedVariable
from chargers.events import StationBooted
from chargers.exceptions import UnableToSaveTemplate
from chargers.models import (
    ChargingStation,
    ConfigurationCheck,
    ConfigurationRollout,
    ConfigurationTemplate,
    StationCommand,
    TemplateDrift,
)
from chargers.services.templates.drift import (
    check_due,
    make_all_due,
    station_booted,
)
from chargers.services.templates.saving import (
    delete_template,
    present_values,
    save_template,
)
from common.tenancy import operator_scope, system_scope
from events.models import OutboxEvent
from tests.chargers.services.device_model.hearing import hear
from tests.chargers.services.templates.support import (
    ACCEPTED,
    CACHE,
    INTERVAL,
    REJECTED,
    SECOND,
    answer,
    steps,
    template,
    told,
    variable,
)
from tests.factories import ACTOR, NOW, LocationFactory, StationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]
DRIFTED = "chargers.configuration_drifted"


@pytest.fixture
def old(operator: Operator) -> ChargingStation:
    return StationFactory.create(
        operator=operator,
        name="Old",
        protocol="ocpp1.6",
        is_online=True,
        vendor="Acme",
        created_at=NOW - timedelta(days=1),
    )


@pytest.fixture
def new(operator: Operator) -> ChargingStation:
    return StationFactory.create(
        operator=operator, name="New", protocol="ocpp2.0.1", is_online=True, vendor="Volt"
    )


def events() -> list[dict[str, object]]:
    return [row.payload for row in OutboxEvent.objects.filter(kind=DRIFTED).order_by("id")]


def test_one_template_means_both_versions(old: ChargingStation, new: ChargingStation) -> None:
    StationFactory.create(operator=old.operator, name="Never there", protocol="")
    variable(old, "MeterValueSampleInterval", "30")
    variable(old, "AuthorizationCacheEnabled", "FALSE")
    variable(new, "SampledDataCtrlr.TxUpdatedInterval", "30")
    template(old.operator)
    assert steps() == {"Old": ("differs", 1, 0), "New": ("not_read", 0, 1)}
    row = TemplateDrift.objects.get(station=old)
    assert row.items == [
        {
            "name": "cache_enabled",
            "own": "AuthorizationCacheEnabled",
            "attribute": "Actual",
            "state": "differs",
            "want": "true",
            "have": "FALSE",
        }
    ]
    assert (row.total, row.drifted_at, row.in_step_at) == (2, NOW, None)
    assert not StationCommand.objects.exists()
    assert AuditEntry.objects.get().action == "configuration_template.added"


def test_a_station_that_begins_to_drift_is_told_once(old: ChargingStation) -> None:
    row = template(old.operator, INTERVAL)
    told(old, "MeterValueSampleInterval", "60", NOW)
    assert (steps(), events()) == ({"Old": ("differs", 1, 0)}, [])
    told(old, "MeterValueSampleInterval", "30", NOW + 10 * SECOND)
    assert (steps(), events()) == ({"Old": ("in_step", 0, 0)}, [])
    for second in (20, 30):
        told(old, "MeterValueSampleInterval", "60", NOW + second * SECOND)
    expected = {
        "template_id": str(row.pk),
        "template": "Basics",
        "values": 1,
        "names": "MeterValueSampleInterval",
    }
    assert events() == [expected]
    told(old, "MeterValueSampleInterval", "30", NOW + 40 * SECOND)
    told(old, "MeterValueSampleInterval", "61", NOW + 50 * SECOND)
    assert events() == [expected, expected]
    assert TemplateDrift.objects.get().drifted_at == NOW + 55 * SECOND


def test_wanting_something_else_is_no_drift_of_stations(old: ChargingStation) -> None:
    row = template(old.operator, INTERVAL)
    told(old, "MeterValueSampleInterval", "30", NOW)
    assert steps() == {"Old": ("in_step", 0, 0)}
    save_template(
        operator=old.operator,
        template=row,
        name="Basics",
        items=[{**INTERVAL, "value": "10"}],
        actor=ACTOR,
        now=NOW + 60 * SECOND,
    )
    assert (steps(), events()) == ({"Old": ("differs", 1, 0)}, [])
    row.refresh_from_db()
    assert (row.revision, row.spread_at) == (2, None)


def test_a_report_of_pages_is_looked_at_once(new: ChargingStation) -> None:
    template(new.operator, INTERVAL)
    reported = ReportedVariable(
        component="SampledDataCtrlr",
        variable="TxUpdatedInterval",
        attributes={"Actual": "30"},
        mutability={"Actual": "ReadWrite"},
        characteristics={"dataType": "integer", "unit": "s"},
    )
    for page in range(3):
        message = NotifyReport(request_id=1, seq_no=page, is_last=page == 2, variables=(reported,))
        hear(new, message, NOW + page * SECOND)
    check = ConfigurationCheck.objects.get()
    assert check.due_at == NOW + 3 * SECOND
    assert check_due(now=NOW + 2 * SECOND) == 0
    assert check_due(now=NOW + 3 * SECOND) == 1
    assert check_due(now=NOW + 4 * SECOND) == 0
    assert steps() == {"New": ("in_step", 0, 0)}


def test_what_a_station_does_not_have_or_let_write(new: ChargingStation) -> None:
    variable(new, "AuthCacheCtrlr.Enabled", "false", is_read_only=True)
    variable(new, "OCPPCommCtrlr.Token", "", attributes={"mutability": {"Actual": "WriteOnly"}})
    template(
        new.operator,
        CACHE,
        {"name": "minimum_status_duration", "value": "5"},
        {"name": "OCPPCommCtrlr.Token", "value": "x"},
        {"name": "BareKey", "value": "x"},
    )
    row = TemplateDrift.objects.get()
    assert [(each["name"], each["state"]) for each in row.items] == [
        ("cache_enabled", "read_only"),
        ("minimum_status_duration", "unknown"),
        ("OCPPCommCtrlr.Token", "write_only"),
        ("BareKey", "unknown"),
    ]
    assert row.step == "impossible"


def test_a_name_that_the_station_denies_is_unknown(old: ChargingStation) -> None:
    template(old.operator, INTERVAL)
    make_all_due(now=NOW)
    check_due(now=NOW)
    asked = StationCommand.objects.get()
    assert (asked.kind, asked.arguments["names"]) == ("get_variables", ["MeterValueSampleInterval"])
    answer(asked, REJECTED, NOW + SECOND, variables=[], unknown=["MeterValueSampleInterval"])
    check_due(now=NOW + 5 * SECOND)
    assert steps() == {"Old": ("impossible", 0, 0)}
    told(old, "MeterValueSampleInterval", "30", NOW + 10 * SECOND)
    assert steps() == {"Old": ("in_step", 0, 0)}


def test_every_night_stations_that_are_there_are_read(old: ChargingStation) -> None:
    away = StationFactory.create(
        operator=old.operator, name="Away", protocol="ocpp1.6", is_online=False
    )
    template(old.operator, INTERVAL)
    assert make_all_due(now=NOW) == 2
    check_due(now=NOW)
    asked = StationCommand.objects.get()
    assert asked.station_id == old.pk
    waiting = ConfigurationCheck.objects.exclude(read_due_at=None)
    assert list(waiting.values_list("station_id", flat=True)) == [away.pk]
    value = {"name": "MeterValueSampleInterval", "value": "60", "read_only": False}
    answer(asked, ACCEPTED, NOW + SECOND, variables=[value], unknown=[])
    check_due(now=NOW + 5 * SECOND)
    assert steps() == {"Old": ("differs", 1, 0), "Away": ("not_read", 0, 1)}
    check_due(now=NOW + 10 * SECOND)
    assert StationCommand.objects.count() == 1


def test_the_more_specific_template_decides(old: ChargingStation, new: ChargingStation) -> None:
    variable(old, "MeterValueSampleInterval", "30")
    variable(new, "SampledDataCtrlr.TxUpdatedInterval", "30")
    template(old.operator, INTERVAL, name="All")
    acme = template(old.operator, {**INTERVAL, "value": "60"}, name="Acme", vendor="acm?")
    rows = TemplateDrift.objects.order_by("template__name", "station__name")
    shape = ("template__name", "station__name", "step")
    assert list(rows.values_list(*shape)) == [("Acme", "Old", "differs"), ("All", "New", "in_step")]
    delete_template(template=acme, actor=ACTOR, now=NOW + SECOND)
    check_due(now=NOW + SECOND)
    assert list(rows.values_list(*shape)) == [("All", "New", "in_step"), ("All", "Old", "in_step")]


def test_places_and_protocols_limit_a_template(old: ChargingStation, new: ChargingStation) -> None:
    place = LocationFactory.create(operator=old.operator)
    row = template(old.operator, INTERVAL, locations=[place])
    assert steps() == {}
    change: dict[str, Any] = {
        "operator": old.operator,
        "name": "Basics",
        "items": [INTERVAL],
        "actor": ACTOR,
    }
    save_template(template=row, locations=[place, new.location], now=NOW, **change)
    assert set(steps()) == {"New"}
    save_template(template=row, locations=[], protocol="ocpp1.6", now=NOW + SECOND, **change)
    assert set(steps()) == {"Old"}
    entry = AuditEntry.objects.order_by("-id").first()
    assert entry is not None
    assert set(entry.changes) == {"protocol", "locations"}


def test_a_new_station_gets_what_is_for_new_ones(old: ChargingStation) -> None:
    template(old.operator, INTERVAL, applies_to_new=True)
    assert not ConfigurationRollout.objects.exists()
    later = NOW + timedelta(days=1)
    fresh = StationFactory.create(
        operator=old.operator,
        name="Fresh",
        protocol="ocpp1.6",
        is_online=True,
        created_at=later,
    )
    event = StationBooted(operator_id=old.operator_id, subject_id=fresh.pk)
    for _ in range(2):
        station_booted(event, later)
        check_due(now=later)
    rollout = ConfigurationRollout.objects.get()
    assert (rollout.is_automatic, rollout.stations_total) == (True, 1)
    assert rollout.stations.get().station_id == fresh.pk
    assert AuditEntry.objects.latest("id").action == "configuration_rollout.started"


def test_without_templates_a_boot_leaves_nothing(old: ChargingStation) -> None:
    station_booted(StationBooted(operator_id=old.operator_id, subject_id=old.pk), NOW)
    assert not ConfigurationCheck.objects.exists()


def test_faults_are_told_by_row(operator: Operator, other_operator: Operator) -> None:
    with operator_scope(other_operator.pk):
        foreign = LocationFactory.create(operator=other_operator)
    bad = [
        {"name": "", "value": "1"},
        {"name": "sample_interval", "value": "soon"},
        {"name": "sample_interval", "value": "30", "comparison": "magic"},
        {"name": "AuthorizationKey", "value": "x"},
        {"name": "SecurityCtrlr.SecurityProfile", "value": "1"},
        {"name": "BareKey", "value": "1", "attribute": "Target"},
        {"name": "A.B", "value": "maybe", "comparison": "truth", "attribute": "Best"},
    ]
    with pytest.raises(UnableToSaveTemplate) as error:
        template(operator, *bad, name=" ", protocol="ocpp9", locations=[foreign])
    assert error.value.errors == {
        "name": "Give it a name.",
        "protocol": "This protocol is not known.",
        "locations": "This location does not exist.",
        "items.0.name": "Name the setting.",
        "items.1.value": "A whole number.",
        "items.2.name": "This is named twice.",
        "items.2.comparison": "There is no such comparison.",
        "items.3.name": "A secret does not belong in a template: every station has its own.",
        "items.4.name": "A station's security profile is set on its Security page.",
        "items.5.attribute": "A configuration key has no attributes.",
        "items.6.attribute": "One of Actual, Target, MinSet, MaxSet.",
        "items.6.value": "Either true or false.",
    }
    assert not ConfigurationTemplate.objects.exists()
    assert not AuditEntry.objects.exists()
    template(operator, INTERVAL)
    with pytest.raises(UnableToSaveTemplate) as taken:
        template(operator, INTERVAL)
    assert taken.value.errors == {"name": "Another template has this name."}
    with pytest.raises(UnableToSaveTemplate) as empty:
        save_template(
            operator=operator, template=None, name="Empty", items=[], actor=ACTOR, now=NOW
        )
    assert empty.value.errors == {"items": "Name at least one value."}


@pytest.mark.parametrize(
    ("name", "protocol", "fault"),
    [
        ("A.B", "", ""),
        ("A[x]@1:2.B[y]", "", ""),
        (
            "A.B.C",
            "",
            "Write a variable as Component.Variable, each part of at most 50 characters.",
        ),
        ("A.B.C", "ocpp1.6", ""),
        ("Key", "", ""),
        ("K" * 51, "", "A configuration key has at most 50 characters."),
        (
            "Key",
            "ocpp2.0.1",
            "Write a variable as Component.Variable, each part of at most 50 characters.",
        ),
    ],
)
def test_names_that_no_message_can_carry(
    operator: Operator, name: str, protocol: str, fault: str
) -> None:
    item = {"name": name, "value": "1"}
    if not fault:
        assert template(operator, item, protocol=protocol).items[0]["name"] == name
        return
    with pytest.raises(UnableToSaveTemplate) as error:
        template(operator, item, protocol=protocol)
    assert error.value.errors == {"items.0.name": fault}


def test_another_operators_stations_are_none_of_ours(
    operator: Operator, other_operator: Operator
) -> None:
    with operator_scope(other_operator.pk):
        foreign = StationFactory.create(operator=other_operator, protocol="ocpp1.6")
    template(operator, INTERVAL)
    with system_scope("tests"):
        assert not TemplateDrift.objects.exists()
        assert not ConfigurationCheck.objects.filter(station=foreign).exists()


def test_present_values_make_a_template(new: ChargingStation) -> None:
    variable(new, "SampledDataCtrlr.TxUpdatedInterval", "45")
    variable(new, "AuthCacheCtrlr.Enabled", "true", is_read_only=True)
    assert present_values(new) == [
        {
            "name": "sample_interval",
            "attribute": "Actual",
            "value": "45",
            "comparison": "auto",
        }
    ]
