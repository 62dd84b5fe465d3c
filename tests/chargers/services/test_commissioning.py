"""A station's way into service, from the rows that it leaves behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, IdToken, Operator
from accounts.services.audit import Actor
from chargers.domain.commissioning.facts import Check
from chargers.domain.messages import BootNotification
from chargers.domain.security import HandshakeFault
from chargers.domain.vocabulary import ConnectorStatus, RegistrationStatus
from chargers.exceptions import UnableToCommand, UnableToFinish
from chargers.models import (
    ChargingStation,
    Commissioning,
    MeterValue,
    ReplacedHardware,
    StationCommand,
    UnknownHandshake,
)
from chargers.ocpp.told import told_at
from chargers.selectors import station_by_id
from chargers.selectors.commissioning import Progress, progress_of
from chargers.services import commissioning as service
from chargers.services.failed_handshakes import FailedAttempts, store_failed_handshakes
from chargers.services.replacement import replace_hardware
from chargers.services.stations import NewEvse
from common.tenancy import operator_scope, system_scope
from events.models import OutboxEvent
from tests.chargers.services.conversation import Conversation, at
from tests.factories import (
    ACTOR,
    NOW,
    IdTokenFactory,
    MeterValueFactory,
    OcppFrameFactory,
    StationCommandFactory,
    StationFactory,
)

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def progress(told: Conversation, *, minutes: float = 60) -> Progress:
    station = told.station
    with operator_scope(station.operator_id):
        row = station_by_id(station.pk)
        assert row is not None
        return progress_of(row, now=at(minutes))


def states(told: Conversation) -> dict[str, str]:
    return {check.key.value: check.state.value for check in progress(told).checks}


def item(told: Conversation, key: str) -> Check:
    return next(check for check in progress(told).checks if check.key == key)


def fresh(told: Conversation) -> ChargingStation:
    with system_scope("tests"):
        return ChargingStation.objects.select_related("operator").get(pk=told.station.pk)


def update(told: Conversation, **values: Any) -> None:
    with system_scope("tests"):
        ChargingStation.objects.filter(pk=told.station.pk).update(**values)


def live_through(told: Conversation) -> None:
    """Boots, tells its connectors, charges at EVSE 1."""
    update(told, connected_at=at(0), protocol="ocpp1.6", security_profile=1)
    told.say(BootNotification(vendor="Alfen BV", model="NG910"), received=at(0))
    for evse in (1, 2):
        told.status(0, ConnectorStatus.AVAILABLE, evse)
    started = told.start(1, meter_wh=1_000)
    told.stop(10, started.assigned_id, meter_wh=1_500)


def test_a_station_that_nobody_has_seen() -> None:
    told = Conversation.begin(is_online=False)
    assert set(states(told).values()) == {"waiting"}
    assert progress(told).open_count == 6
    assert progress(told).run is None


def test_what_a_station_does_ticks_the_list_and_writes_nothing_to_it() -> None:
    told = Conversation.begin()
    live_through(told)
    assert states(told) == dict.fromkeys(
        ("connected", "booted", "connectors", "clock", "meter", "charge"), "done"
    )
    assert item(told, "meter").text == "EVSE 1: 1.500 kWh."
    assert item(told, "charge").text == "Charged and stopped. EVSE 1: 0.50 kWh."
    assert item(told, "charge").advice == ("EVSE 2 has not been tried.",)
    with system_scope("tests"):
        assert Commissioning.objects.count() == 0


def test_who_was_refused_is_told_with_time_and_place() -> None:
    told = Conversation.begin(is_online=False)
    attempt = FailedAttempts(
        identity=told.station.identity,
        fault=HandshakeFault.WRONG_KEY,
        count=2,
        last_at=at(1),
        address="10.1.1.7",
    )
    store_failed_handshakes([attempt])
    (note,) = item(told, "connected").notes
    assert note.at == at(1)
    assert note.text == (
        "A station dialled with this identity, but the wrong password, 2 times, from 10.1.1.7."
    )
    assert item(told, "connected").state == "problem"


def test_lookalikes_are_shown_and_other_strangers_are_not() -> None:
    told = Conversation.begin(is_online=False, identity="K7QX2M9PVD4RTN1A")
    for identity in ("k7qx2m9pvd4rtn1a", "SOMEBODY-ELSE-77", "K7QX2M9PVD4RTN1B"):
        UnknownHandshake.objects.create(
            identity=identity, count=1, first_at=at(1), last_at=at(1 if identity[0] == "k" else 2)
        )
    UnknownHandshake.objects.create(
        identity="K7QX2M9PVD4RTN1", count=1, first_at=at(-9), last_at=at(-5)
    )
    texts = [note.text for note in item(told, "connected").notes]
    assert texts == [
        "A station dialled as “K7QX2M9PVD4RTN1B”.",
        "A station dialled as “k7qx2m9pvd4rtn1a”.",
    ]


def test_the_clock_is_read_from_the_log_before_anything_charges() -> None:
    told = Conversation.begin()
    raw = '[2,"1","StatusNotification",{"connectorId":1,"timestamp":"2026-03-14T11:00:00Z"}]'
    OcppFrameFactory.create(station=told.station, action="StatusNotification", raw=raw, at=at(0))
    assert item(told, "clock").text == "Its clock is 1 h behind."
    right = raw.replace("11:00:00Z", "12:05:00.250Z")
    OcppFrameFactory.create(station=told.station, action="StatusNotification", raw=right, at=at(5))
    assert item(told, "clock").text == "Its clock is right to 0 s."


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ('[2,"1","NotifyReport",{"generatedAt":"2026-03-14T12:00:00Z"}]', True),
        ('[2,"1","StatusNotification",{"timestamp":"yesterday"}]', False),
        ('[2,"1","StatusNotification",{}]', False),
        ('[3,"1",{"timestamp":"2026-03-14T12:00:00Z"}]', False),
        ('[2,"1","StatusNotification",[]]', False),
        ("[2", False),
        ("", False),
    ],
)
def test_what_a_stored_call_says_of_its_time(raw: str, *, found: bool) -> None:
    assert told_at(raw) == (NOW if found else None)


def test_a_reading_outside_of_a_session_counts() -> None:
    told = Conversation.begin()
    MeterValueFactory.create(
        transaction=None,
        operator=told.station.operator,
        station=told.station,
        evse_number=2,
        energy_wh=77_000,
        device_at=at(3),
        received_at=at(3),
    )
    assert item(told, "meter").text == "EVSE 2: 77.000 kWh."
    with system_scope("tests"):
        MeterValue.objects.update(received_at=NOW - HOUR)
    assert item(told, "meter").state == "waiting"


def test_what_the_replaced_machine_did_does_not_count() -> None:
    told = Conversation.begin()
    live_through(told)
    with system_scope("tests"):
        replace_hardware(
            station=fresh(told),
            evses=[NewEvse()],
            vendor="KEBA",
            model="P40",
            actor=ACTOR,
            now=at(30),
        )
        assert ReplacedHardware.objects.count() == 1
    assert set(states(told).values()) == {"waiting"}
    run = progress(told).run
    assert run is not None
    assert (run.vendor, run.model, run.evses, run.finished_at) == ("KEBA", "P40", 1, None)


def test_a_run_goes_on_where_it_was_left() -> None:
    told = Conversation.begin()
    with system_scope("tests"):
        first = service.begin_commissioning(station=told.station, vendor="A", now=NOW)
        again = service.begin_commissioning(station=told.station, vendor="B", evses=2, now=at(1))
        assert (again.pk, again.started_at, again.vendor) == (first.pk, NOW, "B")
        assert Commissioning.objects.count() == 1
        assert AuditEntry.objects.count() == 0


def start(told: Conversation, **more: Any) -> StationCommand:
    with system_scope("tests"):
        station = fresh(told)
        evse = station.evses.get(number=1)
        return service.start_test_charge(
            station=station, evse=evse, actor=ACTOR, now=more.pop("now", at(1)), **more
        )


def test_a_test_charge_uses_a_token_that_expires_and_is_used_again() -> None:
    told = Conversation.begin()
    command = start(told)
    with system_scope("tests"):
        token = IdToken.objects.get(uid=command.arguments["id_token_uid"])
    assert token.uid.startswith("TEST")
    assert (len(token.uid), token.type, token.driver_id) == (20, "Central", None)
    assert token.expires_at == at(1) + 8 * HOUR
    assert start(told, now=at(60)).arguments["id_token_uid"] == token.uid
    later = start(told, now=at(8 * 60))
    assert later.arguments["id_token_uid"] != token.uid


def test_a_token_of_the_operator_may_be_used_and_a_foreign_one_not(
    other_operator: Operator,
) -> None:
    told = Conversation.begin()
    own = IdTokenFactory.create(operator=told.station.operator)
    assert start(told, id_token=own).arguments["id_token_uid"] == own.uid
    foreign = IdTokenFactory.create(operator=other_operator)
    with pytest.raises(UnableToCommand):
        start(told, id_token=foreign)


def test_no_token_is_left_of_a_start_that_was_refused() -> None:
    told = Conversation.begin(is_online=False, disconnected_at=NOW)
    with pytest.raises(UnableToCommand):
        start(told)
    with system_scope("tests"):
        assert IdToken.objects.filter(uid__startswith="TEST").count() == 0
        assert Commissioning.objects.count() == 0


def test_how_a_start_went_is_told() -> None:
    told = Conversation.begin()
    StationCommandFactory.create(
        station=told.station,
        kind="request_start_transaction",
        status="rejected",
        raw_status="Rejected",
        requested_at=at(1),
    )
    StationCommandFactory.create(
        station=told.station,
        kind="trigger_message",
        arguments={"requested_message": "MeterValues"},
        status="not_supported",
        requested_at=at(1),
    )
    assert item(told, "charge").notes[0].text == "It refused to start (Rejected)"
    assert item(told, "meter").notes[0].text == "It cannot be asked for a reading"


def finish(told: Conversation, **more: Any) -> Commissioning:
    with system_scope("tests"):
        return service.finish_commissioning(
            station=fresh(told), actor=more.pop("actor", ACTOR), now=at(60), **more
        )


def test_finishing_keeps_the_list_accepts_the_station_and_ends_the_token() -> None:
    told = Conversation.begin(registration_status=RegistrationStatus.PENDING)
    live_through(told)
    start(told)
    run = finish(told, note="  door A ")
    assert (run.finished_at, run.note, len(run.results)) == (at(60), "door A", 6)
    assert run.results[0] == {
        "key": "connected",
        "state": "done",
        "text": "Connected (OCPP 1.6J, security profile 1).",
    }
    assert fresh(told).registration_status == "Accepted"
    with system_scope("tests"):
        assert IdToken.objects.get(uid__startswith="TEST").expires_at == at(60)
        entry = AuditEntry.objects.get(action="station.commissioned")
        event = OutboxEvent.objects.get(kind="chargers.station_commissioned")
    assert entry.changes == {"without": [], "note": "door A"}
    assert event.payload == {"by": ACTOR.label, "open_items": ""}
    assert progress(told).finished == run


def test_open_items_must_be_accepted() -> None:
    told = Conversation.begin(is_online=False, registration_status=RegistrationStatus.PENDING)
    with pytest.raises(UnableToFinish) as caught:
        finish(told)
    assert "connection, make and firmware, connectors, clock" in caught.value.errors["accept_open"]
    assert fresh(told).registration_status == "Pending"
    with system_scope("tests"):
        assert Commissioning.objects.count() == 0
        assert AuditEntry.objects.count() == 0
    run = finish(told, accept_open=True)
    assert {result["state"] for result in run.results} == {"waiting"}
    with system_scope("tests"):
        entry = AuditEntry.objects.get(action="station.commissioned")
    assert entry.changes["without"][-1] == "test charge"


def test_finishing_twice_is_once() -> None:
    told = Conversation.begin()
    live_through(told)
    first = finish(told, note="first")
    again = finish(told, note="second")
    assert (again.pk, again.note) == (first.pk, "first")
    with system_scope("tests"):
        assert Commissioning.objects.count() == 1
        assert AuditEntry.objects.filter(action="station.commissioned").count() == 1
        assert OutboxEvent.objects.filter(kind="chargers.station_commissioned").count() == 1


def test_it_may_be_gone_through_again() -> None:
    told = Conversation.begin()
    live_through(told)
    first = finish(told)
    with system_scope("tests"):
        service.begin_commissioning(station=told.station, actor=ACTOR, now=at(70))
        assert AuditEntry.objects.filter(action="station.commissioning_started").count() == 1
    assert progress(told).finished is None
    second = finish(told, actor=Actor.system("night shift"))
    assert second.pk != first.pk
    with system_scope("tests"):
        assert Commissioning.objects.filter(station=told.station).count() == 2


def test_another_stations_facts_tick_nothing() -> None:
    told = Conversation.begin(is_online=False)
    other = Conversation.begin(operator=told.station.operator)
    live_through(other)
    StationFactory.create(operator=told.station.operator)
    assert set(states(told).values()) == {"waiting"}


def test_reading_costs_a_fixed_number_of_queries(django_assert_num_queries: Any) -> None:
    told = Conversation.begin()
    live_through(told)
    for number in range(30):
        OcppFrameFactory.create(station=told.station, action="StatusNotification", raw=str(number))
        StationCommandFactory.create(station=told.station)
    with operator_scope(told.station.operator_id):
        row = station_by_id(told.station.pk)
        assert row is not None
        with django_assert_num_queries(7):
            progress_of(row, now=at(60))
