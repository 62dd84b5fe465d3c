"""Reservations from the request to the session that uses them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import IdToken
from chargers.domain.commands import Outcome, OutcomeStatus
from chargers.domain.messages import IdTokenRef, ReservationStatusUpdate
from chargers.domain.vocabulary import ConnectorStatus, ReservationUpdateStatus
from chargers.exceptions import UnableToCommand, UnableToReserve
from chargers.models import ChargingStation, Evse, Reservation, StationCommand
from chargers.services.command_queue import finish, take_queued, time_out_commands
from chargers.services.reservations.booking import cancel_reservation, reserve
from chargers.services.reservations.ending import expire_reservations
from common.tenancy import system_scope
from csms.wiring import SUBSCRIBERS
from events.dispatch import dispatch_pending
from events.subscribers import subscribe
from tests.chargers.services.conversation import TAG, Conversation, at, codes
from tests.factories import (
    ACTOR,
    NOW,
    EvseFactory,
    IdTokenFactory,
    ReservationFactory,
    StationFactory,
    TransactionFactory,
)

pytestmark = pytest.mark.django_db

ACCEPTED = Outcome(status=OutcomeStatus.ACCEPTED, raw_status="Accepted")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def scope() -> Iterator[None]:
    subscribe(SUBSCRIBERS)
    with system_scope("tests"):
        yield


@pytest.fixture(params=["ocpp1.6", "ocpp2.0.1"])
def talk(request: pytest.FixtureRequest) -> Conversation:
    return Conversation.begin(protocol=str(request.param))


def token_of(talk: Conversation) -> IdToken:
    return IdToken.objects.get(operator=talk.station.operator, uid=TAG)


def evse_of(talk: Conversation, number: int = 1) -> Evse:
    return Evse.objects.get(station=talk.station, number=number)


def answer(talk: Conversation, outcome: Outcome, now: datetime = NOW) -> StationCommand:
    (command,) = take_queued(station_id=talk.station.pk, epoch=1, now=now)
    assert finish(command_id=command.pk, outcome=outcome, now=now)
    return command


def booked(talk: Conversation, evse: int | None = 1, **values: Any) -> Reservation:
    """A reservation that the station has confirmed."""
    row = reserve(
        station=talk.station,
        evse=None if evse is None else evse_of(talk, evse),
        id_token=values.pop("id_token", None) or token_of(talk),
        expires_at=values.pop("expires_at", NOW + HOUR),
        now=NOW,
        actor=ACTOR,
        **values,
    )
    answer(talk, ACCEPTED)
    return again(row)


def again(row: Reservation) -> Reservation:
    return Reservation.objects.get(pk=row.pk)


def flags(talk: Conversation) -> list[datetime | None]:
    rows = Evse.objects.filter(station=talk.station).order_by("number")
    return list(rows.values_list("reserved_until", flat=True))


def test_a_reservation_is_asked_for_and_confirmed(talk: Conversation) -> None:
    token = token_of(talk)
    row = reserve(
        station=talk.station,
        evse=evse_of(talk),
        id_token=token,
        expires_at=NOW + HOUR,
        now=NOW,
        actor=ACTOR,
    )
    assert (row.status, row.number, row.driver_id) == ("pending", 1, token.driver_id)
    assert row.command is not None
    assert row.command.arguments == {
        "reservation_id": 1,
        "expires_at": "2026-03-14T13:00:00+00:00",
        "id_token_uid": TAG,
        "id_token_type": "ISO14443",
        "parent_uid": row.parent_uid,
        "evse": 1,
        "connector_type": "",
    }
    assert row.parent_uid.startswith("D")
    assert len(row.parent_uid) == 20
    assert flags(talk) == [NOW + HOUR, None]
    answer(talk, ACCEPTED)
    assert again(row).status == "accepted"
    events = [e for e in talk.events() if e[0] == "reservation_changed"]
    assert [(e["status"], e["evse"], e["number"]) for _, e in events] == [
        ("pending", 1, 1),
        ("accepted", 1, 1),
    ]


@pytest.mark.parametrize(
    ("outcome", "status", "note"),
    [
        (Outcome(status=OutcomeStatus.REJECTED, raw_status="Occupied"), "occupied", "Occupied"),
        (Outcome(status=OutcomeStatus.REJECTED, raw_status="Faulted"), "faulted", "Faulted"),
        (
            Outcome(status=OutcomeStatus.REJECTED, raw_status="Unavailable"),
            "unavailable",
            "Unavailable",
        ),
        (Outcome(status=OutcomeStatus.REJECTED, raw_status="Rejected"), "rejected", "Rejected"),
        (
            Outcome(status=OutcomeStatus.NOT_SUPPORTED, raw_status="NotImplemented"),
            "rejected",
            "NotImplemented",
        ),
    ],
)
def test_a_station_refuses_in_its_own_words(
    talk: Conversation, outcome: Outcome, status: str, note: str
) -> None:
    row = reserve(
        station=talk.station,
        evse=evse_of(talk),
        id_token=token_of(talk),
        expires_at=NOW + HOUR,
        now=NOW,
    )
    answer(talk, outcome)
    row = again(row)
    assert (row.status, row.note, row.ended_at) == (status, note, NOW)
    assert flags(talk) == [None, None]


def test_silence_is_a_refusal_and_takes_back_what_may_have_been_kept(talk: Conversation) -> None:
    row = reserve(
        station=talk.station,
        evse=evse_of(talk),
        id_token=token_of(talk),
        expires_at=NOW + HOUR,
        now=NOW,
    )
    take_queued(station_id=talk.station.pk, epoch=1, now=NOW)
    assert time_out_commands(now=at(2)) == 1
    assert (again(row).status, again(row).note) == ("rejected", "No answer in time")
    dispatch_pending(now=at(2))
    dispatch_pending(now=at(3))
    (_, order) = StationCommand.objects.order_by("requested_at")
    assert (order.kind, order.arguments) == ("cancel_reservation", {"reservation_id": 1})


def test_own_token_uses_it_by_its_number(talk: Conversation) -> None:
    row = booked(talk)
    talk.start(5, transaction_ref="t-1", reservation_id=row.number)
    row = again(row)
    session = talk.only()
    assert (row.status, row.transaction_id, row.ended_at) == ("used", session.pk, at(5))
    assert session.warnings == []
    assert flags(talk) == [None, None]
    # a repetition of the start changes nothing
    talk.start(5, transaction_ref="t-1", reservation_id=row.number, received=at(9))
    assert again(row).ended_at == at(5)
    assert len(talk.transactions()) == 1


def test_own_token_uses_it_without_a_number(talk: Conversation) -> None:
    row = booked(talk)
    talk.start(5, tag=TAG.lower(), transaction_ref="t-1")
    assert (again(row).status, again(row).transaction_id) == ("used", talk.only().pk)


def test_another_card_of_the_same_driver_uses_it(talk: Conversation) -> None:
    IdTokenFactory.create(
        operator=talk.station.operator, driver=token_of(talk).driver, uid="04FFFFFF"
    )
    row = booked(talk)
    talk.start(5, tag="04FFFFFF", transaction_ref="t-1")
    assert again(row).status == "used"


def test_a_token_that_comes_after_the_plug_uses_it() -> None:
    talk = Conversation.begin(protocol="ocpp2.0.1")
    row = booked(talk)
    talk.start(5, tag=None, transaction_ref="t-1", seq_no=0)
    assert again(row).status == "accepted"
    talk.update(6, "t-1", seq_no=1, id_token=IdTokenRef(uid=TAG))
    assert (again(row).status, again(row).transaction_id) == ("used", talk.only().pk)


def test_a_stranger_at_a_reserved_evse_is_noted_and_never_refused(talk: Conversation) -> None:
    IdTokenFactory.create(operator=talk.station.operator, uid="04EEEEEE")
    row = booked(talk)
    result = talk.start(5, tag="04EEEEEE", transaction_ref="t-1")
    session = talk.only()
    assert result.token is not None
    assert result.token.status == "Accepted"
    assert session.warnings == [
        {"code": "reserved_for_other", "detail": "reservation 1", "at": at(5).isoformat()}
    ]
    assert not session.needs_review
    assert (again(row).status, again(row).transaction_id) == ("accepted", None)
    talk.stop(9, session.station_ref)
    assert talk.only().state == "ended"


def test_a_stranger_at_another_evse_is_none_of_its_business(talk: Conversation) -> None:
    IdTokenFactory.create(operator=talk.station.operator, uid="04EEEEEE")
    row = booked(talk)
    talk.start(5, tag="04EEEEEE", evse=2, transaction_ref="t-1")
    assert (talk.only().warnings, again(row).status) == ([], "accepted")


def test_a_reservation_of_any_evse_concerns_them_all(talk: Conversation) -> None:
    row = booked(talk, None)
    assert flags(talk) == [NOW + HOUR, NOW + HOUR]
    IdTokenFactory.create(operator=talk.station.operator, uid="04EEEEEE")
    talk.start(4, tag="04EEEEEE", evse=1, transaction_ref="t-1")
    assert codes(talk.only()) == []
    talk.start(5, evse=2, transaction_ref="t-2")
    assert again(row).status == "used"
    assert flags(talk) == [None, None]


def test_a_number_of_another_station_has_no_effect(talk: Conversation) -> None:
    other = Conversation.begin()
    theirs = ReservationFactory.create(
        station=other.station, evse=evse_of(other), number=77, id_token_uid=TAG
    )
    before = Reservation.objects.values().get(pk=theirs.pk)
    talk.start(5, transaction_ref="t-1", reservation_id=77)
    for word in ReservationUpdateStatus:
        talk.say(ReservationStatusUpdate(reservation_id=77, status=word), received=at(6))
    assert Reservation.objects.values().get(pk=theirs.pk) == before
    assert talk.only().warnings == []
    assert "reservation_changed" not in talk.kinds()


@pytest.mark.parametrize(
    ("word", "status", "note"),
    [
        (ReservationUpdateStatus.EXPIRED, "expired", ""),
        (ReservationUpdateStatus.REMOVED, "cancelled", "removed by the station"),
    ],
)
def test_a_station_ends_it_by_itself(word: ReservationUpdateStatus, status: str, note: str) -> None:
    talk = Conversation.begin(protocol="ocpp2.0.1")
    row = booked(talk)
    message = ReservationStatusUpdate(reservation_id=row.number, status=word)
    talk.say(message, received=at(3))
    talk.say(message, received=at(4))
    row = again(row)
    assert (row.status, row.note, row.ended_at) == (status, note, at(3))
    assert flags(talk) == [None, None]


def test_nobody_came(talk: Conversation) -> None:
    row = booked(talk)
    assert expire_reservations(now=at(59)) == 0
    assert expire_reservations(now=at(60)) == 1
    assert (again(row).status, again(row).ended_at) == ("expired", at(60))
    assert flags(talk) == [None, None]
    assert expire_reservations(now=at(61)) == 0


def test_a_start_that_is_told_late_was_in_time(talk: Conversation) -> None:
    row = booked(talk)
    expire_reservations(now=at(60))
    talk.start(30, transaction_ref="t-1", reservation_id=row.number, received=at(90))
    assert (again(row).status, again(row).transaction_id) == ("used", talk.only().pk)


def test_a_start_after_its_end_is_only_a_start(talk: Conversation) -> None:
    row = booked(talk)
    expire_reservations(now=at(60))
    talk.start(70, transaction_ref="t-1", reservation_id=row.number)
    assert (again(row).status, talk.only().warnings) == ("expired", [])


@pytest.mark.parametrize(
    ("shown", "status", "note"),
    [
        (ConnectorStatus.FAULTED, "cancelled", "the connector is faulted"),
        (ConnectorStatus.UNAVAILABLE, "cancelled", "the connector is out of service"),
        (ConnectorStatus.AVAILABLE, "cancelled", "the station shows it free"),
        (ConnectorStatus.OCCUPIED, "accepted", ""),
    ],
)
def test_what_the_connector_shows_ends_it(
    talk: Conversation, shown: ConnectorStatus, status: str, note: str
) -> None:
    row = booked(talk)
    talk.status(1, ConnectorStatus.RESERVED)
    talk.status(2, ConnectorStatus.RESERVED)
    talk.status(3, shown)
    assert (again(row).status, again(row).note) == (status, note)


def test_the_status_before_the_answer_ends_nothing(talk: Conversation) -> None:
    row = booked(talk)
    talk.status(1, ConnectorStatus.AVAILABLE)
    talk.status(2, ConnectorStatus.AVAILABLE, evse=2)
    assert again(row).status == "accepted"


def test_cancelled_when_the_station_says_so(talk: Conversation) -> None:
    row = booked(talk)
    command = cancel_reservation(reservation=row, now=at(1), actor=ACTOR)
    assert command.arguments == {"reservation_id": row.number}
    assert again(row).status == "accepted"
    answer(talk, ACCEPTED, at(1))
    assert (again(row).status, again(row).ended_at) == ("cancelled", at(1))
    assert flags(talk) == [None, None]
    with pytest.raises(UnableToReserve, match="has ended"):
        cancel_reservation(reservation=row, now=at(2))


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome(status=OutcomeStatus.REJECTED, raw_status="Rejected"), "cancelled"),
        (Outcome(status=OutcomeStatus.FAILED, raw_status="InternalError"), "accepted"),
    ],
)
def test_a_station_that_knows_no_such_reservation_keeps_nothing(
    talk: Conversation, outcome: Outcome, status: str
) -> None:
    row = booked(talk)
    cancel_reservation(reservation=row, now=at(1))
    answer(talk, outcome, at(1))
    assert again(row).status == status


def refused(talk: Conversation, **values: Any) -> dict[str, str]:
    before = (Reservation.objects.count(), StationCommand.objects.count(), flags(talk))
    arguments: dict[str, Any] = {
        "station": talk.station,
        "evse": evse_of(talk),
        "id_token": token_of(talk),
        "expires_at": NOW + HOUR,
        "now": NOW,
        **values,
    }
    with pytest.raises(UnableToReserve) as error:
        reserve(**arguments)
    assert (Reservation.objects.count(), StationCommand.objects.count(), flags(talk)) == before
    return error.value.errors


def test_what_cannot_be_reserved_says_why_by_field(talk: Conversation) -> None:
    station = talk.station
    in_use = EvseFactory.create(
        station=station, number=3, active_transaction=TransactionFactory.create(station=station)
    )
    out = EvseFactory.create(station=station, number=4, is_operative=False)
    blocked = IdTokenFactory.create(operator=station.operator, is_blocked=True)
    assert refused(talk, evse=in_use) == {"evse": "EVSE 3 is in use."}
    assert refused(talk, evse=out) == {"evse": "EVSE 4 is out of service."}
    assert refused(talk, evse=EvseFactory.create()) == {
        "evse": "This EVSE belongs to another station."
    }
    assert refused(talk, id_token=blocked) == {"id_token": "This token is blocked."}
    assert refused(talk, id_token=IdTokenFactory.create()) == {
        "id_token": "This token is not known here."
    }
    assert refused(talk, expires_at=NOW, id_token=blocked) == {
        "expires_at": "The end of a reservation must lie in the future.",
        "id_token": "This token is blocked.",
    }
    assert refused(talk, expires_at=NOW + timedelta(hours=25)) == {
        "expires_at": "Reserve at most 24 hours ahead."
    }
    assert refused(talk, connector_type="CHADEMO") == {
        "connector_type": "There is no such plug here."
    }
    booked(talk)
    assert refused(talk) == {"evse": "EVSE 1 is reserved already."}


def test_any_evse_needs_a_free_one_and_a_station_that_can(talk: Conversation) -> None:
    booked(talk, 1)
    booked(talk, None)
    assert refused(talk, evse=None) == {"evse": "No EVSE of this station is free."}
    other = Conversation.begin()
    other.station.variables.create(
        operator=other.station.operator,
        name="ReserveConnectorZeroSupported",
        value="false",
        reported_at=NOW,
    )
    ChargingStation.objects.filter(pk=other.station.pk).update(protocol="ocpp1.6")
    assert refused(other, evse=None) == {
        "evse": "This station cannot keep just any EVSE: choose one."
    }


def test_an_unreachable_station_is_not_asked() -> None:
    station = StationFactory.create(is_online=False)
    evse = EvseFactory.create(station=station)
    with pytest.raises(UnableToCommand, match="never been online"):
        reserve(
            station=station,
            evse=evse,
            id_token=IdTokenFactory.create(operator=station.operator),
            expires_at=NOW + HOUR,
            now=NOW,
        )
    assert not Reservation.objects.exists()


def test_numbers_are_counted_at_each_station(talk: Conversation) -> None:
    ReservationFactory.create(station=talk.station, number=41, status="used")
    assert booked(talk).number == 42
    assert booked(talk, 2).number == 43


def test_a_start_where_nothing_is_reserved_asks_nothing_about_reservations() -> None:
    talk = Conversation.begin()
    with CaptureQueriesContext(connection) as queries:
        talk.start(5)
    assert not [q for q in queries.captured_queries if "chargers_reservation" in q["sql"]]
