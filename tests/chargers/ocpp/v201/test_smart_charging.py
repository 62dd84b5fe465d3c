"""Golden frames of block K, station to us, in 2.0.1 and 2.1."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chargers.domain.charging_needs import ChargingNeeds, NeedsAnswer
from chargers.domain.charging_profiles import (
    ChargingProfile,
    Period,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Recurrence,
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
from chargers.ocpp.codec import Codec
from tests.chargers.ocpp.support import V21, V201, answer, decode, message, refusal

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
both = pytest.mark.parametrize("codec", [V201, V21], ids=["2.0.1", "2.1"])

SCHEDULE = """{"id":4,"startSchedule":"2026-03-01T12:00:00Z","duration":7200,"chargingRateUnit":"A",
 "minChargingRate":6,"chargingSchedulePeriod":[{"startPeriod":0,"limit":16.5,"numberPhases":3},
 {"startPeriod":3600,"limit":8,"numberPhases":1,"phaseToUse":2}]}"""
READ = Schedule(
    id=4,
    unit=RateUnit.AMPS,
    start_at=AT,
    duration_seconds=7200,
    min_rate=6.0,
    periods=(
        Period(start_seconds=0, limit=16.5, phases=3),
        Period(start_seconds=3600, limit=8.0, phases=1, phase_to_use=2),
    ),
)
AC_NEEDS = """[2,"1","NotifyEVChargingNeeds",{"evseId":1,"maxScheduleTuples":12,"chargingNeeds":{
 "requestedEnergyTransfer":"AC_three_phase","departureTime":"2026-03-01T12:00:00Z",
 "acChargingParameters":{"energyAmount":20000,"evMinCurrent":6,"evMaxCurrent":16,"evMaxVoltage":400}}}]"""
DC_NEEDS = """[2,"1","NotifyEVChargingNeeds",{"evseId":2,"chargingNeeds":{"requestedEnergyTransfer":"DC",
 "dcChargingParameters":{"evMaxCurrent":300,"evMaxVoltage":920,"energyAmount":40000,
 "evMaxPower":150000,"stateOfCharge":20,"evEnergyCapacity":77000,"fullSoC":100,"bulkSoC":80}}}]"""
V2X_NEEDS = """[2,"1","NotifyEVChargingNeeds",{"evseId":1,"timestamp":"2026-03-01T12:00:00Z","chargingNeeds":{
 "requestedEnergyTransfer":"AC_BPT","controlMode":"DynamicControl","v2xChargingParameters":{
 "evTargetEnergyRequest":31000.4,"maxChargePower":11000.5}}}]"""


@both
def test_needs_of_an_ac_car(codec: Codec) -> None:
    assert message(codec, AC_NEEDS) == NotifyEVChargingNeeds(
        evse=1,
        needs=ChargingNeeds(
            transfer="AC_three_phase",
            departure_at=AT,
            energy_wh=20_000,
            min_current_a=6,
            max_current_a=16,
            max_voltage_v=400,
            max_schedule_tuples=12,
        ),
    )


@both
def test_needs_of_a_dc_car(codec: Codec) -> None:
    assert message(codec, DC_NEEDS) == NotifyEVChargingNeeds(
        evse=2,
        needs=ChargingNeeds(
            transfer="DC",
            energy_wh=40_000,
            max_current_a=300,
            max_voltage_v=920,
            max_power_w=150_000,
            soc_percent=20,
            full_soc_percent=100,
            bulk_soc_percent=80,
            capacity_wh=77_000,
        ),
    )


def test_needs_of_a_bidirectional_car() -> None:
    assert message(V21, V2X_NEEDS) == NotifyEVChargingNeeds(
        evse=1,
        device_at=AT,
        needs=ChargingNeeds(
            transfer="AC_BPT",
            control_mode="DynamicControl",
            energy_wh=31_000,
            max_power_w=11_000,
        ),
    )


@pytest.mark.parametrize(
    ("result", "v201", "v21"),
    [
        (ChargingNeedsResult(answer=NeedsAnswer.ACCEPTED), "Accepted", "Accepted"),
        (ChargingNeedsResult(answer=NeedsAnswer.PROCESSING), "Processing", "Processing"),
        (ChargingNeedsResult(answer=NeedsAnswer.NO_PROFILE), "Rejected", "NoChargingProfile"),
        (Acknowledged(), "Rejected", "Rejected"),
    ],
)
def test_answers_to_needs(result: ChargingNeedsResult | Acknowledged, v201: str, v21: str) -> None:
    assert answer(V201, AC_NEEDS, result) == [3, "1", {"status": v201}]
    assert answer(V21, AC_NEEDS, result) == [3, "1", {"status": v21}]


@both
def test_needs_that_lack_nearly_everything(codec: Codec) -> None:
    decoded = decode(codec, '[2,"1","NotifyEVChargingNeeds",{"evseId":"1"}]')
    assert decoded.message == NotifyEVChargingNeeds(evse=1, needs=ChargingNeeds())
    assert decoded.warnings != ()


@both
def test_needs_beyond_reason_are_left_out(codec: Codec) -> None:
    frame = AC_NEEDS.replace("20000", "99999999999999").replace(
        '"evMinCurrent":6', '"evMinCurrent":-3'
    )
    decoded = decode(codec, frame)
    assert isinstance(decoded.message, NotifyEVChargingNeeds)
    needs = decoded.message.needs
    assert (needs.energy_wh, needs.min_current_a, needs.max_current_a) == (None, None, 16)


@both
def test_needs_of_nowhere_are_refused(codec: Codec) -> None:
    assert refusal(codec, '[2,"1","NotifyEVChargingNeeds",{"chargingNeeds":{}}]')[:3] == [
        4,
        "1",
        "OccurrenceConstraintViolation",
    ]


@both
def test_the_schedule_of_a_vehicle(codec: Codec) -> None:
    frame = f"""[2,"2","NotifyEVChargingSchedule",{{"evseId":1,"timeBase":"2026-03-01T12:00:00Z",
     "chargingSchedule":{SCHEDULE}}}]"""
    assert message(codec, frame) == NotifyEVChargingSchedule(
        evse=1, time_base=AT, schedule=READ, selected_id=None
    )
    assert answer(codec, frame, Acknowledged()) == [3, "2", {"status": "Accepted"}]


def test_the_schedule_that_a_vehicle_chose() -> None:
    frame = f"""[2,"2","NotifyEVChargingSchedule",{{"evseId":1,"timeBase":"2026-03-01T12:00:00Z",
     "selectedChargingScheduleId":2,"powerToleranceAcceptance":true,"chargingSchedule":{SCHEDULE}}}]"""
    told = message(V21, frame)
    assert isinstance(told, NotifyEVChargingSchedule)
    assert told.selected_id == 2


@both
def test_a_limit_from_outside(codec: Codec) -> None:
    frame = f"""[2,"3","NotifyChargingLimit",{{"evseId":1,"chargingSchedule":[{SCHEDULE}],
     "chargingLimit":{{"chargingLimitSource":"EMS","isGridCritical":true}}}}]"""
    assert message(codec, frame) == NotifyChargingLimit(
        evse=1, source="EMS", is_grid_critical=True, schedules=(READ,)
    )
    assert answer(codec, frame, Acknowledged()) == [3, "3", {}]


@both
def test_a_limit_of_the_whole_station_without_figures(codec: Codec) -> None:
    frame = '[2,"3","NotifyChargingLimit",{"chargingLimit":{"chargingLimitSource":"SO"}}]'
    assert message(codec, frame) == NotifyChargingLimit(evse=0, source="SO")


@both
def test_a_limit_is_gone(codec: Codec) -> None:
    frame = '[2,"4","ClearedChargingLimit",{"chargingLimitSource":"EMS","evseId":2}]'
    assert message(codec, frame) == ClearedChargingLimit(evse=2, source="EMS")
    assert answer(codec, frame, Acknowledged()) == [3, "4", {}]


def test_2_1_lets_stations_name_other_sources() -> None:
    frame = '[2,"4","ClearedChargingLimit",{"chargingLimitSource":"HEMS of the house"}]'
    assert message(V21, frame) == ClearedChargingLimit(evse=0, source="HEMS of the house")
    assert decode(V201, frame).warnings == ("chargingLimitSource: enum",)


PROFILE = f"""{{"id":7,"stackLevel":2,"chargingProfilePurpose":"TxProfile","chargingProfileKind":"Recurring",
 "recurrencyKind":"Daily","validFrom":"2026-03-01T12:00:00Z","transactionId":"b7c1",
 "chargingSchedule":[{SCHEDULE}]}}"""
REPORTED = ChargingProfile(
    id=7,
    stack_level=2,
    purpose=ProfilePurpose.TX,
    kind=ProfileKind.RECURRING,
    recurrence=Recurrence.DAILY,
    valid_from=AT,
    transaction_ref="b7c1",
    schedules=(READ,),
)


@both
def test_a_report_of_profiles(codec: Codec) -> None:
    frame = f"""[2,"5","ReportChargingProfiles",{{"requestId":9,"chargingLimitSource":"CSO","evseId":1,
     "tbc":true,"chargingProfile":[{PROFILE}]}}]"""
    assert message(codec, frame) == ReportChargingProfiles(
        request_id=9, evse=1, source="CSO", profiles=(REPORTED,), is_last=False
    )
    assert answer(codec, frame, Acknowledged()) == [3, "5", {}]


@both
def test_one_faulty_profile_costs_that_profile(codec: Codec) -> None:
    frame = f"""[2,"5","ReportChargingProfiles",{{"requestId":9,"chargingLimitSource":"CSO","evseId":1,
     "chargingProfile":[{{"id":8}},{PROFILE.replace("TxProfile", "Mystery")},"junk",{PROFILE}]}}]"""
    decoded = decode(codec, frame)
    assert isinstance(decoded.message, ReportChargingProfiles)
    assert decoded.message.profiles == (REPORTED,)
    assert decoded.message.is_last
    assert "chargingProfile: unusable" in decoded.warnings


def test_profiles_that_only_2_1_knows() -> None:
    dynamic = PROFILE.replace("TxProfile", "PriorityCharging").replace("Recurring", "Dynamic")
    dynamic = dynamic.replace('"recurrencyKind":"Daily",', '"dynUpdateInterval":60,')
    dynamic = dynamic.replace('"limit":16.5', '"setpoint":4000.5')
    frame = f"""[2,"5","ReportChargingProfiles",{{"requestId":9,"chargingLimitSource":"CSO","evseId":1,
     "chargingProfile":[{dynamic}]}}]"""
    told = message(V21, frame)
    assert isinstance(told, ReportChargingProfiles)
    (profile,) = told.profiles
    assert (profile.purpose, profile.kind) == (ProfilePurpose.PRIORITY, ProfileKind.DYNAMIC)
    assert profile.update_interval_seconds == 60
    assert [period.limit for period in profile.schedule.periods] == [None, 8.0]


def test_what_a_vehicle_may_feed_back() -> None:
    given = PROFILE.replace('"limit":16.5', '"limit":16.5,"dischargeLimit":-7000')
    frame = f"""[2,"5","ReportChargingProfiles",{{"requestId":9,"chargingLimitSource":"CSO","evseId":1,
     "chargingProfile":[{given}]}}]"""
    told = message(V21, frame)
    assert isinstance(told, ReportChargingProfiles)
    (first, second) = told.profiles[0].schedule.periods
    assert (first.limit, first.discharge_limit, second.discharge_limit) == (16.5, -7_000.0, None)
    assert Period.from_json(first.to_json()) == first
    assert "discharge_limit" not in second.to_json()


def test_priority_asked_for_at_the_station() -> None:
    frame = '[2,"6","NotifyPriorityCharging",{"transactionId":"b7c1","activated":true}]'
    assert message(V21, frame) == NotifyPriorityCharging(transaction_ref="b7c1", is_active=True)
    assert answer(V21, frame, Acknowledged()) == [3, "6", {}]
    assert refusal(V201, frame)[2] == "NotImplemented"


def test_the_present_limit_is_pulled() -> None:
    frame = '[2,"7","PullDynamicScheduleUpdate",{"chargingProfileId":7}]'
    assert message(V21, frame) == PullDynamicScheduleUpdate(profile_id=7)
    assert answer(V21, frame, DynamicScheduleResult(limit=7360.0)) == [
        3,
        "7",
        {"status": "Accepted", "scheduleUpdate": {"limit": 7360}},
    ]
    assert answer(V21, frame, DynamicScheduleResult(limit=None)) == [
        3,
        "7",
        {"status": "Rejected"},
    ]
