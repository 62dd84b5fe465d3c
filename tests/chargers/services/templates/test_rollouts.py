"""A template on its way to stations: a step at a time, told value by value."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from accounts.models import AuditEntry, Operator
from chargers.exceptions import UnableToRollOut
from chargers.models import (
    ChargingStation,
    ConfigurationRollout,
    ConfigurationTemplate,
    Evse,
    RolloutStation,
    StationCommand,
)
from chargers.services.command_queue import time_out_commands
from chargers.services.templates import running, steps
from chargers.services.templates.rollouts import (
    Preview,
    cancel_rollout,
    counts_of,
    preview,
    retry_failed,
    start_rollout,
)
from chargers.services.templates.saving import delete_template
from tests.chargers.services.templates.support import (
    ACCEPTED,
    CACHE,
    INTERVAL,
    REJECTED,
    SCHEDULED,
    SECOND,
    answer,
    open_commands,
    results,
    states,
    template,
    variable,
    work,
)
from tests.factories import ACTOR, NOW, StationFactory, TransactionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]
KEY = "MeterValueSampleInterval"
NAME = "SampledDataCtrlr.TxUpdatedInterval"


@pytest.fixture
def old(operator: Operator) -> ChargingStation:
    return StationFactory.create(operator=operator, name="Old", protocol="ocpp1.6", is_online=True)


@pytest.fixture
def new(operator: Operator) -> ChargingStation:
    return StationFactory.create(
        operator=operator, name="New", protocol="ocpp2.0.1", is_online=True
    )


def start(row: ConfigurationTemplate, **values: object) -> ConfigurationRollout:
    return start_rollout(template=row, actor=ACTOR, now=NOW, **values)  # type: ignore[arg-type]


def read(name: str, value: str) -> dict[str, object]:
    return {"name": name, "value": value, "read_only": False}


def test_a_key_is_set_and_read_back(old: ChargingStation) -> None:
    variable(old, KEY, "60")
    rollout = start(template(old.operator, INTERVAL))
    assert work(NOW) == [("set_variable", {"name": KEY, "value": "30"})]
    assert work(NOW + SECOND) == []
    assert states(rollout) == {"Old": "setting"}
    (sent,) = open_commands()
    answer(sent, ACCEPTED, NOW + SECOND, "Accepted")
    work(NOW + 2 * SECOND)
    assert states(rollout) == {"Old": "verifying"}
    assert work(NOW + 3 * SECOND) == [("get_variables", {"names": [KEY], "attributes": []})]
    (sent,) = open_commands()
    answer(sent, ACCEPTED, NOW + 4 * SECOND, variables=[read(KEY, "30")], unknown=[])
    assert work(NOW + 5 * SECOND) == []
    assert states(rollout) == {"Old": "applied"}
    assert results(rollout) == [("sample_interval", "applied", "Accepted")]
    rollout.refresh_from_db()
    assert (rollout.status, rollout.finished_at) == ("done", NOW + 5 * SECOND)
    assert counts_of(rollout) == {"applied": 1}
    actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["configuration_template.added", "configuration_rollout.started"]


def test_variables_go_in_one_message_and_each_is_told(new: ChargingStation) -> None:
    rollout = start(template(new.operator, INTERVAL, CACHE))
    ((kind, arguments),) = work(NOW)
    assert kind == "set_variables"
    assert arguments["values"] == [
        {"name": NAME, "value": "30"},
        {"name": "AuthCacheCtrlr.Enabled", "value": "true"},
    ]
    told = [
        {"name": NAME, "attribute": "Actual", "status": "accepted", "raw_status": "Accepted"},
        {
            "name": "AuthCacheCtrlr.Enabled",
            "attribute": "Actual",
            "status": "rejected",
            "raw_status": "Rejected",
            "reason": "NotEnabled",
        },
    ]
    (sent,) = open_commands()
    answer(sent, REJECTED, NOW + SECOND, results=told)
    work(NOW + 2 * SECOND)
    work(NOW + 3 * SECOND)
    (sent,) = open_commands()
    assert sent.arguments["names"] == [NAME]
    answer(sent, ACCEPTED, NOW + 4 * SECOND, variables=[read(NAME, "30")], unknown=[])
    work(NOW + 5 * SECOND)
    assert states(rollout) == {"New": "rejected"}
    assert results(rollout) == [
        ("sample_interval", "applied", "Accepted"),
        ("cache_enabled", "rejected", "Rejected: NotEnabled"),
    ]


def test_a_value_that_is_not_kept(old: ChargingStation) -> None:
    rollout = start(template(old.operator, INTERVAL))
    work(NOW)
    answer(open_commands()[0], ACCEPTED, NOW + SECOND, "Accepted")
    work(NOW + 2 * SECOND)
    work(NOW + 3 * SECOND)
    answer(open_commands()[0], ACCEPTED, NOW + 4 * SECOND, variables=[read(KEY, "60")])
    work(NOW + 5 * SECOND)
    assert results(rollout) == [("sample_interval", "not_kept", "Accepted")]
    row = rollout.stations.get()
    assert (row.state, row.results[0]["have"]) == ("not_kept", "60")


def test_what_cannot_be_there_is_told_and_not_sent(old: ChargingStation) -> None:
    variable(old, "AuthorizationCacheEnabled", "false", is_read_only=True)
    items = (
        INTERVAL,
        CACHE,
        {"name": "offline_threshold", "value": "60"},
        {"name": "Vendor.Thing", "value": "1"},
    )
    rollout = start(template(old.operator, *items))
    assert [arguments for _kind, arguments in work(NOW)] == [{"name": KEY, "value": "30"}]
    answer(open_commands()[0], REJECTED, NOW + SECOND, "Rejected")
    work(NOW + 2 * SECOND)
    assert states(rollout) == {"Old": "rejected"}
    assert results(rollout) == [
        ("sample_interval", "rejected", "Rejected"),
        ("cache_enabled", "read_only", "The station says that this can only be read."),
        ("offline_threshold", "unknown", "The station has no such setting."),
        ("Vendor.Thing", "unknown", "The station has no such setting."),
    ]


def test_a_station_that_is_away_gets_it_on_return(old: ChargingStation) -> None:
    rollout = start(template(old.operator, INTERVAL))
    ChargingStation.objects.update(is_online=False)
    assert work(NOW) == []
    assert states(rollout) == {"Old": "waiting"}
    ChargingStation.objects.update(is_online=True)
    assert len(work(NOW + timedelta(days=2))) == 1
    assert states(rollout) == {"Old": "setting"}


def test_who_does_not_return_in_time_is_left_alone(old: ChargingStation) -> None:
    rollout = start(template(old.operator, INTERVAL), days=2)
    ChargingStation.objects.update(is_online=False)
    work(NOW + timedelta(days=1))
    assert states(rollout) == {"Old": "waiting"}
    work(NOW + timedelta(days=2))
    assert states(rollout) == {"Old": "unreachable"}
    ChargingStation.objects.update(is_online=True)
    assert work(NOW + timedelta(days=3)) == []


def test_silence_is_tried_three_times(old: ChargingStation) -> None:
    rollout = start(template(old.operator, INTERVAL))
    now = NOW
    for _attempt in range(3):
        assert len(work(now)) == 1
        time_out_commands(now=now + timedelta(seconds=61))
        work(now + timedelta(seconds=62))
        now += timedelta(seconds=120)
    assert states(rollout) == {"Old": "timed_out"}
    assert (work(now), StationCommand.objects.count()) == ([], 3)
    retry_failed(rollout=rollout, actor=ACTOR, now=now)
    assert len(work(now)) == 1
    assert states(rollout) == {"Old": "setting"}


def test_a_restart_is_told_and_left_to_people(old: ChargingStation) -> None:
    rollout = start(template(old.operator, INTERVAL))
    work(NOW)
    answer(open_commands()[0], SCHEDULED, NOW + SECOND, "RebootRequired")
    work(NOW + 2 * SECOND)
    work(NOW + 3 * SECOND)
    answer(open_commands()[0], ACCEPTED, NOW + 4 * SECOND, variables=[read(KEY, "60")])
    assert work(NOW + 5 * SECOND) == []
    assert states(rollout) == {"Old": "reboot_required"}
    assert results(rollout) == [("sample_interval", "reboot", "RebootRequired")]


def test_a_station_is_restarted_once_nobody_charges(old: ChargingStation) -> None:
    session = TransactionFactory.create(operator=old.operator, station=old)
    place, _made = Evse.objects.get_or_create(operator=old.operator, station=old, number=1)
    Evse.objects.filter(pk=place.pk).update(active_transaction=session)
    rollout = start(template(old.operator, INTERVAL), reset_when_idle=True)
    work(NOW)
    answer(open_commands()[0], SCHEDULED, NOW + SECOND, "RebootRequired")
    work(NOW + 2 * SECOND)
    work(NOW + 3 * SECOND)
    answer(open_commands()[0], ACCEPTED, NOW + 4 * SECOND, variables=[read(KEY, "60")])
    work(NOW + 5 * SECOND)
    assert work(NOW + 60 * SECOND) == []
    assert states(rollout) == {"Old": "restarting"}
    Evse.objects.update(active_transaction=None)
    assert work(NOW + 120 * SECOND) == [("reset", {"type": "OnIdle", "evse": None})]
    answer(open_commands()[0], ACCEPTED, NOW + 121 * SECOND, "Accepted")
    assert work(NOW + 130 * SECOND) == []
    ChargingStation.objects.update(booted_at=NOW + 180 * SECOND)
    work(NOW + 181 * SECOND)
    work(NOW + 182 * SECOND)
    answer(open_commands()[0], ACCEPTED, NOW + 183 * SECOND, variables=[read(KEY, "30")])
    work(NOW + 184 * SECOND)
    assert states(rollout) == {"Old": "applied"}


def test_a_restart_that_is_refused(old: ChargingStation) -> None:
    rollout = start(template(old.operator, INTERVAL), reset_when_idle=True)
    work(NOW)
    answer(open_commands()[0], SCHEDULED, NOW + SECOND, "RebootRequired")
    for second in (2, 3):
        work(NOW + second * SECOND)
    answer(open_commands()[0], ACCEPTED, NOW + 4 * SECOND, variables=[read(KEY, "60")])
    for second in (5, 6):
        work(NOW + second * SECOND)
    answer(open_commands()[0], REJECTED, NOW + 7 * SECOND, "Rejected")
    work(NOW + 8 * SECOND)
    row = rollout.stations.get()
    assert (row.state, row.word) == ("reboot_required", "Restart refused: Rejected")


def test_only_a_few_stations_at_once(operator: Operator) -> None:
    stations = [
        StationFactory.create(operator=operator, protocol="ocpp1.6", is_online=True)
        for _ in range(5)
    ]
    rollout = start(template(operator, INTERVAL))
    with patch.object(running, "PARALLEL", 2):
        assert len(work(NOW)) == 2
        assert len(work(NOW + SECOND)) == 0
        answer(open_commands()[0], REJECTED, NOW + SECOND, "Rejected")
        assert len(work(NOW + 2 * SECOND)) == 1
    assert sorted(counts_of(rollout).items()) == [("rejected", 1), ("setting", 2), ("waiting", 2)]
    assert rollout.stations_total == len(stations)


def test_two_rollouts_do_not_meet_at_a_station(old: ChargingStation) -> None:
    first = start(template(old.operator, INTERVAL))
    second = start(template(old.operator, CACHE, name="Other"))
    assert len(work(NOW)) == 1
    assert (states(first), states(second)) == ({"Old": "setting"}, {"Old": "waiting"})
    answer(open_commands()[0], REJECTED, NOW + SECOND, "Rejected")
    work(NOW + 2 * SECOND)
    assert len(work(NOW + 40 * SECOND)) == 1
    assert states(second) == {"Old": "setting"}


def test_a_deleted_template_is_still_sent_as_it_was(old: ChargingStation) -> None:
    row = template(old.operator, INTERVAL)
    start(row)
    delete_template(template=row, actor=ACTOR, now=NOW)
    assert work(NOW) == [("set_variable", {"name": KEY, "value": "30"})]


def test_cancelled_begins_with_nobody_else(operator: Operator) -> None:
    there = StationFactory.create(
        operator=operator, name="There", protocol="ocpp1.6", is_online=True
    )
    StationFactory.create(operator=operator, name="Away", protocol="ocpp1.6", is_online=False)
    rollout = start(template(operator, INTERVAL))
    work(NOW)
    cancel_rollout(rollout=rollout, actor=ACTOR, now=NOW)
    assert states(rollout) == {"There": "setting", "Away": "cancelled"}
    answer(open_commands()[0], REJECTED, NOW + SECOND, "Rejected")
    work(NOW + 2 * SECOND)
    rollout.refresh_from_db()
    assert (rollout.status, rollout.finished_at) == ("cancelled", NOW + 2 * SECOND)
    with pytest.raises(UnableToRollOut):
        cancel_rollout(rollout=rollout, actor=ACTOR, now=NOW)
    assert there.commands.count() == 1


def test_a_dry_run_counts_and_sends_nothing(
    old: ChargingStation, new: ChargingStation, operator: Operator
) -> None:
    variable(old, KEY, "60")
    variable(new, NAME, "30")
    StationFactory.create(operator=operator, name="Away", protocol="ocpp1.6", is_online=False)
    row = template(operator, INTERVAL)
    expected = Preview(stations=3, behind=2, in_step=1, values=1, unread=1, offline=1)
    assert preview(template=row) == expected
    assert preview(template=row, station_ids=[new.pk]) == Preview(stations=1, in_step=1)
    assert not StationCommand.objects.exists()


def test_what_cannot_be_started(old: ChargingStation, new: ChargingStation) -> None:
    variable(old, KEY, "30")
    row = template(old.operator, INTERVAL, protocol="ocpp1.6")
    with pytest.raises(UnableToRollOut) as error:
        start(row, days=0)
    assert error.value.errors == {"days": "Between 1 and 90 days."}
    with pytest.raises(UnableToRollOut) as error:
        start(row)
    assert error.value.errors == {"stations": "Every station is in step: there is nothing to send."}
    with pytest.raises(UnableToRollOut) as error:
        start(row, station_ids=[old.pk, new.pk])
    assert error.value.errors == {
        "stations": "One of these stations is not one of the template's, or was never online."
    }
    assert not ConfigurationRollout.objects.exists()


def test_a_fault_with_one_station_holds_up_no_other(old: ChargingStation) -> None:
    other = StationFactory.create(
        operator=old.operator, name="Other", protocol="ocpp1.6", is_online=True
    )
    for station in (old, other):
        variable(station, KEY, "60")
    rollout = start(template(old.operator, INTERVAL))

    def advance(row: RolloutStation, **values: Any) -> None:
        if row.station_id == old.pk:
            raise KeyError("a fault of ours")
        steps.advance(row, **values)

    with patch.object(running, "advance", advance):
        assert work(NOW) == [("set_variable", {"name": KEY, "value": "30"})]
        assert work(NOW + SECOND) == []
    assert states(rollout) == {"Old": "waiting", "Other": "setting"}
    later = NOW + timedelta(minutes=5)
    assert work(later)[0] == ("set_variable", {"name": KEY, "value": "30"})
    assert states(rollout)["Old"] == "setting"
