"""Asking stations for limits, and what becomes of our rows by their answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, Operator
from chargers.domain import commands as wire
from chargers.domain.charging_profiles import (
    ChargingProfile as Profile,
)
from chargers.domain.charging_profiles import (
    Period,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Schedule,
)
from chargers.domain.commands import Outcome, OutcomeStatus
from chargers.exceptions import UnableToCommand
from chargers.models import (
    ChargingNeeds,
    ChargingProfile,
    ChargingStation,
    Evse,
    StationCommand,
    StationVariable,
    Transaction,
)
from chargers.services import commands
from chargers.services.charging import setting
from tests.factories import (
    ACTOR,
    NOW,
    EvseFactory,
    IdTokenFactory,
    StationFactory,
    TransactionFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ACCEPTED = Outcome(status=OutcomeStatus.ACCEPTED, raw_status="Accepted")
REJECTED = Outcome(status=OutcomeStatus.REJECTED, raw_status="Rejected")
UNKNOWN = Outcome(status=OutcomeStatus.REJECTED, raw_status="Unknown")
LOST = Outcome(status=OutcomeStatus.FAILED, raw_status="connection lost")
NONE_THERE = Outcome(status=OutcomeStatus.ACCEPTED, raw_status="NoProfiles")


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    made = StationFactory.create(operator=operator, name="North 1", connection_epoch=3)
    for number in (1, 2):
        EvseFactory.create(station=made, number=number)
    return made


@pytest.fixture
def session(station: ChargingStation) -> Transaction:
    return running(station)


def running(station: ChargingStation, number: int = 1, **values: Any) -> Transaction:
    evse = Evse.objects.get(station=station, number=number)
    made = TransactionFactory.create(station=station, evse=evse, **values)
    Evse.objects.filter(pk=evse.pk).update(active_transaction=made)
    return made


def default(amps: float = 16.0, **values: Any) -> Profile:
    schedule = Schedule(
        unit=RateUnit.AMPS, start_at=NOW, periods=(Period(start_seconds=0, limit=amps),)
    )
    values.setdefault("kind", ProfileKind.ABSOLUTE)
    return Profile(purpose=ProfilePurpose.TX_DEFAULT, schedules=(schedule,), **values)


def put(station: ChargingStation, evse: int = 1, **values: Any) -> ChargingProfile:
    values.setdefault("profile", default())
    return setting.set_charging_profile(
        station=station, evse=evse, **{"now": NOW, "actor": ACTOR, **values}
    )


def answer(row: ChargingProfile | StationCommand, outcome: Outcome = ACCEPTED, **at: Any) -> None:
    command = row.command if isinstance(row, ChargingProfile) else row
    assert command is not None
    assert commands.finish(command_id=command.pk, outcome=outcome, now=at.get("now", NOW + MINUTE))


def installed(station: ChargingStation, evse: int = 1, **values: Any) -> ChargingProfile:
    row = put(station, evse, **values)
    answer(row)
    row.refresh_from_db()
    return row


def rows(station: ChargingStation) -> list[tuple[int, int, str, str]]:
    found = ChargingProfile.objects.filter(station=station).order_by("id")
    return [(row.profile_id, row.evse_number, row.purpose, row.status) for row in found]


def told(station: ChargingStation, name: str, value: str) -> None:
    StationVariable.objects.create(
        operator=station.operator, station=station, name=name, value=value, reported_at=NOW
    )


# -- asking ----------------------------------------------------------------------------------


def test_a_profile_is_requested_audited_and_installed(station: ChargingStation) -> None:
    row = put(station)
    assert (row.profile_id, row.status, row.sent_epoch, row.requested_at) == (
        1,
        "requested",
        3,
        NOW,
    )
    assert row.command is not None
    assert row.command.kind == "set_charging_profile"
    assert row.command.arguments == {"evse": 1, "profile": {**default().to_json(), "id": 1}}
    assert row.profile == default(id=1)
    assert AuditEntry.objects.get().action == "station.set_charging_profile"

    answer(row)
    row.refresh_from_db()
    assert (row.status, row.installed_at, row.source) == ("installed", NOW + MINUTE, "ours")


def test_ids_are_small_free_and_above_those_of_others(station: ChargingStation) -> None:
    told(station, "SmartChargingCtrlr.MaxExternalConstraintsId", "4")
    levels = [put(station, profile=default(stack_level=level)).profile_id for level in range(3)]
    assert levels == [5, 6, 7]
    answer(setting.clear_charging_profiles(station=station, profile_id=6, now=NOW))
    assert put(station, profile=default(stack_level=9)).profile_id == 6


def test_the_same_slot_keeps_its_id_and_replaces(station: ChargingStation) -> None:
    installed(station)
    second = put(station, profile=default(10.0))
    assert second.profile_id == 1
    assert [status for *_, status in rows(station)] == ["installed", "requested"]
    answer(second)
    assert rows(station) == [(1, 1, "TxDefaultProfile", "installed")]
    assert ChargingProfile.objects.get().profile.schedule.periods[0].limit == 10.0


def test_a_refused_change_leaves_what_was_there(station: ChargingStation) -> None:
    installed(station)
    answer(put(station, profile=default(10.0)), REJECTED)
    assert [status for *_, status in rows(station)] == ["installed", "rejected"]
    installed(station, profile=default(8.0))
    assert [status for *_, status in rows(station)] == ["installed"]


def test_a_newer_request_outlives_the_answer_to_the_older(station: ChargingStation) -> None:
    first, second = put(station), put(station, profile=default(10.0))
    answer(first)
    assert [status for *_, status in rows(station)] == ["installed", "requested"]
    answer(second)
    assert [status for *_, status in rows(station)] == ["installed"]


@pytest.mark.parametrize("how", ["lost", "timed out"])
def test_without_an_answer_nobody_knows(station: ChargingStation, how: str) -> None:
    row = put(station)
    if how == "lost":
        answer(row, LOST)
    else:
        assert commands.time_out_commands(now=NOW + HOUR) == 1
    row.refresh_from_db()
    assert row.status == "unanswered"


def test_a_limit_of_a_session_names_it(station: ChargingStation, session: Transaction) -> None:
    own = replace(default(), purpose=ProfilePurpose.TX)
    row = put(station, profile=own, transaction=session)
    assert (row.transaction, row.profile.transaction_ref) == (session, session.station_ref)
    assert row.command is not None
    assert row.command.transaction == session


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"evse": 3}, {"evse": "This station has no EVSE 3."}),
        (
            {"profile": default(-1.0)},
            {"periods": "Period 1: the limit must be 0 or more."},
        ),
        (
            {"profile": replace(default(), purpose=ProfilePurpose.TX)},
            {"transaction": "Name the session that this is for."},
        ),
        (
            {"profile": replace(default(), purpose=ProfilePurpose.EXTERNAL)},
            {"purpose": "External limits are set at the station, not from here."},
        ),
    ],
)
def test_faults_are_told_by_field_and_nothing_happens(
    station: ChargingStation, values: dict[str, Any], errors: dict[str, str]
) -> None:
    with pytest.raises(UnableToCommand) as refused:
        put(station, **values)
    assert refused.value.errors == errors
    assert (ChargingProfile.objects.count(), StationCommand.objects.count()) == (0, 0)
    assert AuditEntry.objects.count() == 0


def test_sessions_that_cannot_be_limited(station: ChargingStation, operator: Operator) -> None:
    own = replace(default(), purpose=ProfilePurpose.TX)
    elsewhere = running_elsewhere(operator)
    ended = running(station, state="ended")
    for evse, transaction, errors in [
        (1, elsewhere, {"transaction": "This session is of another station."}),
        (1, ended, {"transaction": "This session has already ended."}),
        (2, running(station, 1), {"evse": "This session charges at EVSE 1."}),
    ]:
        with pytest.raises(UnableToCommand) as refused:
            put(station, evse, profile=own, transaction=transaction)
        assert refused.value.errors == errors
    assert StationCommand.objects.count() == 0


def running_elsewhere(operator: Operator) -> Transaction:
    other = StationFactory.create(operator=operator)
    EvseFactory.create(station=other, number=1)
    return running(other)


@pytest.mark.parametrize(
    ("name", "value", "errors"),
    [
        ("ChargeProfileMaxStackLevel", "0", {"stack_level"}),
        ("SmartChargingCtrlr.ProfileStackLevel", "0", {"stack_level"}),
        ("ChargingScheduleAllowedChargingRateUnit", "Power", {"unit"}),
        ("ChargingScheduleAllowedChargingRateUnit", "W", {"unit"}),
        ("SmartChargingCtrlr.RateUnit", "W", {"unit"}),
        ("SmartChargingCtrlr.RateUnit", "A,W", set()),
        ("ChargingScheduleMaxPeriods", "0", set()),
        ("ChargingScheduleMaxPeriods", "nonsense", set()),
        ("SmartChargingCtrlr.MaxExternalConstraintsId", "5", {"id"}),
    ],
)
def test_what_the_station_said_that_it_can(
    station: ChargingStation, name: str, value: str, errors: set[str]
) -> None:
    told(station, name, value)
    profile = default(stack_level=1, id=3)
    if not errors:
        assert put(station, profile=profile).status == "requested"
        return
    with pytest.raises(UnableToCommand) as refused:
        put(station, profile=profile)
    assert set(refused.value.errors) == errors


# -- simple limits ---------------------------------------------------------------------------


def test_one_limit_for_whom_it_is_meant(station: ChargingStation, session: Transaction) -> None:
    whole = setting.set_limit(station=station, watts=22_000, now=NOW)
    place = setting.set_limit(station=station, amps=10, evse=2, now=NOW)
    one = setting.set_limit(
        station=station, amps=8.5, transaction=session, until=NOW + HOUR, now=NOW
    )
    assert rows(station) == [
        (1, 0, "ChargingStationMaxProfile", "requested"),
        (2, 2, "TxDefaultProfile", "requested"),
        (3, 1, "TxProfile", "requested"),
    ]
    schedule = one.profile.schedule
    assert (schedule.start_at, schedule.duration_seconds) == (NOW - MINUTE, 3660)
    assert (schedule.unit, schedule.periods[0].limit) == (RateUnit.AMPS, 8.5)
    assert (whole.profile.schedule.unit, whole.profile.schedule.duration_seconds) == ("W", None)
    assert place.profile.transaction_ref == ""


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({}, {"limit": "Give amps or watts."}),
        ({"amps": 6, "watts": 6}, {"limit": "Give amps or watts."}),
        ({"amps": 6, "until": NOW}, {"until": "It must end later."}),
        ({"amps": -6}, {"limit": "Period 1: the limit must be 0 or more."}),
    ],
)
def test_faults_of_one_limit(
    station: ChargingStation, values: dict[str, Any], errors: dict[str, str]
) -> None:
    with pytest.raises(UnableToCommand) as refused:
        setting.set_limit(station=station, now=NOW, **values)
    assert refused.value.errors == errors
    assert StationCommand.objects.count() == 0


# -- clearing and asking ---------------------------------------------------------------------


def three(station: ChargingStation) -> None:
    installed(station, 0)
    installed(station, 1)
    installed(station, 1, profile=default(stack_level=2))


@pytest.mark.parametrize(
    ("criteria", "left"),
    [
        ({"profile_id": 2}, [1, 3]),
        ({"evse": 1}, [1]),
        ({"evse": 0}, [2, 3]),
        ({"stack_level": 2}, [1, 2]),
        ({"purpose": ProfilePurpose.TX_DEFAULT, "evse": 1, "stack_level": 0}, [1, 3]),
        ({"purpose": ProfilePurpose.STATION_MAX}, [1, 2, 3]),
        ({}, []),
    ],
)
@pytest.mark.parametrize("outcome", [ACCEPTED, UNKNOWN], ids=["accepted", "unknown"])
def test_what_was_cleared(
    station: ChargingStation, criteria: dict[str, Any], left: list[int], outcome: Outcome
) -> None:
    three(station)
    other = StationFactory.create(operator=station.operator)
    installed(other, 0)
    answer(setting.clear_charging_profiles(station=station, now=NOW + HOUR, **criteria), outcome)
    assert [row[0] for row in rows(station) if row[3] == "installed"] == left
    assert [row[3] for row in rows(other)] == ["installed"]


def test_a_refusal_clears_nothing(station: ChargingStation) -> None:
    three(station)
    answer(setting.clear_charging_profiles(station=station, now=NOW + HOUR), REJECTED)
    assert {row[3] for row in rows(station)} == {"installed"}


def test_clearing_spares_what_was_set_after_it(station: ChargingStation) -> None:
    clear = setting.clear_charging_profiles(station=station, now=NOW)
    later = put(station, now=NOW + MINUTE)
    answer(clear)
    later.refresh_from_db()
    assert later.status == "requested"


def test_clearing_is_either_by_id_or_by_criteria(station: ChargingStation) -> None:
    for criteria, field in [
        ({"profile_id": 1, "evse": 1}, "profile_id"),
        ({"purpose": ProfilePurpose.EXTERNAL}, "purpose"),
    ]:
        with pytest.raises(UnableToCommand) as refused:
            setting.clear_charging_profiles(station=station, now=NOW, **criteria)  # type: ignore[arg-type]
        assert list(refused.value.errors) == [field]


def test_a_station_without_profiles(station: ChargingStation) -> None:
    three(station)
    answer(setting.get_charging_profiles(station=station, evse=1, now=NOW + HOUR), NONE_THERE)
    assert [row[0] for row in rows(station) if row[3] == "installed"] == [1]


def test_the_composite_schedule(station: ChargingStation) -> None:
    asked = setting.get_composite_schedule(
        station=station, evse=2, duration=2 * HOUR, unit=RateUnit.WATTS, now=NOW
    )
    assert asked.arguments == {"evse": 2, "duration_seconds": 7200, "unit": "W"}
    for values, field in [({"evse": 9}, "evse"), ({"evse": 1, "duration": -HOUR}, "duration")]:
        with pytest.raises(UnableToCommand) as refused:
            setting.get_composite_schedule(station=station, now=NOW, **values)  # type: ignore[arg-type]
        assert list(refused.value.errors) == [field]


# -- 2.1 -------------------------------------------------------------------------------------


def test_priority_is_kept_with_the_session(station: ChargingStation, session: Transaction) -> None:
    for activate in (True, False):
        answer(setting.use_priority_charging(transaction=session, activate=activate, now=NOW))
        assert ChargingNeeds.objects.get(transaction=session).has_priority is activate
    answer(
        setting.use_priority_charging(transaction=session, activate=True, now=NOW),
        replace(REJECTED, raw_status="NoProfile"),
    )
    assert not ChargingNeeds.objects.get(transaction=session).has_priority
    Transaction.objects.filter(pk=session.pk).update(state="ended")
    session.refresh_from_db()
    with pytest.raises(UnableToCommand):
        setting.use_priority_charging(transaction=session, activate=True, now=NOW)


def dynamic() -> Profile:
    schedule = Schedule(unit=RateUnit.WATTS, periods=(Period(start_seconds=0, limit=9000.0),))
    return replace(default(), kind=ProfileKind.DYNAMIC, schedules=(schedule,))


def test_a_dynamic_limit_is_changed_in_place(station: ChargingStation) -> None:
    row = installed(station, profile=dynamic())
    update = setting.update_dynamic_schedule(
        station=station, profile_id=row.profile_id, limit=7000.5, now=NOW
    )
    row.refresh_from_db()
    assert row.profile.schedule.periods[0].limit == 9000.0
    answer(update)
    row.refresh_from_db()
    assert row.profile.schedule.periods[0].limit == 7000.5


def test_only_a_dynamic_profile_can_be_updated(station: ChargingStation) -> None:
    row = installed(station)
    with pytest.raises(UnableToCommand) as refused:
        setting.update_dynamic_schedule(
            station=station, profile_id=row.profile_id, limit=-1, now=NOW
        )
    assert set(refused.value.errors) == {"profile_id", "limit"}


# -- remote start ----------------------------------------------------------------------------


def from_start() -> Profile:
    schedule = Schedule(unit=RateUnit.AMPS, periods=(Period(start_seconds=0, limit=8.0),))
    return Profile(purpose=ProfilePurpose.TX, kind=ProfileKind.RELATIVE, schedules=(schedule,))


def test_a_limit_comes_with_a_remote_start(station: ChargingStation) -> None:
    token = IdTokenFactory.create(operator=station.operator)
    evse = Evse.objects.get(station=station, number=2)
    command = commands.start_charging(
        station=station, evse=evse, id_token=token, profile=from_start(), now=NOW
    )
    row = ChargingProfile.objects.get()
    assert (row.command, row.evse_number, row.profile_id) == (command, 2, 1)
    assert command.arguments["profile"] == {**from_start().to_json(), "id": 1}
    answer(command)
    row.refresh_from_db()
    assert (row.status, row.transaction) == ("installed", None)


@pytest.mark.parametrize(("outcome", "status"), [(REJECTED, "rejected"), (LOST, "unanswered")])
def test_a_refused_remote_start_took_its_limit_with_it(
    station: ChargingStation, outcome: Outcome, status: str
) -> None:
    token = IdTokenFactory.create(operator=station.operator)
    command = commands.start_charging(
        station=station, evse=None, id_token=token, profile=from_start(), now=NOW
    )
    answer(command, outcome)
    assert ChargingProfile.objects.get().status == status


def test_only_a_sessions_own_limit_comes_with_its_start(station: ChargingStation) -> None:
    token = IdTokenFactory.create(operator=station.operator)
    with pytest.raises(UnableToCommand) as refused:
        commands.start_charging(
            station=station, evse=None, id_token=token, profile=default(), now=NOW
        )
    assert refused.value.errors == {
        "purpose": "Only a limit of the session can come with its start."
    }
    assert StationCommand.objects.count() == 0


def test_an_answer_to_a_raw_call_has_no_row_to_change(station: ChargingStation) -> None:
    row = commands.request_command(
        station=station, command=wire.SetChargingProfile(evse=1, profile=default(id=9)), now=NOW
    )
    answer(row)
    assert ChargingProfile.objects.count() == 0
