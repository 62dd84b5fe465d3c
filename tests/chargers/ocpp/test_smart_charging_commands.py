"""Block K to the station: what is sent on each version, and how answers are read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chargers.domain.charging_profiles import (
    ChargingProfile,
    Period,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Recurrence,
    Schedule,
)
from chargers.domain.commands import (
    ClearChargingProfile,
    Command,
    GetChargingProfiles,
    GetCompositeSchedule,
    Outcome,
    OutcomeStatus,
    RequestStartTransaction,
    SetChargingProfile,
    UpdateDynamicSchedule,
    UsePriorityCharging,
)
from chargers.ocpp.codec import Codec
from chargers.ocpp.errors import NotSupportedError, UnableToEncodeError
from tests.chargers.ocpp.support import ALL, V16, V21, V201

ACCEPTED, REJECTED = OutcomeStatus.ACCEPTED, OutcomeStatus.REJECTED
NOT_SUPPORTED, FAILED = OutcomeStatus.NOT_SUPPORTED, OutcomeStatus.FAILED
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)

LIMIT = ChargingProfile(
    id=7,
    purpose=ProfilePurpose.TX,
    kind=ProfileKind.ABSOLUTE,
    transaction_ref="815",
    schedules=(
        Schedule(
            unit=RateUnit.AMPS,
            start_at=AT,
            duration_seconds=3600,
            min_rate=6.0,
            periods=(
                Period(start_seconds=0, limit=16.0, phases=3),
                Period(start_seconds=1800, limit=10.5, phases=1, phase_to_use=2),
            ),
        ),
    ),
)
NIGHTLY = ChargingProfile(
    id=8,
    purpose=ProfilePurpose.STATION_MAX,
    kind=ProfileKind.RECURRING,
    recurrence=Recurrence.DAILY,
    stack_level=2,
    valid_from=AT,
    valid_to=datetime(2026, 4, 1, tzinfo=UTC),
    schedules=(
        Schedule(
            unit=RateUnit.WATTS,
            start_at=AT,
            periods=(Period(start_seconds=0, limit=22_080.0),),
        ),
    ),
)
FROM_START = ChargingProfile(
    id=9,
    purpose=ProfilePurpose.TX,
    kind=ProfileKind.RELATIVE,
    schedules=(Schedule(unit=RateUnit.AMPS, periods=(Period(start_seconds=0, limit=8.0),)),),
)
DYNAMIC = replace(FROM_START, id=10, purpose=ProfilePurpose.TX_DEFAULT, kind=ProfileKind.DYNAMIC)

LIMIT_16 = {
    "chargingProfileId": 7,
    "transactionId": 815,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Absolute",
    "chargingSchedule": {
        "startSchedule": "2026-03-01T12:00:00Z",
        "duration": 3600,
        "minChargingRate": 6,
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [
            {"startPeriod": 0, "limit": 16, "numberPhases": 3},
            {"startPeriod": 1800, "limit": 10.5, "numberPhases": 1},
        ],
    },
}
LIMIT_2 = {
    "id": 7,
    "transactionId": "815",
    "stackLevel": 0,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Absolute",
    "chargingSchedule": [
        {
            "id": 1,
            "startSchedule": "2026-03-01T12:00:00Z",
            "duration": 3600,
            "minChargingRate": 6,
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [
                {"startPeriod": 0, "limit": 16, "numberPhases": 3},
                {"startPeriod": 1800, "limit": 10.5, "numberPhases": 1, "phaseToUse": 2},
            ],
        }
    ],
}
PERIODS = [{"startPeriod": 0, "limit": 22080}]
NIGHTLY_16 = {
    "chargingProfileId": 8,
    "stackLevel": 2,
    "chargingProfilePurpose": "ChargePointMaxProfile",
    "chargingProfileKind": "Recurring",
    "recurrencyKind": "Daily",
    "validFrom": "2026-03-01T12:00:00Z",
    "validTo": "2026-04-01T00:00:00Z",
    "chargingSchedule": {
        "startSchedule": "2026-03-01T12:00:00Z",
        "chargingRateUnit": "W",
        "chargingSchedulePeriod": PERIODS,
    },
}
NIGHTLY_2 = {
    "id": 8,
    "stackLevel": 2,
    "chargingProfilePurpose": "ChargingStationMaxProfile",
    "chargingProfileKind": "Recurring",
    "recurrencyKind": "Daily",
    "validFrom": "2026-03-01T12:00:00Z",
    "validTo": "2026-04-01T00:00:00Z",
    "chargingSchedule": [
        {
            "id": 1,
            "startSchedule": "2026-03-01T12:00:00Z",
            "chargingRateUnit": "W",
            "chargingSchedulePeriod": PERIODS,
        }
    ],
}
FROM_START_16 = {
    "chargingProfileId": 9,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 8}],
    },
}
FROM_START_2 = {
    "id": 9,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": [
        {
            "id": 1,
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 8}],
        }
    ],
}
DYNAMIC_21 = {
    **FROM_START_2,
    "id": 10,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Dynamic",
}

Frame = tuple[str, Any] | None
# command, what 1.6, 2.0.1 and 2.1 send; None: the version has no such message
SENT: list[tuple[Command, Frame, Frame, Frame]] = [
    (
        SetChargingProfile(evse=2, profile=LIMIT),
        ("SetChargingProfile", {"connectorId": 2, "csChargingProfiles": LIMIT_16}),
        ("SetChargingProfile", {"evseId": 2, "chargingProfile": LIMIT_2}),
        ("SetChargingProfile", {"evseId": 2, "chargingProfile": LIMIT_2}),
    ),
    (
        SetChargingProfile(evse=0, profile=NIGHTLY),
        ("SetChargingProfile", {"connectorId": 0, "csChargingProfiles": NIGHTLY_16}),
        ("SetChargingProfile", {"evseId": 0, "chargingProfile": NIGHTLY_2}),
        ("SetChargingProfile", {"evseId": 0, "chargingProfile": NIGHTLY_2}),
    ),
    (
        RequestStartTransaction(
            id_token_uid="APP-1", remote_start_id=77, evse=2, profile=FROM_START
        ),
        (
            "RemoteStartTransaction",
            {"idTag": "APP-1", "connectorId": 2, "chargingProfile": FROM_START_16},
        ),
        (
            "RequestStartTransaction",
            {
                "idToken": {"idToken": "APP-1", "type": "Central"},
                "remoteStartId": 77,
                "evseId": 2,
                "chargingProfile": FROM_START_2,
            },
        ),
        (
            "RequestStartTransaction",
            {
                "idToken": {"idToken": "APP-1", "type": "Central"},
                "remoteStartId": 77,
                "evseId": 2,
                "chargingProfile": FROM_START_2,
            },
        ),
    ),
    (
        ClearChargingProfile(profile_id=7),
        ("ClearChargingProfile", {"id": 7}),
        ("ClearChargingProfile", {"chargingProfileId": 7}),
        ("ClearChargingProfile", {"chargingProfileId": 7}),
    ),
    (
        ClearChargingProfile(evse=1, purpose=ProfilePurpose.STATION_MAX, stack_level=3),
        (
            "ClearChargingProfile",
            {"connectorId": 1, "chargingProfilePurpose": "ChargePointMaxProfile", "stackLevel": 3},
        ),
        (
            "ClearChargingProfile",
            {
                "chargingProfileCriteria": {
                    "evseId": 1,
                    "chargingProfilePurpose": "ChargingStationMaxProfile",
                    "stackLevel": 3,
                }
            },
        ),
        (
            "ClearChargingProfile",
            {
                "chargingProfileCriteria": {
                    "evseId": 1,
                    "chargingProfilePurpose": "ChargingStationMaxProfile",
                    "stackLevel": 3,
                }
            },
        ),
    ),
    (
        ClearChargingProfile(),
        ("ClearChargingProfile", {}),
        ("ClearChargingProfile", {"chargingProfileCriteria": {}}),
        ("ClearChargingProfile", {"chargingProfileCriteria": {}}),
    ),
    (
        GetCompositeSchedule(evse=1, duration_seconds=7200, unit=RateUnit.WATTS),
        ("GetCompositeSchedule", {"connectorId": 1, "duration": 7200, "chargingRateUnit": "W"}),
        ("GetCompositeSchedule", {"evseId": 1, "duration": 7200, "chargingRateUnit": "W"}),
        ("GetCompositeSchedule", {"evseId": 1, "duration": 7200, "chargingRateUnit": "W"}),
    ),
    (
        GetCompositeSchedule(evse=0, duration_seconds=60),
        ("GetCompositeSchedule", {"connectorId": 0, "duration": 60}),
        ("GetCompositeSchedule", {"evseId": 0, "duration": 60}),
        ("GetCompositeSchedule", {"evseId": 0, "duration": 60}),
    ),
    (
        GetChargingProfiles(request_id=5),
        None,
        ("GetChargingProfiles", {"requestId": 5, "chargingProfile": {}}),
        ("GetChargingProfiles", {"requestId": 5, "chargingProfile": {}}),
    ),
    (
        GetChargingProfiles(
            request_id=5, evse=1, purpose=ProfilePurpose.TX, stack_level=0, sources=("EMS",)
        ),
        None,
        (
            "GetChargingProfiles",
            {
                "requestId": 5,
                "evseId": 1,
                "chargingProfile": {
                    "chargingProfilePurpose": "TxProfile",
                    "stackLevel": 0,
                    "chargingLimitSource": ["EMS"],
                },
            },
        ),
        (
            "GetChargingProfiles",
            {
                "requestId": 5,
                "evseId": 1,
                "chargingProfile": {
                    "chargingProfilePurpose": "TxProfile",
                    "stackLevel": 0,
                    "chargingLimitSource": ["EMS"],
                },
            },
        ),
    ),
    (
        GetChargingProfiles(request_id=5, profile_ids=(7, 8), purpose=ProfilePurpose.TX),
        None,
        ("GetChargingProfiles", {"requestId": 5, "chargingProfile": {"chargingProfileId": [7, 8]}}),
        ("GetChargingProfiles", {"requestId": 5, "chargingProfile": {"chargingProfileId": [7, 8]}}),
    ),
    (
        UsePriorityCharging(transaction_ref="b7c1", activate=True),
        None,
        None,
        ("UsePriorityCharging", {"transactionId": "b7c1", "activate": True}),
    ),
    (
        UpdateDynamicSchedule(profile_id=10, limit=7360.5),
        None,
        None,
        ("UpdateDynamicSchedule", {"chargingProfileId": 10, "scheduleUpdate": {"limit": 7360.5}}),
    ),
]


def expected(codec: Codec, v16: Frame, v201: Frame, v21: Frame) -> Frame:
    return {V16.subprotocol: v16, V201.subprotocol: v201, V21.subprotocol: v21}[codec.subprotocol]


@pytest.mark.parametrize(("command", "v16", "v201", "v21"), SENT)
@pytest.mark.parametrize("codec", ALL, ids=lambda codec: codec.subprotocol)
def test_what_is_sent(codec: Codec, command: Command, v16: Frame, v201: Frame, v21: Frame) -> None:
    frame = expected(codec, v16, v201, v21)
    stored = type(command).from_json(json.loads(json.dumps(command.to_json())))
    assert stored == command or isinstance(command, GetChargingProfiles)
    if frame is None:
        with pytest.raises(NotSupportedError) as refused:
            codec.encode_command(command)
        assert refused.value.outcome.status is NOT_SUPPORTED
        return
    assert tuple(codec.encode_command(command)) == frame
    assert tuple(codec.encode_command(stored)) == frame


def test_a_dynamic_profile_is_of_2_1_alone() -> None:
    command = SetChargingProfile(evse=0, profile=DYNAMIC)
    assert V21.encode_command(command).payload == {"evseId": 0, "chargingProfile": DYNAMIC_21}
    with pytest.raises(NotSupportedError):
        V16.encode_command(command)
    with pytest.raises(UnableToEncodeError) as refused:
        V201.encode_command(command)
    assert refused.value.outcome.detail["faults"] == ["chargingProfile.chargingProfileKind: enum"]


@pytest.mark.parametrize("purpose", [ProfilePurpose.PRIORITY, ProfilePurpose.EXTERNAL])
def test_purposes_that_1_6_does_not_have(purpose: ProfilePurpose) -> None:
    profile = replace(NIGHTLY, purpose=purpose)
    with pytest.raises(NotSupportedError):
        V16.encode_command(SetChargingProfile(evse=0, profile=profile))
    with pytest.raises(NotSupportedError):
        V16.encode_command(ClearChargingProfile(purpose=purpose))


def test_a_transaction_of_1_6_is_a_number() -> None:
    profile = replace(LIMIT, transaction_ref="b7c1")
    with pytest.raises(UnableToEncodeError) as refused:
        V16.encode_command(SetChargingProfile(evse=1, profile=profile))
    assert refused.value.outcome.status is FAILED


SET = SetChargingProfile(evse=1, profile=LIMIT)
CLEAR = ClearChargingProfile(profile_id=7)
PRIORITY = UsePriorityCharging(transaction_ref="b7c1", activate=True)


@pytest.mark.parametrize(
    ("codec", "command", "word", "status"),
    [
        (V16, SET, "Accepted", ACCEPTED),
        (V16, SET, "Rejected", REJECTED),
        (V16, SET, "NotSupported", NOT_SUPPORTED),
        (V16, CLEAR, "Accepted", ACCEPTED),
        (V16, CLEAR, "Unknown", REJECTED),
        (V201, SET, "Accepted", ACCEPTED),
        (V201, SET, "Rejected", REJECTED),
        (V201, CLEAR, "Unknown", REJECTED),
        (V201, GetChargingProfiles(request_id=1), "Accepted", ACCEPTED),
        (V201, GetChargingProfiles(request_id=1), "NoProfiles", ACCEPTED),
        (V201, GetCompositeSchedule(evse=1, duration_seconds=60), "Rejected", REJECTED),
        (V21, PRIORITY, "Accepted", ACCEPTED),
        (V21, PRIORITY, "NoProfile", REJECTED),
        (V21, UpdateDynamicSchedule(profile_id=1, limit=1), "Rejected", REJECTED),
    ],
)
def test_words_of_answers(codec: Codec, command: Command, word: str, status: OutcomeStatus) -> None:
    payload = {"status": word}
    assert codec.checker.response(codec.encode_command(command).action).accepts(payload)
    assert codec.decode_outcome(command, payload) == Outcome(status=status, raw_status=word)


ASKED = GetCompositeSchedule(evse=1, duration_seconds=7200)
COMPOSITE: dict[str, Any] = {
    "evse": 1,
    "unit": "A",
    "start_at": "2026-03-01T12:00:00+00:00",
    "duration_seconds": 7200,
    "periods": [
        {"start_seconds": 0, "limit": 16.0, "phases": 3},
        {"start_seconds": 3600, "limit": None, "phases": None},
    ],
}
SENT_PERIODS = [
    {"startPeriod": 0, "limit": 16.0, "numberPhases": 3},
    {"startPeriod": 3600, "limit": -1},
]


def test_a_composite_schedule_of_1_6() -> None:
    payload = {
        "status": "Accepted",
        "connectorId": 1,
        "scheduleStart": "2026-03-01T12:00:00Z",
        "chargingSchedule": {
            "duration": 7200,
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": SENT_PERIODS,
        },
    }
    assert V16.checker.response("GetCompositeSchedule").accepts(payload)
    outcome = Outcome(status=ACCEPTED, raw_status="Accepted", detail=COMPOSITE)
    assert V16.decode_outcome(ASKED, payload) == outcome
    elsewhere = {**payload["chargingSchedule"], "startSchedule": payload.pop("scheduleStart")}  # type: ignore[dict-item]
    assert V16.decode_outcome(ASKED, {**payload, "chargingSchedule": elsewhere}) == outcome


@pytest.mark.parametrize("codec", [V201, V21], ids=["2.0.1", "2.1"])
def test_a_composite_schedule_of_2_x(codec: Codec) -> None:
    payload = {
        "status": "Accepted",
        "schedule": {
            "evseId": 1,
            "duration": 7200,
            "scheduleStart": "2026-03-01T12:00:00Z",
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": SENT_PERIODS,
        },
    }
    assert codec.checker.response("GetCompositeSchedule").accepts(payload)
    assert codec.decode_outcome(ASKED, payload) == Outcome(
        status=ACCEPTED, raw_status="Accepted", detail=COMPOSITE
    )


@pytest.mark.parametrize(
    "schedule",
    [
        {},
        {"chargingRateUnit": "A"},
        {"chargingRateUnit": "Volt", "chargingSchedulePeriod": SENT_PERIODS},
        {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"limit": 3}]},
        {"chargingRateUnit": "A", "chargingSchedulePeriod": "soon"},
    ],
)
def test_a_composite_schedule_without_sense_is_none(schedule: dict[str, Any]) -> None:
    for codec, name in ((V16, "chargingSchedule"), (V201, "schedule")):
        outcome = codec.decode_outcome(ASKED, {"status": "Accepted", name: schedule})
        assert outcome.status is ACCEPTED
        assert "periods" not in outcome.detail


def test_numbers_as_text_and_beyond_reason() -> None:
    periods = [
        {"startPeriod": "0", "limit": "16.5"},
        {"startPeriod": 60, "limit": 1e300},
        {"startPeriod": 120, "limit": "much"},
    ]
    schedule = {
        "evseId": 1,
        "duration": 180,
        "scheduleStart": "nonsense",
        "chargingRateUnit": "w",
        "chargingSchedulePeriod": periods,
    }
    outcome = V201.decode_outcome(ASKED, {"status": "Accepted", "schedule": schedule})
    assert json.loads(json.dumps(outcome.detail))["periods"] == [
        {"start_seconds": 0, "limit": 16.5, "phases": None},
        {"start_seconds": 60, "limit": None, "phases": None},
        {"start_seconds": 120, "limit": None, "phases": None},
    ]
    assert (outcome.detail["unit"], outcome.detail["start_at"]) == ("W", None)
