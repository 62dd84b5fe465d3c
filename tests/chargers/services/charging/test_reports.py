"""What stations tell of smart charging by themselves, with the rows afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chargers.domain.charging_needs import ChargingNeeds as Needs
from chargers.domain.charging_needs import NeedsAnswer
from chargers.domain.charging_profiles import ChargingProfile as Profile
from chargers.domain.charging_profiles import (
    Period,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Schedule,
)
from chargers.domain.messages import (
    ClearedChargingLimit,
    NotifyChargingLimit,
    NotifyEVChargingNeeds,
    NotifyEVChargingSchedule,
    NotifyPriorityCharging,
    PullDynamicScheduleUpdate,
    ReportChargingProfiles,
)
from chargers.domain.results import Acknowledged, ChargingNeedsResult, DynamicScheduleResult
from chargers.models import ChargingNeeds, ChargingProfile, ExternalLimit, StationCommand
from chargers.services.charging import setting
from chargers.services.charging.following import keep_in_step
from common.tenancy import system_scope
from tests.chargers.services.conversation import Conversation, at

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
WISHES = Needs(
    transfer="DC",
    departure_at=at(120),
    energy_wh=40_000,
    soc_percent=20,
    capacity_wh=77_000,
    max_power_w=150_000,
)
SCHEDULE = Schedule(
    unit=RateUnit.AMPS, start_at=at(0), periods=(Period(start_seconds=0, limit=10.0),)
)


def profile(number: int, **values: Any) -> Profile:
    values.setdefault("purpose", ProfilePurpose.TX_DEFAULT)
    values.setdefault("kind", ProfileKind.ABSOLUTE)
    return Profile(id=number, schedules=(SCHEDULE,), **values)


def needs(evse: int = 1, **values: Any) -> NotifyEVChargingNeeds:
    return NotifyEVChargingNeeds(evse=evse, needs=replace(WISHES, **values))


def report(*profiles: Profile, request_id: int = 5, **values: Any) -> ReportChargingProfiles:
    fields: dict[str, Any] = {"evse": 1, "source": "CSO", **values}
    return ReportChargingProfiles(request_id=request_id, profiles=profiles, **fields)


def stored(talk: Conversation) -> list[tuple[int, str, str]]:
    with system_scope("tests"):
        rows = ChargingProfile.objects.filter(station=talk.station).order_by("profile_id")
        return [(row.profile_id, row.source, row.status) for row in rows]


def wishes(talk: Conversation) -> list[ChargingNeeds]:
    with system_scope("tests"):
        rows = ChargingNeeds.objects.filter(station=talk.station).select_related("transaction")
        return list(rows.order_by("id"))


def limits(talk: Conversation) -> list[tuple[int, str, bool]]:
    with system_scope("tests"):
        rows = ExternalLimit.objects.filter(station=talk.station).order_by("evse_number", "source")
        return [(row.evse_number, row.source, row.is_grid_critical) for row in rows]


# -- needs -----------------------------------------------------------------------------------


def test_needs_stay_with_the_running_session() -> None:
    talk = Conversation.begin()
    talk.start()

    result = talk.say(needs(), received=at(1))

    assert result == ChargingNeedsResult(answer=NeedsAnswer.NO_PROFILE)
    (row,) = wishes(talk)
    assert row.transaction == talk.only()
    assert (row.energy_wh, row.departure_at, row.soc_percent) == (40_000, at(120), 20)
    assert (row.capacity_wh, row.max_power_w, row.transfer) == (77_000, 150_000, "DC")
    assert talk.kinds()[-1] == "charging_needs_reported"


def test_repeated_needs_are_the_same_and_new_ones_replace_them() -> None:
    talk = Conversation.begin()
    talk.start()
    for minute in (1, 2):
        talk.say(needs(), received=at(minute))
    talk.say(needs(energy_wh=50_000), received=at(3))
    (row,) = wishes(talk)
    assert (row.energy_wh, row.reported_at) == (50_000, at(3))
    assert talk.kinds().count("charging_needs_reported") == 2


def test_needs_before_the_session_wait_for_it() -> None:
    talk = Conversation.begin()
    talk.say(needs(), received=at(0))
    (row,) = wishes(talk)
    assert row.transaction is None
    talk.start(1)
    keep_in_step(now=at(2))
    keep_in_step(now=at(3))
    (row,) = wishes(talk)
    assert row.transaction == talk.only()


def test_needs_that_no_session_followed_are_forgotten() -> None:
    talk = Conversation.begin()
    talk.say(needs(), received=at(0))
    keep_in_step(now=at(61))
    talk.start(70)
    keep_in_step(now=at(71))
    assert wishes(talk) == []


def test_needs_are_accepted_where_a_limit_waits() -> None:
    talk = Conversation.begin()
    talk.start()
    with system_scope("tests"):
        setting.set_limit(station=talk.station, amps=10, transaction=talk.only(), now=at(1))
    assert talk.say(needs(), received=at(2)) == ChargingNeedsResult(answer=NeedsAnswer.ACCEPTED)


@pytest.mark.parametrize("evse", [0, 65])
def test_needs_of_no_place_are_rejected_and_not_stored(evse: int) -> None:
    talk = Conversation.begin()
    result = talk.say(needs(evse), received=at(1))
    assert result == ChargingNeedsResult(answer=NeedsAnswer.REJECTED)
    assert wishes(talk) == []


def test_the_plan_of_a_vehicle() -> None:
    talk = Conversation.begin()
    talk.start()
    plan = replace(SCHEDULE, start_at=None, id=3)
    message = NotifyEVChargingSchedule(evse=1, time_base=at(4), schedule=plan, selected_id=2)
    for _ in range(2):
        assert talk.say(message, received=at(5)) == Acknowledged()
    (row,) = wishes(talk)
    assert row.ev_schedule == replace(plan, start_at=at(4), id=2).to_json()
    assert row.transaction == talk.only()


def test_a_plan_that_nobody_can_read_changes_nothing() -> None:
    talk = Conversation.begin()
    message = NotifyEVChargingSchedule(evse=1, time_base=None, schedule=None)
    assert talk.say(message, received=at(5)) == Acknowledged()
    assert wishes(talk) == []


# -- limits from outside ---------------------------------------------------------------------


def outside(evse: int, source: str = "EMS", **values: Any) -> NotifyChargingLimit:
    return NotifyChargingLimit(evse=evse, source=source, **values)


def test_limits_from_outside_come_and_go() -> None:
    talk = Conversation.begin()
    for minute in (1, 2):
        talk.say(outside(1, schedules=(SCHEDULE,)), received=at(minute))
    talk.say(outside(0, "SO", is_grid_critical=True), received=at(3))
    talk.say(outside(2), received=at(4))
    assert limits(talk) == [(0, "SO", True), (1, "EMS", False), (2, "EMS", False)]
    with system_scope("tests"):
        row = ExternalLimit.objects.get(evse_number=1)
        assert (row.schedule_values(), row.reported_at) == ((SCHEDULE,), at(2))
    assert talk.kinds().count("external_limit_changed") == 3

    talk.say(ClearedChargingLimit(evse=2, source="EMS"), received=at(5))
    assert limits(talk) == [(0, "SO", True), (1, "EMS", False)]
    for minute in (6, 7):
        talk.say(ClearedChargingLimit(evse=0, source="EMS"), received=at(minute))
    assert limits(talk) == [(0, "SO", True)]
    assert talk.kinds().count("external_limit_changed") == 5


def test_a_cleared_limit_takes_its_reported_profile_along() -> None:
    talk = Conversation.begin()
    talk.say(report(profile(2, purpose=ProfilePurpose.EXTERNAL), source="EMS"), received=at(1))
    talk.say(report(profile(3), source="SO"), received=at(1))
    talk.say(ClearedChargingLimit(evse=1, source="EMS"), received=at(2))
    assert stored(talk) == [(2, "external", "cleared"), (3, "external", "installed")]


def test_a_station_cannot_fill_the_database_with_limits() -> None:
    talk = Conversation.begin()
    for number in range(70):
        talk.say(outside(1, f"source {number}"), received=at(1))
    assert len(limits(talk)) == 64
    talk.say(outside(65), received=at(1))
    assert len(limits(talk)) == 64


# -- reports ---------------------------------------------------------------------------------


def asked(talk: Conversation, **values: Any) -> int:
    with system_scope("tests"):
        row = setting.get_charging_profiles(station=talk.station, **{"now": at(10), **values})
    return int(row.arguments["request_id"])


def put(talk: Conversation, evse: int = 1, **values: Any) -> None:
    with system_scope("tests"):
        row = setting.set_limit(station=talk.station, evse=evse, amps=16, now=at(0), **values)
        ChargingProfile.objects.filter(pk=row.pk).update(status="installed")


def test_a_report_corrects_our_rows() -> None:
    talk = Conversation.begin()
    put(talk, 1)
    put(talk, 2)
    request = asked(talk)
    talk.say(report(profile(1), request_id=request, is_last=False), received=at(11))
    assert stored(talk) == [(1, "ours", "installed"), (2, "ours", "installed")]
    last = report(
        profile(7, purpose=ProfilePurpose.EXTERNAL), request_id=request, source="EMS", evse=0
    )
    for minute in (12, 13):
        talk.say(last, received=at(minute))
    assert stored(talk) == [
        (1, "ours", "installed"),
        (2, "ours", "unanswered"),
        (7, "external", "installed"),
    ]
    with system_scope("tests"):
        first = ChargingProfile.objects.get(profile_id=1)
        assert (first.profile, first.reported_at) == (profile(1), at(11))
        assert first.limit_source == "CSO"


def test_a_report_of_one_place_clears_only_there() -> None:
    talk = Conversation.begin()
    put(talk, 1)
    put(talk, 2)
    talk.say(report(request_id=asked(talk, evse=2), evse=2), received=at(11))
    assert stored(talk) == [(1, "ours", "installed"), (2, "ours", "unanswered")]


def test_what_is_not_ours_or_over_is_gone_with_the_report() -> None:
    talk = Conversation.begin()
    put(talk, 1, until=at(5))
    talk.say(report(profile(8), request_id=0, evse=2), received=at(1))
    talk.say(report(request_id=asked(talk)), received=at(11))
    assert stored(talk) == [(1, "ours", "cleared"), (8, "reported", "cleared")]


def test_a_limit_of_ours_that_the_report_misses_is_sent_again_at_once() -> None:
    talk = Conversation.begin(connection_epoch=4)
    put(talk, 1)
    talk.say(report(request_id=asked(talk)), received=at(11))
    assert keep_in_step(now=at(12)) == 1
    assert keep_in_step(now=at(13)) == 0
    again = [row.arguments for row in talk.commands() if row.kind == "set_charging_profile"]
    assert len(again) == 2
    assert again[0] == again[1]


def test_what_was_set_after_the_question_is_not_cleared_by_its_answer() -> None:
    talk = Conversation.begin()
    request = asked(talk, now=at(-1))
    put(talk)
    talk.say(report(profile(9), request_id=request), received=at(1))
    assert stored(talk) == [(1, "ours", "installed"), (9, "reported", "installed")]


def test_a_report_to_another_stations_question_clears_nothing() -> None:
    talk, other = Conversation.begin(), Conversation.begin()
    put(talk)
    put(other)
    request = asked(other)
    talk.say(report(profile(8), request_id=request), received=at(11))
    assert stored(talk) == [(1, "ours", "installed"), (8, "reported", "installed")]
    assert stored(other) == [(1, "ours", "installed")]


def test_a_reported_session_is_one_of_this_station() -> None:
    talk, other = Conversation.begin(), Conversation.begin()
    talk.start(transaction_ref="mine")
    other.start(transaction_ref="theirs")
    own = profile(1, purpose=ProfilePurpose.TX, transaction_ref="mine")
    foreign = profile(2, purpose=ProfilePurpose.TX, transaction_ref="theirs")
    talk.say(report(own, foreign), received=at(1))
    with system_scope("tests"):
        rows = ChargingProfile.objects.filter(station=talk.station).order_by("profile_id")
        assert [row.transaction for row in rows] == [talk.only(), None]
        assert not ChargingProfile.objects.filter(station=other.station).exists()


def test_a_station_cannot_fill_the_database_with_profiles() -> None:
    talk = Conversation.begin()
    talk.say(report(*(profile(number) for number in range(1, 400))), received=at(1))
    talk.say(report(*(profile(number) for number in range(400, 800))), received=at(2))
    assert len(stored(talk)) == 200


# -- 2.1 -------------------------------------------------------------------------------------


def test_priority_of_a_session_of_this_station_alone() -> None:
    talk, other = Conversation.begin(), Conversation.begin()
    talk.start(transaction_ref="mine")
    other.start(transaction_ref="theirs")
    for reference in ("mine", "theirs", "nobody's"):
        message = NotifyPriorityCharging(transaction_ref=reference, is_active=True)
        assert talk.say(message, received=at(1)) == Acknowledged()
    (row,) = wishes(talk)
    assert (row.transaction, row.has_priority) == (talk.only(), True)
    assert wishes(other) == []
    talk.say(needs(), received=at(2))
    (row,) = wishes(talk)
    assert (row.has_priority, row.energy_wh) == (True, 40_000)


def test_the_present_limit_of_a_dynamic_profile() -> None:
    talk, other = Conversation.begin(), Conversation.begin()
    schedule = Schedule(unit=RateUnit.WATTS, periods=(Period(start_seconds=0, limit=9000.0),))
    dynamic = replace(profile(0), kind=ProfileKind.DYNAMIC, schedules=(schedule,))
    with system_scope("tests"):
        setting.set_charging_profile(station=talk.station, evse=1, profile=dynamic, now=at(0))
    pull = PullDynamicScheduleUpdate(profile_id=1)
    assert talk.say(pull, received=at(1)) == DynamicScheduleResult(limit=9000.0)
    assert other.say(pull, received=at(1)) == DynamicScheduleResult(limit=None)
    put(other)
    assert other.say(pull, received=at(1)) == DynamicScheduleResult(limit=None)
    with system_scope("tests"):
        assert StationCommand.objects.filter(station=talk.station).count() == 1
