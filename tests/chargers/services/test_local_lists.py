"""Local lists kept in step: what is sent when, and what the row says afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import IdToken, IdTokenType
from accounts.services.drivers import block_driver
from accounts.services.tokens import (
    TokenDetails,
    add_id_token,
    block_id_token,
    delete_id_token,
    update_id_token,
)
from chargers import ports
from chargers.domain.commands import Outcome, OutcomeStatus
from chargers.domain.vocabulary import AuthorizationStatus
from chargers.exceptions import UnableToCommand
from chargers.models import ChargingStation, CommandStatus, LocalList, StationCommand
from chargers.services.authorization import LocalTokens
from chargers.services.command_queue import finish, take_queued, time_out_commands
from chargers.services.local_lists.control import manage_list, read_version, sync_list
from chargers.services.local_lists.sync import sync_due_lists
from common.tenancy import system_scope
from csms.wiring import SUBSCRIBERS
from events.dispatch import dispatch_pending
from events.subscribers import subscribe
from tests.factories import (
    ACTOR,
    NOW,
    DriverFactory,
    IdTokenFactory,
    LocalListFactory,
    OperatorFactory,
    StationFactory,
    TransactionFactory,
)

pytestmark = pytest.mark.django_db

ACCEPTED = Outcome(status=OutcomeStatus.ACCEPTED, raw_status="Accepted")
MISMATCH = Outcome(status=OutcomeStatus.FAILED, raw_status="VersionMismatch")
FAILED = Outcome(status=OutcomeStatus.FAILED, raw_status="Failed")
UNSUPPORTED = Outcome(status=OutcomeStatus.NOT_SUPPORTED, raw_status="NotImplemented")


@pytest.fixture(autouse=True)
def scope() -> Iterator[None]:
    subscribe(SUBSCRIBERS)
    with system_scope("tests"):
        yield


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def version(number: int) -> Outcome:
    return Outcome(status=OutcomeStatus.ACCEPTED, detail={"version": number})


class Desk:
    """A station that answers what it is asked, and the worker that hears of it."""

    def __init__(self, **values: Any) -> None:
        values.setdefault("protocol", "ocpp1.6")
        values.setdefault("connected_at", NOW - timedelta(hours=1))
        self.station: ChargingStation = StationFactory.create(**values)
        self.list = LocalListFactory.create(station=self.station)

    @property
    def row(self) -> LocalList:
        return LocalList.objects.get(pk=self.list.pk)

    def sweep(self, seconds: float = 0) -> int:
        dispatch_pending(now=after(seconds))
        return sync_due_lists(now=after(seconds))

    def asked(self) -> StationCommand | None:
        rows = StationCommand.objects.filter(station=self.station, status="queued")
        assert rows.count() < 2
        return rows.first()

    def answer(self, outcome: Outcome, seconds: float = 0) -> StationCommand:
        (command,) = take_queued(station_id=self.station.pk, epoch=1, now=after(seconds))
        assert finish(command_id=command.pk, outcome=outcome, now=after(seconds))
        dispatch_pending(now=after(seconds))
        return command

    def in_step(self, seconds: float = 0) -> None:
        """The station answers rightly until nothing is asked any more."""
        self.sweep(seconds)
        while (command := self.asked()) is not None:
            told = version(self.row.version)
            self.answer(told if command.kind == "get_local_list_version" else ACCEPTED, seconds)
        assert self.row.state == "in_step"

    def told(self) -> list[tuple[str, int, str, list[str], list[str]]]:
        """Every list command: kind, version, type, tokens with their status, removed tokens."""
        rows = StationCommand.objects.filter(station=self.station, kind="send_local_list").order_by(
            "requested_at", "id"
        )
        return [
            (
                row.arguments["update_type"],
                row.arguments["version"],
                row.status,
                [f"{e['uid']} {e['status']}" for e in row.arguments["entries"]],
                [e["uid"] for e in row.arguments["removed"]],
            )
            for row in rows
        ]


def card(desk: Desk, uid: str, **values: Any) -> IdToken:
    return IdTokenFactory.create(operator=desk.station.operator, driver=None, uid=uid, **values)


def test_a_new_list_is_asked_for_its_version_and_then_sent_in_full() -> None:
    desk = Desk()
    card(desk, "04A1A1A1")
    card(desk, "04B2B2B2", created_at=after(1))
    assert desk.sweep() == 1
    assert (desk.row.state, desk.told()) == ("updating", [])

    first = desk.answer(version(0))
    assert first.kind == "get_local_list_version"
    assert desk.told() == [("Full", 1, "queued", ["04B2B2B2 Accepted", "04A1A1A1 Accepted"], [])]
    desk.answer(ACCEPTED, 2)
    row = desk.row
    assert (row.state, row.version, row.sent_version, row.entry_count) == ("in_step", 1, 1, 2)
    assert (row.synced_at, row.due_at) == (after(2), after(2) + timedelta(hours=24))
    assert row.command_id is None
    assert desk.sweep(3) == 0


@pytest.mark.parametrize("change", ["blocked", "expired", "deleted", "driver blocked", "added"])
def test_a_change_of_tokens_reaches_the_station_by_itself(change: str) -> None:
    desk = Desk()
    driver = DriverFactory.create(operator=desk.station.operator)
    token = IdTokenFactory.create(
        operator=desk.station.operator, driver=driver, uid="04A1A1A1", expires_at=after(900)
    )
    card(desk, "04B2B2B2")
    desk.in_step()
    made: dict[str, Any] = {"actor": ACTOR, "now": after(10)}
    match change:
        case "blocked":
            block_id_token(token=token, blocked=True, **made)
        case "driver blocked":
            block_driver(driver=driver, blocked=True, **made)
        case "deleted":
            delete_id_token(token=token, **made)
        case "added":
            details = TokenDetails(uid="04C3C3C3")
            add_id_token(operator=desk.station.operator, driver=None, details=details, **made)
    if change != "expired":
        # several changes in a moment are one update
        dispatch_pending(now=after(10))
        assert (desk.row.state, desk.row.due_at) == ("waiting", after(15))
        assert sync_due_lists(now=after(14)) == 0
    when = 900 if change == "expired" else 15
    assert desk.sweep(when) == 1
    gone = (["04A1A1A1 Blocked"], []) if "blocked" in change else ([], ["04A1A1A1"])
    expected = (["04C3C3C3 Accepted"], []) if change == "added" else gone
    assert desk.told()[1:] == [("Differential", 2, "queued", *expected)]
    desk.answer(ACCEPTED, when)
    assert (desk.row.version, desk.row.state) == (2, "in_step")


def test_a_change_that_means_nothing_to_the_list_sends_nothing() -> None:
    desk = Desk()
    token = card(desk, "04A1A1A1")
    desk.in_step()
    update_id_token(token=token, changes={"label": "white"}, actor=ACTOR, now=after(10))
    assert desk.sweep(11) == 0
    assert desk.sweep(16) == 1
    assert len(desk.told()) == 1
    assert (desk.row.state, desk.row.version) == ("in_step", 1)


def test_the_same_news_twice_is_one_update() -> None:
    desk = Desk()
    token = card(desk, "04A1A1A1")
    desk.in_step()
    block_id_token(token=token, blocked=True, actor=ACTOR, now=after(10))
    block_id_token(token=token, blocked=False, actor=ACTOR, now=after(11))
    block_id_token(token=token, blocked=True, actor=ACTOR, now=after(12))
    desk.sweep(12)
    desk.sweep(15)
    desk.sweep(17)
    desk.sweep(18)
    assert [row[:3] for row in desk.told()] == [
        ("Full", 1, "accepted"),
        ("Differential", 2, "queued"),
    ]


def test_only_tokens_that_can_be_shown_and_written_are_listed() -> None:
    desk = Desk()
    card(desk, "04A1A1A1")
    card(desk, "APP-1", type=IdTokenType.CENTRAL)
    card(desk, "", type=IdTokenType.NO_AUTHORIZATION)
    card(desk, "NL-TNM-C00122045-K-LONG", type=IdTokenType.EMAID)
    card(desk, "04EEEEEE", expires_at=NOW)
    card(desk, "AABBCCDDEEFF", type=IdTokenType.MAC_ADDRESS)
    IdTokenFactory.create(uid="04F0F0F0")  # another operator's
    desk.in_step()
    assert desk.told()[0][3] == ["04A1A1A1 Accepted"]

    newer = Desk(protocol="ocpp2.0.1", operator=desk.station.operator, autocharge="on")
    newer.in_step()
    assert sorted(newer.told()[0][3]) == [
        "04A1A1A1 Accepted",
        "AABBCCDDEEFF Accepted",
        "NL-TNM-C00122045-K-LONG Accepted",
    ]


@pytest.fixture
def _local_defaults_again() -> Iterator[None]:
    before = ports.authorizers()
    yield
    ports.set_authorizers(before)


@pytest.mark.usefixtures("_local_defaults_again")
def test_a_list_says_what_authorize_would_answer() -> None:
    """Whoever else decides is asked for each token of each station, and local rules come after."""
    desk = Desk()
    for uid in ("04A1A1A1", "04B2B2B2", "04C3C3C3", "04D4D4D4", "04E5E5E5"):
        card(desk, uid)
    card(desk, "04F6F6F6", is_blocked=True)
    until = NOW + timedelta(days=3)
    answers: dict[str, ports.Decision] = {
        "04A1A1A1": ports.Allow(expires_at=until, parent_uid="GROUP"),
        "04B2B2B2": ports.Deny(AuthorizationStatus.NO_CREDIT),
        "04C3C3C3": ports.Deny(AuthorizationStatus.BLOCKED),
        "04D4D4D4": ports.Deny(AuthorizationStatus.EXPIRED),
    }
    asked: list[ports.TokenRequest] = []

    def shop(request: ports.TokenRequest) -> ports.Decision:
        asked.append(request)
        return answers.get(request.id_token.uid, ports.Pass())

    ports.set_authorizers((shop, LocalTokens()))
    desk.in_step()

    assert sorted(desk.told()[0][3]) == [
        "04A1A1A1 Accepted",
        "04B2B2B2 Invalid",
        "04C3C3C3 Blocked",
        "04E5E5E5 Accepted",
        "04F6F6F6 Blocked",
    ]
    sent = StationCommand.objects.get(station=desk.station, kind="send_local_list").arguments
    (mine,) = [entry for entry in sent["entries"] if entry["uid"] == "04A1A1A1"]
    assert (mine["expires_at"], mine["parent_uid"]) == (until.isoformat(), "GROUP")
    assert {(r.station.station_id, r.starting, r.evse) for r in asked} == {
        (desk.station.pk, False, None)
    }


@pytest.mark.usefixtures("_local_defaults_again")
def test_a_token_that_nobody_decides_on_is_not_listed() -> None:
    desk = Desk()
    card(desk, "04A1A1A1")
    ports.set_authorizers((lambda _request: ports.Pass(),))
    desk.in_step()
    assert desk.told() == [("Full", 1, "accepted", [], [])]


def test_a_small_station_gets_what_fits_in_messages_that_fit() -> None:
    desk = Desk()
    for name, value in (("LocalAuthListMaxLength", "3"), ("SendLocalListMaxLength", "2")):
        desk.station.variables.create(
            operator=desk.station.operator, name=name, value=value, reported_at=NOW
        )
    regular = card(desk, "04000000")
    for number in range(1, 6):
        card(desk, f"0400000{number}", created_at=after(number))
    card(desk, "04BBBBBB", is_blocked=True, created_at=after(9))
    TransactionFactory.create(station=desk.station, id_token=regular)
    desk.in_step(10)
    assert desk.told() == [
        ("Full", 1, "accepted", ["04000000 Accepted", "04000005 Accepted"], []),
        ("Differential", 2, "accepted", ["04000004 Accepted"], []),
    ]
    assert (desk.row.entry_count, desk.row.version) == (3, 2)


def test_a_mismatch_is_answered_by_a_full_list_of_a_higher_number() -> None:
    desk = Desk()
    card(desk, "04A1A1A1")
    desk.in_step()
    card(desk, "04B2B2B2")
    sync_list(station=desk.station, full=False, now=after(20))
    desk.answer(MISMATCH, 21)
    assert [row[:3] for row in desk.told()] == [
        ("Full", 1, "accepted"),
        ("Differential", 2, "failed"),
        ("Full", 3, "queued"),
    ]
    desk.answer(ACCEPTED, 22)
    row = desk.row
    assert (row.state, row.version, row.failures, row.last_error) == ("in_step", 3, 0, "")


def test_failures_are_repeated_ever_later_and_then_given_up() -> None:
    desk = Desk()
    card(desk, "04A1A1A1")
    desk.sweep()
    desk.answer(version(0))
    when = 0.0
    for pause in (0, 60, 300, 1_800):
        desk.answer(FAILED, when)
        when += pause
        if pause:
            assert desk.sweep(when - 1) == 0
            assert desk.sweep(when) == 1
    desk.answer(FAILED, when)
    row = desk.row
    assert (row.state, row.failures, row.last_error, row.due_at) == ("failed", 5, "Failed", None)
    assert desk.asked() is None
    assert desk.sweep(when + 10**6) == 0
    assert [found[1] for found in desk.told()] == [1, 2, 3, 4, 5]
    # a person may try again
    sync_list(station=desk.station, full=False, now=after(when + 1))
    desk.answer(ACCEPTED, when + 2)
    assert (desk.row.state, desk.row.version) == ("in_step", 6)


@pytest.mark.parametrize("outcome", [UNSUPPORTED, version(-1)])
def test_a_station_without_lists_is_left_alone(outcome: Outcome) -> None:
    desk = Desk()
    card(desk, "04A1A1A1")
    desk.sweep()
    desk.answer(outcome)
    row = desk.row
    assert (row.state, row.due_at, row.version) == ("not_supported", None, 0)
    assert row.last_error != ""
    card(desk, "04B2B2B2")
    assert desk.sweep(100) == 0
    assert desk.told() == []


def test_an_offline_station_catches_up_when_it_returns() -> None:
    desk = Desk()
    token = card(desk, "04A1A1A1")
    desk.in_step()
    ChargingStation.objects.filter(pk=desk.station.pk).update(is_online=False)
    block_id_token(token=token, blocked=True, actor=ACTOR, now=after(10))
    assert desk.sweep(100) == 0
    assert desk.row.state == "waiting"
    ChargingStation.objects.filter(pk=desk.station.pk).update(
        is_online=True, connected_at=after(200)
    )
    assert desk.sweep(201) == 1
    assert desk.answer(version(1), 202).kind == "get_local_list_version"
    assert desk.told()[1:] == [("Differential", 2, "queued", ["04A1A1A1 Blocked"], [])]


def test_a_station_that_forgot_its_list_gets_it_again() -> None:
    desk = Desk()
    card(desk, "04A1A1A1")
    desk.in_step()
    ChargingStation.objects.filter(pk=desk.station.pk).update(connected_at=after(200))
    assert desk.sweep(201) == 1
    desk.answer(version(0), 202)
    assert [row[:3] for row in desk.told()[1:]] == [("Full", 2, "queued")]


def test_a_station_that_returns_with_its_list_is_only_asked() -> None:
    desk = Desk()
    card(desk, "04A1A1A1")
    desk.in_step()
    ChargingStation.objects.filter(pk=desk.station.pk).update(connected_at=after(200))
    desk.sweep(201)
    desk.answer(version(1), 202)
    assert (len(desk.told()), desk.row.state) == (1, "in_step")


@pytest.mark.parametrize(
    ("told", "expected"), [(1, ("Differential", 3)), (2, ("Full", 3)), (9, ("Full", 10))]
)
def test_a_lost_answer_is_cleared_up_by_the_version(told: int, expected: tuple[str, int]) -> None:
    desk = Desk()
    card(desk, "04A1A1A1")
    desk.in_step()
    card(desk, "04B2B2B2")
    sync_list(station=desk.station, full=False, now=after(20))
    take_queued(station_id=desk.station.pk, epoch=1, now=after(20))
    assert time_out_commands(now=after(200)) == 1
    desk.sweep(200)
    assert desk.answer(version(told), 201).kind == "get_local_list_version"
    assert [row[:2] for row in desk.told()[2:]] == [expected]


def test_a_late_answer_changes_nothing() -> None:
    desk = Desk()
    card(desk, "04A1A1A1")
    desk.in_step()
    (sent,) = StationCommand.objects.filter(kind="send_local_list")
    assert not finish(command_id=sent.pk, outcome=MISMATCH, now=after(30))
    desk.sweep(31)
    assert (desk.row.state, desk.row.version) == ("in_step", 1)


def test_a_list_that_is_not_managed_is_left_alone_but_for_a_person() -> None:
    desk = Desk()
    LocalList.objects.update(is_managed=False)
    card(desk, "04A1A1A1")
    desk.sweep(1)
    assert desk.asked() is None
    read_version(station=desk.station, now=after(2), actor=ACTOR)
    desk.answer(version(7), 3)
    assert (desk.row.version, desk.row.state, desk.asked()) == (7, "unknown", None)
    command = sync_list(station=desk.station, full=True, actor=ACTOR, now=after(4))
    assert command.arguments["version"] == 8
    desk.answer(ACCEPTED, 5)
    row = desk.row
    assert (row.version, row.state, row.due_at, row.is_managed) == (8, "in_step", None, False)


def test_what_a_person_may_not_ask_for() -> None:
    desk = Desk()
    desk.in_step()
    with pytest.raises(UnableToCommand, match="in step"):
        sync_list(station=desk.station, full=False, now=after(1))
    sync_list(station=desk.station, full=True, now=after(1))
    with pytest.raises(UnableToCommand, match="not answered"):
        sync_list(station=desk.station, full=True, now=after(2))
    with pytest.raises(UnableToCommand, match="not answered"):
        read_version(station=desk.station, now=after(2))
    offline = Desk(is_online=False)
    with pytest.raises(UnableToCommand, match="offline"):
        sync_list(station=offline.station, full=True, now=NOW)
    assert offline.asked() is None
    disabled = Desk(is_enabled=False)
    with pytest.raises(UnableToCommand, match="disabled"):
        sync_list(station=disabled.station, full=True, now=NOW)


def test_managing_reads_the_station_s_limits_first() -> None:
    station = StationFactory.create(protocol="ocpp2.0.1")
    row = manage_list(station=station, is_managed=True, actor=ACTOR, now=NOW)
    assert (row.is_managed, row.due_at) == (True, after(5))
    (asked,) = StationCommand.objects.filter(station=station)
    assert asked.kind == "get_variables"
    assert "LocalAuthListCtrlr.ItemsPerMessage" in asked.arguments["names"]
    manage_list(station=station, is_managed=True, actor=ACTOR, now=NOW)
    assert StationCommand.objects.count() == 1
    row = manage_list(station=station, is_managed=False, actor=ACTOR, now=NOW)
    assert (row.is_managed, row.due_at) == (False, None)


def test_another_operator_s_tokens_wake_nobody() -> None:
    desk = Desk()
    card(desk, "04A1A1A1")
    desk.in_step()
    before = desk.row.due_at
    details = TokenDetails(uid="04C3C3C3")
    other = OperatorFactory.create()
    add_id_token(operator=other, driver=None, details=details, actor=ACTOR, now=after(10))
    assert desk.sweep(20) == 0
    assert desk.row.due_at == before


def test_a_list_is_looked_at_again_within_a_day() -> None:
    desk = Desk()
    token = card(desk, "04A1A1A1")
    desk.in_step()
    IdToken.objects.filter(pk=token.pk).update(is_blocked=True)  # no event tells of it
    assert desk.sweep(3_600) == 0
    assert desk.sweep(86_400) == 1
    assert desk.told()[1][3] == ["04A1A1A1 Blocked"]


def test_a_command_of_the_list_ends_like_any_other() -> None:
    desk = Desk()
    desk.sweep()
    command = desk.answer(version(0))
    command.refresh_from_db()
    assert command.status == CommandStatus.ACCEPTED
    assert command.result == {"version": 0}
