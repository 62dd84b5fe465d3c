"""Limits follow sessions and connections (quirk Q79: a session's limit is lost with the connection)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from accounts.models import IdToken
from accounts.services.audit import Actor
from chargers.domain.charging_profiles import ChargingProfile as Profile
from chargers.domain.charging_profiles import (
    Period,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Schedule,
)
from chargers.domain.commands import Outcome, OutcomeStatus
from chargers.domain.messages import BootNotification
from chargers.models import ChargingProfile, ChargingStation, StationCommand
from chargers.services import commands
from chargers.services.charging import setting
from chargers.services.charging.following import keep_in_step
from common.tenancy import system_scope
from tests.chargers.services.conversation import TAG, Conversation, at
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

ACCEPTED = Outcome(status=OutcomeStatus.ACCEPTED, raw_status="Accepted")
REJECTED = Outcome(status=OutcomeStatus.REJECTED, raw_status="Rejected")
LOST = Outcome(status=OutcomeStatus.FAILED, raw_status="connection lost")


def change(talk: Conversation, **values: Any) -> None:
    with system_scope("tests"):
        ChargingStation.objects.filter(pk=talk.station.pk).update(**values)


def limited(talk: Conversation, outcome: Outcome | None = ACCEPTED) -> None:
    with system_scope("tests"):
        row = setting.set_limit(station=talk.station, amps=10, transaction=talk.only(), now=at(1))
        if outcome is not None:
            assert row.command is not None
            commands.finish(command_id=row.command.pk, outcome=outcome, now=at(1))


def answer_all(talk: Conversation, now: datetime, outcome: Outcome = ACCEPTED) -> None:
    with system_scope("tests"):
        for row in StationCommand.objects.filter(station=talk.station, status="queued"):
            commands.finish(command_id=row.pk, outcome=outcome, now=now)


def status(talk: Conversation) -> list[str]:
    with system_scope("tests"):
        rows = ChargingProfile.objects.filter(station=talk.station).order_by("id")
        return [row.status for row in rows]


def sent(talk: Conversation) -> list[StationCommand]:
    return sorted(talk.commands(), key=lambda row: row.requested_at)


def test_q79_after_a_reconnect_the_limit_is_sent_again_once() -> None:
    talk = Conversation.begin(connection_epoch=1)
    talk.start()
    limited(talk)
    assert keep_in_step(now=at(2)) == 0

    change(talk, is_online=False)
    assert keep_in_step(now=at(3)) == 0
    change(talk, is_online=True, connection_epoch=2)
    assert keep_in_step(now=at(4)) == 1
    assert keep_in_step(now=at(5)) == 0

    first, again, verified = sent(talk)
    assert (again.kind, again.arguments) == (first.kind, first.arguments)
    assert again.transaction_id == talk.only().pk
    assert (verified.kind, verified.arguments["evse"]) == ("get_composite_schedule", 1)
    answer_all(talk, at(6))
    assert status(talk) == ["installed"]
    assert keep_in_step(now=at(7)) == 0

    change(talk, connection_epoch=3)
    assert keep_in_step(now=at(8)) == 1


def test_a_boot_in_the_same_connection_sends_nothing_twice() -> None:
    talk = Conversation.begin(connection_epoch=1)
    talk.start()
    limited(talk)
    change(talk, connection_epoch=2)
    keep_in_step(now=at(2))
    talk.say(BootNotification(vendor="V", model="M"), received=at(3))
    assert keep_in_step(now=at(4)) == 0
    assert [row.kind for row in sent(talk)].count("set_charging_profile") == 2


@pytest.mark.parametrize(
    ("outcome", "repeated"), [(LOST, 1), (ACCEPTED, 1), (REJECTED, 0), (None, 0)]
)
def test_what_may_hold_is_sent_again(outcome: Outcome | None, repeated: int) -> None:
    """An open command needs no repetition: the new connection takes it, or it ends unanswered."""
    talk = Conversation.begin(connection_epoch=1)
    talk.start()
    limited(talk, outcome)
    change(talk, connection_epoch=2)
    assert keep_in_step(now=at(2)) == repeated


def test_a_repetition_that_is_refused_is_told() -> None:
    talk = Conversation.begin(connection_epoch=1)
    talk.start()
    limited(talk)
    change(talk, connection_epoch=2)
    keep_in_step(now=at(2))
    answer_all(talk, at(3), REJECTED)
    assert status(talk) == ["rejected"]
    change(talk, connection_epoch=3)
    assert keep_in_step(now=at(4)) == 0


def test_only_limits_of_running_sessions_are_repeated() -> None:
    talk = Conversation.begin(connection_epoch=1)
    with system_scope("tests"):
        setting.set_limit(station=talk.station, amps=10, evse=1, now=at(0))
    answer_all(talk, at(0))
    talk.start(transaction_ref="t")
    limited(talk)
    talk.stop(2, "t")
    change(talk, connection_epoch=2)
    assert keep_in_step(now=at(3)) == 0
    assert status(talk) == ["installed", "cleared"]


def test_a_disabled_station_is_left_alone() -> None:
    talk = Conversation.begin(connection_epoch=1)
    talk.start()
    limited(talk)
    change(talk, connection_epoch=2, is_enabled=False)
    assert keep_in_step(now=at(3)) == 0


# -- standing limits -------------------------------------------------------------------------


def standing(talk: Conversation, *, evse: int = 1, until: datetime | None = None) -> None:
    with system_scope("tests"):
        row = setting.set_limit(
            station=talk.station, amps=10 + evse, evse=evse, until=until, now=at(0)
        )
        assert row.command is not None
        commands.finish(command_id=row.command.pk, outcome=ACCEPTED, now=at(0))


def booted(talk: Conversation, minute: float, *, epoch: int) -> None:
    change(talk, is_online=True, connection_epoch=epoch, connected_at=at(minute))
    talk.say(BootNotification(vendor="V", model="M"), received=at(minute))


def test_q79_standing_limits_are_sent_again_after_a_boot() -> None:
    talk = Conversation.begin(connection_epoch=1)
    standing(talk, evse=0)
    standing(talk, evse=1)
    booted(talk, 2, epoch=2)
    assert keep_in_step(now=at(3)) == 2
    assert keep_in_step(now=at(4)) == 0
    told = [(row.kind, row.arguments["evse"]) for row in sent(talk)[2:]]
    assert sorted(told) == [
        ("get_composite_schedule", 0),
        ("get_composite_schedule", 1),
        ("set_charging_profile", 0),
        ("set_charging_profile", 1),
    ]
    assert [row.kind for row in sent(talk)[-2:]] == ["get_composite_schedule"] * 2
    answer_all(talk, at(5))
    assert status(talk) == ["installed", "installed"]


def test_standing_limits_survive_a_mere_reconnect() -> None:
    talk = Conversation.begin(connection_epoch=1)
    standing(talk)
    booted(talk, 2, epoch=2)
    assert keep_in_step(now=at(3)) == 1
    change(talk, connection_epoch=3, connected_at=at(30))
    assert keep_in_step(now=at(31)) == 0
    booted(talk, 40, epoch=4)
    assert keep_in_step(now=at(41)) == 1


def test_a_limit_that_is_over_is_not_sent_again() -> None:
    talk = Conversation.begin(connection_epoch=1)
    standing(talk, until=at(10))
    booted(talk, 11, epoch=2)
    assert keep_in_step(now=at(12)) == 0
    assert keep_in_step(now=at(13)) == 0


def test_a_station_that_is_not_accepted_yet_is_left_alone() -> None:
    talk = Conversation.begin(connection_epoch=1)
    standing(talk)
    change(talk, registration_status="Pending")
    booted(talk, 2, epoch=2)
    assert keep_in_step(now=at(3)) == 0
    change(talk, registration_status="Accepted")
    assert keep_in_step(now=at(4)) == 1


def test_whose_will_it_is_stays_with_the_limit() -> None:
    talk = Conversation.begin(connection_epoch=1)
    ada = UserFactory.create()
    with system_scope("tests"):
        row = setting.set_limit(
            station=talk.station, amps=10, evse=1, now=at(0), actor=Actor(user=ada, label="Ada")
        )
    answer_all(talk, at(0))
    booted(talk, 2, epoch=2)
    keep_in_step(now=at(3))
    with system_scope("tests"):
        row = ChargingProfile.objects.select_related("command").get(pk=row.pk)
        assert (row.set_by_id, row.set_by_key_id) == (ada.pk, None)
        assert row.command is not None
        assert row.command.requested_by_id is None


def test_limits_found_at_the_station_are_not_ours_to_repeat() -> None:
    talk = Conversation.begin(connection_epoch=1)
    standing(talk)
    with system_scope("tests"):
        ChargingProfile.objects.update(source="reported")
    booted(talk, 2, epoch=2)
    assert keep_in_step(now=at(3)) == 0


# -- remote starts ---------------------------------------------------------------------------


def remote_start(talk: Conversation, evse: int | None = 1) -> int:
    schedule = Schedule(unit=RateUnit.AMPS, periods=(Period(start_seconds=0, limit=8.0),))
    profile = Profile(purpose=ProfilePurpose.TX, kind=ProfileKind.RELATIVE, schedules=(schedule,))
    with system_scope("tests"):
        place = talk.station.evses.filter(number=evse or 0).first()
        command = commands.start_charging(
            station=talk.station,
            evse=place,
            id_token=IdToken.objects.get(operator=talk.station.operator, uid=TAG),
            profile=profile,
            now=at(0),
        )
        commands.finish(command_id=command.pk, outcome=ACCEPTED, now=at(0))
    return int(command.arguments["remote_start_id"])


def only(talk: Conversation) -> ChargingProfile:
    with system_scope("tests"):
        return ChargingProfile.objects.select_related("transaction").get(station=talk.station)


def test_a_remote_start_by_number_finds_its_session() -> None:
    talk = Conversation.begin(connection_epoch=1)
    number = remote_start(talk, evse=None)
    talk.start(1, evse=2, transaction_ref="other", remote_start_id=number + 1)
    keep_in_step(now=at(2))
    assert only(talk).transaction is None
    talk.start(2, evse=1, transaction_ref="b7c1", remote_start_id=number)
    keep_in_step(now=at(3))
    row = only(talk)
    assert row.transaction is not None
    assert (row.transaction.station_ref, row.evse_number) == ("b7c1", 1)
    assert row.profile.transaction_ref == "b7c1"

    change(talk, connection_epoch=2)
    assert keep_in_step(now=at(4)) == 1
    assert sent(talk)[-2].arguments["profile"]["transaction_ref"] == "b7c1"


def test_a_remote_start_without_number_is_found_by_token_and_place() -> None:
    talk = Conversation.begin()
    talk.start(-5, evse=2)
    remote_start(talk, evse=1)
    keep_in_step(now=at(0))
    assert only(talk).transaction is None
    talk.start(1, evse=1)
    keep_in_step(now=at(2))
    row = only(talk)
    assert row.transaction is not None
    assert row.transaction.pk == talk.transactions()[1].pk
    assert row.evse_number == 1


def test_a_remote_start_that_led_nowhere_is_forgotten() -> None:
    talk = Conversation.begin()
    remote_start(talk)
    keep_in_step(now=at(15))
    assert only(talk).status == "installed"
    keep_in_step(now=at(16))
    assert only(talk).status == "cleared"
