"""Boot, status, authorize, reports, readings outside of sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chargers import ports
from chargers.domain.messages import (
    Authorize,
    BootNotification,
    DataTransfer,
    FirmwareStatusNotification,
    Heartbeat,
    IdTokenRef,
    LogStatusNotification,
    MeterValues,
    NotifyReport,
    Reading,
    ReportedVariable,
    SecurityEventNotification,
    StatusNotification,
)
from chargers.domain.results import (
    Acknowledged,
    AuthorizeResult,
    BootResult,
    DataTransferResult,
    HeartbeatResult,
)
from chargers.domain.timeline import sentence
from chargers.domain.vocabulary import (
    AuthorizationStatus,
    ChargingState,
    ConnectorStatus,
    RegistrationStatus,
)
from chargers.events import TransactionStarted
from chargers.models import StationVariable
from chargers.services.authorization import LocalTokens
from chargers.services.transactions.gaps import check_gap
from common.tenancy import system_scope
from events.models import OutboxEvent
from tests.chargers.services.conversation import TAG, Conversation, at, codes, reading
from tests.factories import IdTokenFactory

pytestmark = pytest.mark.django_db


def boot(**values: str) -> BootNotification:
    return BootNotification(vendor="Alfa", model="One", firmware_version="1.2", **values)


def test_boot_is_remembered_and_answered() -> None:
    talk = Conversation.begin(heartbeat_interval_seconds=120)

    result = talk.say(boot(reason="PowerUp", serial_number="S" * 80), received=at(0))

    assert result == BootResult(status=RegistrationStatus.ACCEPTED, now=at(0), interval_seconds=120)
    with system_scope("tests"):
        talk.station.refresh_from_db()
    row = talk.station
    assert (row.vendor, row.model, row.serial_number) == ("Alfa", "One", "S" * 50)
    assert (row.boot_reason, row.booted_at) == ("PowerUp", at(0))
    assert talk.events() == [("station_booted", {"reason": "PowerUp", "firmware_version": "1.2"})]


def test_q14_boot_repeated_every_few_seconds_is_one_event() -> None:
    talk = Conversation.begin()

    for seconds in range(0, 60, 10):
        result = talk.say(boot(), received=at(seconds / 60))
        assert isinstance(result, BootResult)
        assert result.status == RegistrationStatus.ACCEPTED
    assert talk.kinds() == ["station_booted"]

    talk.say(boot(reason="Watchdog"), received=at(0.95))
    talk.say(boot(reason="Watchdog"), received=at(3))
    assert talk.kinds() == ["station_booted"] * 3


def test_boot_takes_back_what_was_said_of_the_whole_station() -> None:
    """Some report connector 0 Unavailable or Faulted and after the restart only connector 1."""
    talk = Conversation.begin(status="Unavailable", error_code="OtherError")

    talk.say(boot(), received=at(0))

    with system_scope("tests"):
        talk.station.refresh_from_db()
    assert (talk.station.status, talk.station.error_code) == ("", "")


def test_repeated_boot_keeps_what_was_said_since() -> None:
    fault_of_all = StatusNotification(
        evse=0,
        connector=0,
        status=ConnectorStatus.FAULTED,
        raw_status="Faulted",
        device_at=None,
    )
    talk = Conversation.begin()
    talk.say(boot(), received=at(0))
    talk.say(fault_of_all, received=at(0.1))

    talk.say(boot(), received=at(0.5))

    with system_scope("tests"):
        talk.station.refresh_from_db()
    assert talk.station.status == "Faulted"


def test_pending_station_is_told_so() -> None:
    talk = Conversation.begin(registration_status=RegistrationStatus.PENDING)
    result = talk.say(boot(), received=at(0))
    assert isinstance(result, BootResult)
    assert result.status == RegistrationStatus.PENDING


def test_heartbeat_tells_the_time() -> None:
    talk = Conversation.begin()
    assert talk.say(Heartbeat(), received=at(3)) == HeartbeatResult(now=at(3))
    assert talk.events() == []


# -- status --------------------------------------------------------------------------------------


def test_status_is_published_only_when_it_says_something_new() -> None:
    talk = Conversation.begin()

    for minutes in (1, 2):
        talk.status(minutes, ConnectorStatus.OCCUPIED, charging_state=ChargingState.EV_CONNECTED)

    row = talk.connector()
    assert (row.status, row.charging_state, row.status_at) == ("Occupied", "EVConnected", at(2))
    assert talk.events() == [
        (
            "connector_status_changed",
            {
                "evse": 1,
                "connector": 1,
                "old_status": "Available",
                "status": "Occupied",
                "charging_state": "EVConnected",
                "error_code": "",
                "vendor_error_code": "",
            },
        )
    ]


def test_q78_vendor_fault_stays_on_its_connector() -> None:
    talk = Conversation.begin()

    talk.status(1, ConnectorStatus.FAULTED, error_code="OtherError", vendor_error_code="E-17")

    assert (talk.connector(1).status, talk.connector(1).vendor_error_code) == ("Faulted", "E-17")
    assert (talk.connector(2).status, talk.connector(2).vendor_error_code) == ("Available", "")


def test_q36_status_time_with_unset_clock_is_the_time_of_receipt() -> None:
    talk = Conversation.begin()
    message = StatusNotification(
        evse=1,
        connector=1,
        status=ConnectorStatus.OCCUPIED,
        device_at=datetime(1970, 1, 1, tzinfo=UTC),
        raw_status="Preparing",
    )
    talk.say(message, received=at(5))
    assert talk.connector().status_at == at(5)


def test_status_of_the_whole_station() -> None:
    talk = Conversation.begin()

    for _ in range(2):
        talk.status(1, ConnectorStatus.FAULTED, evse=0, error_code="GroundFailure")

    with system_scope("tests"):
        talk.station.refresh_from_db()
    assert (talk.station.status, talk.station.error_code) == ("Faulted", "GroundFailure")
    assert [payload["evse"] for _, payload in talk.events()] == [0]
    assert talk.connector().status == "Available"


def test_status_of_an_impossible_evse_is_confirmed_and_ignored() -> None:
    talk = Conversation.begin()
    talk.status(1, ConnectorStatus.FAULTED, evse=4_000_000_000)
    with system_scope("tests"):
        assert talk.station.evses.count() == 2
    assert talk.events() == []


def test_suspended_status_shows_on_the_running_session() -> None:
    talk = Conversation.begin()
    talk.start(0, meter_wh=0)
    talk.status(1, ConnectorStatus.OCCUPIED, charging_state=ChargingState.SUSPENDED_EV)
    assert (talk.only().state, talk.only().charging_state) == ("active", "SuspendedEV")


# -- authorize -----------------------------------------------------------------------------------


def authorize(talk: Conversation, uid: str, **values: str) -> AuthorizationStatus:
    message = Authorize(id_token=IdTokenRef(uid=uid, **values))
    result = talk.say(message, received=at(0))
    assert isinstance(result, AuthorizeResult)
    return result.token.status


def test_authorize_by_the_operators_own_tokens() -> None:
    talk = Conversation.begin()
    mine = talk.station.operator
    IdTokenFactory.create(operator=mine, uid="BLOCKED", is_blocked=True)
    IdTokenFactory.create(operator=mine, uid="OLD", expires_at=at(0))
    IdTokenFactory.create(operator=mine, uid="FRESH", expires_at=at(1))
    IdTokenFactory.create(operator=mine, uid="OF-BLOCKED", driver__is_blocked=True)
    IdTokenFactory.create(operator=mine, uid="OWN", driver=None)
    IdTokenFactory.create(uid="FOREIGN")

    assert authorize(talk, TAG.lower()) == "Accepted"
    assert authorize(talk, "BLOCKED") == "Blocked"
    assert authorize(talk, "OLD") == "Expired"
    assert authorize(talk, "FRESH") == "Accepted"
    assert authorize(talk, "OF-BLOCKED") == "Blocked"
    assert authorize(talk, "OWN") == "Accepted"
    assert authorize(talk, "FOREIGN") == "Unknown"
    assert authorize(talk, "", type="NoAuthorization") == "Accepted"


def test_q18_junk_in_a_tag_is_unknown() -> None:
    assert authorize(Conversation.begin(), "336699\\\\") == "Unknown"


@pytest.fixture
def _local_defaults_again() -> object:
    before = ports.authorizers()
    yield
    ports.set_authorizers(before)


@pytest.mark.usefixtures("_local_defaults_again")
def test_authorizers_are_asked_in_order_until_one_decides() -> None:
    asked: list[str] = []

    def passing(request: ports.TokenRequest) -> ports.Decision:
        asked.append(request.id_token.uid)
        return ports.Pass()

    def refusing(request: ports.TokenRequest) -> ports.Decision:
        return ports.Deny(AuthorizationStatus.NO_CREDIT)

    def never(request: ports.TokenRequest) -> ports.Decision:
        raise AssertionError

    ports.set_authorizers((passing, refusing, never))
    assert authorize(Conversation.begin(), TAG) == "NoCredit"
    assert asked == [TAG]


@pytest.mark.usefixtures("_local_defaults_again")
def test_concurrent_use_of_a_drivers_token_when_it_is_refused() -> None:
    ports.set_authorizers((LocalTokens(refuse_concurrent=True),))
    talk = Conversation.begin()
    talk.start(0, meter_wh=0, evse=1)

    assert authorize(talk, TAG) == "Accepted"
    again = talk.start(0, meter_wh=0, evse=1)
    elsewhere = talk.start(1, meter_wh=0, evse=2)

    assert again.token is not None
    assert again.token.status == "Accepted"
    assert elsewhere.token is not None
    assert elsewhere.token.status == "ConcurrentTx"
    assert elsewhere.assigned_id == talk.transactions()[1].assigned_id


def test_concurrent_use_is_allowed_by_default() -> None:
    talk = Conversation.begin()
    talk.start(0, meter_wh=0, evse=1)
    second = talk.start(1, meter_wh=0, evse=2)
    assert second.token is not None
    assert second.token.status == "Accepted"


# -- readings ------------------------------------------------------------------------------------


def meter_values(
    talk: Conversation,
    *readings: Reading,
    ref: str | None = None,
    received: float = 10,
    evse: int = 1,
) -> None:
    message = MeterValues(evse=evse, connector=1, transaction_ref=ref, readings=readings)
    assert talk.say(message, received=at(received)) == Acknowledged()


def test_readings_without_a_reference_belong_to_the_running_session() -> None:
    talk = Conversation.begin()
    talk.start(0, meter_wh=1_000)

    meter_values(talk, reading(5, 2_000, power_w=11_000, soc_percent=40), ref="-1")
    meter_values(talk, reading(9, 2_500, power_w=9_000, soc_percent=45))

    row = talk.only()
    assert (row.energy_wh, row.last_energy_wh, row.last_reading_at) == (1_500, 2_500, at(9))
    assert (row.power_w, row.max_power_w, row.soc_percent) == (9_000, 11_000, 45)
    assert [value.transaction_id for value in talk.readings()] == [row.pk, row.pk]


def test_readings_outside_of_sessions_are_kept_without_one() -> None:
    talk = Conversation.begin()
    talk.start(0, meter_wh=1_000)

    meter_values(talk, reading(5, 2_000), evse=2)
    meter_values(talk, reading(5, 3_000), evse=0)
    meter_values(talk, reading(5, 4_000), ref="4711")

    assert [value.transaction_id for value in talk.readings()] == [None, None, None]
    assert talk.only().last_energy_wh is None


def test_q21_empty_readings_are_ignored() -> None:
    talk = Conversation.begin()
    meter_values(talk)
    assert talk.readings() == []


def test_q31_readings_with_unset_clock_keep_their_distance() -> None:
    talk = Conversation.begin()
    unset = datetime(1970, 1, 1, 0, 10, tzinfo=UTC)
    ref = str(talk.start(0, meter_wh=1_000).assigned_id)
    samples = tuple(
        Reading(device_at=unset - timedelta(minutes=m), energy_wh=3_000 - m) for m in (6, 3, 0)
    )

    talk.stop(30, ref, meter_wh=3_000, device_at=unset, readings=samples)

    assert [value.taken_at for value in talk.readings()] == [at(24), at(27), at(30)]
    assert [value.device_at for value in talk.readings()] == [s.device_at for s in samples]


def test_a_number_that_no_column_holds_does_not_cost_the_reading() -> None:
    talk = Conversation.begin()
    meter_values(talk, reading(5, 10**30, power_w=2**31, soc_percent=70_000, voltage_mv=230_000))
    (row,) = talk.readings()
    assert (row.energy_wh, row.power_w, row.soc_percent, row.voltage_mv) == (
        None,
        None,
        None,
        230_000,
    )


def test_q68_live_energy_does_not_jump_to_the_lifetime_register() -> None:
    talk = Conversation.begin()
    ref = str(talk.start(0, meter_wh=0).assigned_id)
    meter_values(talk, reading(5, 939_000), ref=ref)
    assert talk.only().energy_wh == 0


def test_q70_other_measurands_are_stored_as_they_are() -> None:
    talk = Conversation.begin()
    meter_values(talk, reading(5, extra={"Current.Export": "0.0 A"}))
    assert talk.readings()[0].extra == {"Current.Export": "0.0 A"}


# -- reports -------------------------------------------------------------------------------------


def test_progress_and_security_events_are_published() -> None:
    talk = Conversation.begin()
    talk.say(FirmwareStatusNotification(status="Downloading"), received=at(0))
    talk.say(FirmwareStatusNotification(status="Idle"), received=at(1))
    talk.say(LogStatusNotification(status="Uploaded"), received=at(2))
    message = SecurityEventNotification(
        event_type="TamperDetectionActivated", device_at=None, tech_info="door"
    )
    talk.say(message, received=at(3))

    assert talk.events() == [
        ("status_reported", {"topic": "firmware", "status": "Downloading"}),
        ("status_reported", {"topic": "log", "status": "Uploaded"}),
        (
            "security_event_reported",
            {"event_type": "TamperDetectionActivated", "tech_info": "door"},
        ),
    ]


def test_data_transfer_of_an_unknown_vendor() -> None:
    talk = Conversation.begin()
    result = talk.say(DataTransfer(vendor_id="com.example"), received=at(0))
    assert result == DataTransferResult(status="UnknownVendorId")


def test_report_overwrites_variables_and_stores_no_secret() -> None:
    talk = Conversation.begin()

    def report(value: str) -> NotifyReport:
        variables = (
            ReportedVariable(
                component="OCPPCommCtrlr",
                variable="HeartbeatInterval",
                attributes={"Actual": value},
            ),
            ReportedVariable(
                component="Connector",
                variable="Available",
                evse=1,
                connector=2,
                attributes={"Actual": "true"},
                is_read_only=True,
            ),
            ReportedVariable(
                component="SecurityCtrlr",
                variable="BasicAuthPassword",
                attributes={"Actual": "hunter2"},
            ),
        )
        return NotifyReport(
            request_id=1, seq_no=0, is_last=True, variables=(*variables, variables[0])
        )

    talk.say(report("60"), received=at(0))
    talk.say(report("300"), received=at(1))

    with system_scope("tests"):
        rows = StationVariable.objects.filter(station=talk.station).order_by("name")
        found = [(r.name, r.evse, r.connector, r.value, r.is_read_only) for r in rows]
        secret = rows.get(name="SecurityCtrlr.BasicAuthPassword")
    assert found == [
        ("Connector.Available", 1, 2, "true", True),
        ("OCPPCommCtrlr.HeartbeatInterval", 0, 0, "300", False),
        ("SecurityCtrlr.BasicAuthPassword", 0, 0, "", False),
    ]
    assert secret.attributes == {}
    assert secret.reported_at == at(1)


def test_q47_energy_without_a_start_is_kept_without_a_session() -> None:
    talk = Conversation.begin()
    meter_values(talk, reading(0, 5_000, power_w=7_000), reading(10, 6_000, power_w=7_000))
    assert talk.transactions() == []
    assert [(row.energy_wh, row.transaction_id) for row in talk.readings()] == [
        (5_000, None),
        (6_000, None),
    ]


def alarms(talk: Conversation) -> list[dict[str, Any]]:
    return [payload for kind, payload in talk.events() if kind == "energy_without_session"]


def test_q47_a_vehicle_that_charges_without_a_session_is_an_alarm() -> None:
    """Once an hour and EVSE, with the strongest of the readings; the EVSE beside it by itself."""
    talk = Conversation.begin()
    meter_values(talk, reading(9, power_w=7_000), reading(10, power_w=7_400))
    assert alarms(talk) == [{"evse": 1, "power_w": 7_400}]
    meter_values(talk, reading(11, power_w=7_000), received=11)
    meter_values(talk, reading(11, power_w=3_000), received=11, evse=2)
    meter_values(talk, reading(69, power_w=7_000), received=69)
    assert alarms(talk) == [{"evse": 1, "power_w": 7_400}, {"evse": 2, "power_w": 3_000}]
    meter_values(talk, reading(71, power_w=7_000), received=71)
    assert alarms(talk)[2:] == [{"evse": 1, "power_w": 7_000}]
    assert sentence("chargers.energy_without_session", alarms(talk)[0]) == (
        "EVSE 1 charges with 7400 W and no session runs"
    )
    assert talk.transactions() == []


def test_q47_what_is_no_alarm() -> None:
    talk = Conversation.begin()
    meter_values(talk, reading(10, power_w=999))  # a heater, a lamp
    meter_values(talk, reading(10, 5_000))  # no power told
    meter_values(talk, reading(-30, power_w=7_000))  # history, sent late
    meter_values(talk, reading(10, power_w=7_000), evse=0)  # the main meter of the station
    talk.start(20, meter_wh=0)
    meter_values(talk, reading(25, power_w=7_000), received=25)
    talk.stop(30, talk.only().station_ref, meter_wh=3_000)
    meter_values(talk, reading(31, power_w=7_000), received=31)  # the last samples of the session
    assert alarms(talk) == []
    meter_values(talk, reading(33, power_w=7_000), received=33)
    assert alarms(talk) == [{"evse": 1, "power_w": 7_000}]


def test_q47_readings_of_another_station_raise_no_alarm_here() -> None:
    talk, other = Conversation.begin(), Conversation.begin()
    meter_values(other, reading(10, power_w=7_000))
    meter_values(talk, reading(10, power_w=7_000))
    assert (len(alarms(talk)), len(alarms(other))) == (1, 1)


def gaps(talk: Conversation) -> list[dict[str, Any]]:
    return [payload for kind, payload in talk.events() if kind == "energy_unassigned"]


def deliver_starts(talk: Conversation) -> None:
    """What the worker does with the news of starts, twice."""
    with system_scope("tests"):
        rows = list(OutboxEvent.objects.filter(kind=TransactionStarted.kind))
        for row in (*rows, *rows):
            event = TransactionStarted(
                operator_id=row.operator_id, subject_id=row.subject_id, parent_id=row.parent_id
            )
            check_gap(event, at(100))


def two_sessions(gap_wh: int, *, hours: float = 0.5, evse: int = 1) -> Conversation:
    talk = Conversation.begin()
    talk.start(0, meter_wh=1_000)
    talk.stop(30, talk.only().station_ref, meter_wh=6_000)
    talk.start(30 + 60 * hours, meter_wh=6_000 + gap_wh, evse=evse)
    deliver_starts(talk)
    return talk


def test_q56_the_gap_between_two_sessions_is_booked_once_and_reviewed() -> None:
    talk = two_sessions(2_000)
    first, second = talk.transactions()
    assert gaps(talk) == [
        {
            "evse": 1,
            "energy_wh": 2_000,
            "after_transaction_id": str(first.pk),
            "before_transaction_id": str(second.pk),
        }
    ]
    assert (codes(first), first.needs_review, first.energy_wh) == (
        ["energy_after_stop"],
        True,
        5_000,
    )
    assert first.warnings[0]["detail"] == "2000 Wh until the next session"
    assert (codes(second), second.needs_review) == ([], False)
    assert sentence("chargers.energy_unassigned", gaps(talk)[0]) == (
        "EVSE 1 counted 2000 Wh between two sessions"
    )


@pytest.mark.parametrize(
    ("gap_wh", "values"),
    [
        (499, {}),
        (-6_000, {}),  # a register that begins anew
        (900_000, {}),  # another register
        (2_000, {"evse": 2}),
    ],
)
def test_q56_what_is_no_gap(gap_wh: int, values: dict[str, Any]) -> None:
    talk = two_sessions(gap_wh, **values)
    assert gaps(talk) == []
    assert [codes(row) for row in talk.transactions()] == [[], []]


def test_q56_energy_after_the_stop_is_kept_outside_of_the_session() -> None:
    talk = Conversation.begin()
    talk.start(0, meter_wh=1_000)
    ref = talk.only().station_ref
    talk.stop(30, ref, meter_wh=6_000, stop_reason="EmergencyStop")
    meter_values(talk, reading(40, 7_000, power_w=6_000), received=40)
    row = talk.only()
    assert (row.state, row.energy_wh, row.needs_review) == ("ended", 5_000, False)
    assert [(found.energy_wh, found.transaction_id) for found in talk.readings()] == [(7_000, None)]
    talk.start(60, meter_wh=8_000)
    assert talk.transactions()[1].meter_start_wh == 8_000


def test_q75_lost_samples_leave_the_registers() -> None:
    talk = Conversation.begin()
    talk.start(0, meter_wh=1_000)
    ref = talk.only().station_ref
    meter_values(talk, reading(1, 1_100))
    talk.stop(60, ref, meter_wh=11_000)
    row = talk.only()
    assert (row.state, row.energy_wh, row.needs_review) == ("ended", 10_000, False)
