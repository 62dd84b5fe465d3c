from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chargers.domain.messages import BootNotification, Reading
from chargers.domain.vocabulary import AuthorizationStatus, ConnectorStatus
from chargers.models import StationCommand, Transaction
from chargers.services.transactions.stale import end_stale_transactions
from common.tenancy import system_scope
from tests.chargers.services.conversation import TAG, Conversation, at, codes, reading
from tests.factories import (
    NOW,
    IdTokenFactory,
    OperatorFactory,
    StationCommandFactory,
    StationFactory,
)

pytestmark = pytest.mark.django_db

UNSET_CLOCK = datetime(1970, 1, 1, 0, 0, 23, tzinfo=UTC)


def charged(row: Transaction) -> tuple[str, int, bool, list[str]]:
    return row.state, row.energy_wh, row.needs_review, codes(row)


def test_a_session_from_start_to_stop() -> None:
    talk = Conversation.begin()

    started = talk.start(0, meter_wh=1_000)

    row = talk.only()
    assert started.assigned_id == row.assigned_id
    assert started.token is not None
    assert started.token.status == AuthorizationStatus.ACCEPTED
    assert row.station_ref == str(row.assigned_id)
    assert (row.state, row.meter_start_wh, row.id_token_uid) == ("active", 1_000, TAG)
    assert row.driver is not None
    assert row.location_id == talk.station.location_id
    assert row.connector_id == talk.connector().pk
    assert talk.active_at(1) == row.station_ref
    assert talk.kinds() == ["transaction_started"]

    talk.stop(30, row.station_ref, meter_wh=11_000, stop_reason="EVDisconnected")

    row = talk.only()
    assert charged(row) == ("ended", 10_000, False, [])
    assert (row.started_at, row.ended_at) == (at(0), at(30))
    assert (row.meter_stop_wh, row.stop_reason) == (11_000, "EVDisconnected")
    assert talk.active_at(1) is None
    assert talk.kinds() == ["transaction_started", "transaction_ended"]
    assert talk.events()[1][1] == {
        "evse": 1,
        "energy_wh": 10_000,
        "ended_at": "2026-03-14T12:30:00Z",
        "stop_reason": "EVDisconnected",
        "provisional": False,
    }


# -- starts --------------------------------------------------------------------------------------


def test_q37_start_retried_with_same_content_gets_same_id() -> None:
    talk = Conversation.begin()

    ids = {talk.start(0, meter_wh=1_000).assigned_id for _ in range(4)}

    assert ids == {talk.only().assigned_id}
    assert talk.kinds() == ["transaction_started"]


def test_q38_start_retried_with_new_id_is_one_session() -> None:
    talk = Conversation.begin()
    first = talk.start(0, meter_wh=1_000)

    again = talk.start(0, meter_wh=1_000, tag=TAG.lower(), received=at(90))

    assert again == first
    assert charged(talk.only()) == ("active", 0, False, [])


def test_q38_start_repeated_after_its_session_ended_opens_nothing() -> None:
    talk = Conversation.begin()
    first = talk.start(0, meter_wh=1_000)
    talk.stop(30, first.assigned_id, meter_wh=5_000)

    again = talk.start(0, meter_wh=1_000, received=at(40))

    assert again.assigned_id == first.assigned_id
    assert talk.only().state == "ended"
    assert talk.active_at(1) is None


def test_q38_start_repeated_without_a_clock_is_one_session_in_review() -> None:
    talk = Conversation.begin()
    first = talk.start(0, meter_wh=1_000, device_at=UNSET_CLOCK)

    again = talk.start(1, meter_wh=1_000, device_at=UNSET_CLOCK)
    talk.start(2, meter_wh=1_000, device_at=UNSET_CLOCK)

    assert again.assigned_id == first.assigned_id
    assert charged(talk.only()) == ("active", 0, True, ["untrusted_clock", "start_repeated"])
    assert talk.kinds().count("transaction_flagged") == 2


def test_same_content_at_another_station_is_another_session() -> None:
    talk = Conversation.begin()
    neighbour = Conversation.begin(operator=talk.station.operator)

    first = talk.start(0, meter_wh=1_000)
    second = neighbour.start(0, meter_wh=1_000)

    assert first.assigned_id != second.assigned_id
    assert talk.only().pk != neighbour.only().pk


def test_q39_second_start_closes_the_first_provisionally() -> None:
    talk = Conversation.begin()
    first = talk.start(0, meter_wh=1_000)
    talk.update(20, str(first.assigned_id), readings=(reading(20, 6_000),))

    second = talk.start(60, meter_wh=6_500)

    old, new = talk.transactions()
    assert charged(old) == ("provisional", 5_000, True, ["superseded"])
    assert old.ended_at == at(20)
    assert new.assigned_id == second.assigned_id
    assert new.state == "active"
    assert talk.active_at(1) == new.station_ref
    assert talk.kinds() == [
        "transaction_started",
        "transaction_flagged",
        "transaction_ended",
        "transaction_started",
    ]


def test_a_replayed_older_start_leaves_the_running_session_alone() -> None:
    talk = Conversation.begin()
    live = talk.start(60, meter_wh=6_500)

    older = talk.start(0, meter_wh=1_000, received=at(61))

    assert talk.active_at(1) == str(live.assigned_id)
    talk.stop(20, older.assigned_id, meter_wh=3_000, received=at(62))
    rows = {row.assigned_id: row for row in talk.transactions()}
    assert charged(rows[older.assigned_id]) == ("ended", 2_000, False, [])
    assert rows[live.assigned_id].state == "active"
    assert talk.active_at(1) == str(live.assigned_id)


def test_q51_assigned_ids_are_random_and_fit_int31() -> None:
    talk = Conversation.begin()

    ids = [talk.start(n, meter_wh=n).assigned_id or 0 for n in range(20)]

    assert len(set(ids)) == 20
    assert all(0 < number < 2**31 for number in ids)
    assert ids != sorted(ids)


def test_q31_start_with_unset_clock_uses_the_time_of_receipt_and_is_flagged() -> None:
    talk = Conversation.begin()

    talk.start(5, meter_wh=1_000, device_at=UNSET_CLOCK)

    row = talk.only()
    assert (row.started_at, row.started_device_at) == (at(5), UNSET_CLOCK)
    assert (row.start_key, row.needs_review, codes(row)) == ("", True, ["untrusted_clock"])


@pytest.mark.parametrize(
    "poison", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC), None]
)
def test_q34_poison_time_is_rejected_but_not_the_session(poison: datetime | None) -> None:
    talk = Conversation.begin()

    started = talk.start(5, meter_wh=1_000, device_at=poison)
    talk.stop(35, started.assigned_id, meter_wh=5_000, device_at=poison)

    row = talk.only()
    assert (row.started_device_at, row.ended_device_at) == (None, None)
    assert (row.started_at, row.ended_at, row.energy_wh) == (at(5), at(35), 4_000)


def test_evse_and_connector_numbers_are_created_within_bounds() -> None:
    talk = Conversation.begin()

    talk.start(0, meter_wh=0, evse=7, connector=2)
    talk.start(1, meter_wh=0, evse=65)

    known, beyond = talk.transactions()
    assert known.evse is not None
    assert known.connector is not None
    assert (known.evse.number, known.connector.number) == (7, 2)
    assert (beyond.evse, beyond.connector) == (None, None)
    with system_scope("tests"):
        assert talk.station.evses.count() == 3


# -- tokens --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "status"),
    [({"is_blocked": True}, "Blocked"), ({"expires_at": NOW}, "Expired")],
)
def test_q54_refused_token_keeps_the_session_and_sends_a_stop(
    values: dict[str, Any], status: str
) -> None:
    talk = Conversation.begin()
    IdTokenFactory.create(operator=talk.station.operator, uid="REFUSED", **values)

    started = talk.start(0, meter_wh=0, tag="refused")

    row = talk.only()
    assert started.assigned_id == row.assigned_id
    assert started.token is not None
    assert started.token.status == status
    assert (row.authorization_status, row.needs_review) == (status, True)
    assert codes(row) == ["unauthorised"]
    (command,) = talk.commands()
    assert command.kind == "request_stop_transaction"
    assert command.arguments == {"transaction_ref": row.station_ref}
    assert command.transaction_id == row.pk
    assert (command.status, command.requested_by_id) == ("queued", None)


def test_q55_unknown_token_without_authorize_is_an_unbilled_session_in_review() -> None:
    talk = Conversation.begin()

    for _ in range(2):
        started = talk.start(0, meter_wh=0, tag="STRANGER")

    row = talk.only()
    assert started.token is not None
    assert started.token.status == AuthorizationStatus.UNKNOWN
    assert (row.id_token, row.driver, row.id_token_uid) == (None, None, "STRANGER")
    assert (row.needs_review, codes(row)) == (True, ["unauthorised"])
    assert len(talk.commands()) == 1


def test_a_token_of_another_operator_is_unknown() -> None:
    talk = Conversation.begin()
    IdTokenFactory.create(operator=OperatorFactory.create(), uid="FOREIGN")

    started = talk.start(0, meter_wh=0, tag="FOREIGN")

    assert started.token is not None
    assert started.token.status == AuthorizationStatus.UNKNOWN
    assert talk.only().id_token is None


def remote_start(talk: Conversation, **values: Any) -> StationCommand:
    arguments = {"id_token_uid": TAG, "remote_start_id": 77, "evse": 1}
    return StationCommandFactory.create(
        station=talk.station,
        kind="request_start_transaction",
        arguments=arguments,
        **{"status": "accepted", "requested_at": at(-2), **values},
    )


def test_q48_late_start_with_our_tag_is_linked_to_the_command() -> None:
    talk = Conversation.begin()
    command = remote_start(talk, status="timed_out")

    for _ in range(2):
        talk.start(0, meter_wh=0, tag=TAG.lower())

    (linked,) = talk.commands()
    assert linked.pk == command.pk
    assert linked.transaction_id == talk.only().pk


def test_q48_start_is_linked_by_remote_start_id_even_with_an_unknown_token() -> None:
    talk = Conversation.begin(protocol="ocpp2.0.1")
    remote_start(talk)

    started = talk.start(0, transaction_ref="a", seq_no=0, remote_start_id=77, tag="PORTAL")

    assert started.token is not None
    assert started.token.status == AuthorizationStatus.ACCEPTED
    assert talk.only().needs_review is False
    assert talk.commands()[0].transaction_id == talk.only().pk


def charger_of(talk: Conversation) -> tuple[str, str, bool, str]:
    row = talk.only()
    known = row.id_token_id is not None
    return row.id_token_uid, row.id_token_type, known, row.authorization_status


def test_a_start_with_our_number_alone_charges_for_the_token_that_we_sent() -> None:
    talk = Conversation.begin(protocol="ocpp2.0.1")
    remote_start(talk)

    started = talk.start(0, transaction_ref="a", seq_no=0, remote_start_id=77, tag=None)

    assert started.token is None
    assert charger_of(talk) == (TAG, "Central", True, "Accepted")
    assert talk.only().needs_review is False
    assert talk.commands()[0].transaction_id == talk.only().pk


def test_our_number_may_come_with_the_next_event_of_a_session_begun_by_the_cable() -> None:
    talk = Conversation.begin(protocol="ocpp2.0.1")
    talk.start(0, transaction_ref="a", seq_no=0, tag=None)
    remote_start(talk, requested_at=at(1))

    updated = talk.update(2, "a", seq_no=1, remote_start_id=77, readings=(reading(2, 10),))

    assert updated.token is None
    assert charger_of(talk) == (TAG, "Central", True, "Accepted")
    assert talk.commands()[0].transaction_id == talk.only().pk


def test_our_number_does_not_change_who_pays() -> None:
    talk = Conversation.begin(protocol="ocpp2.0.1")
    IdTokenFactory.create(operator=talk.station.operator, uid="04FFFFFF")
    talk.start(0, transaction_ref="a", seq_no=0, tag="04FFFFFF")
    remote_start(talk, requested_at=at(1))

    talk.update(2, "a", seq_no=1, remote_start_id=77)

    assert charger_of(talk) == ("04FFFFFF", "ISO14443", True, "Accepted")
    assert talk.commands()[0].transaction_id is None


def test_a_number_that_we_never_gave_names_nobody() -> None:
    talk = Conversation.begin(protocol="ocpp2.0.1")
    remote_start(talk)

    talk.start(0, transaction_ref="a", seq_no=0, remote_start_id=78, tag=None)

    assert charger_of(talk) == ("", "", False, "")
    assert talk.commands()[0].transaction_id is None


def test_a_token_blocked_after_our_command_is_stopped() -> None:
    talk = Conversation.begin(protocol="ocpp2.0.1")
    remote_start(talk)
    with system_scope("tests"):
        talk.station.operator.id_tokens.filter(uid=TAG).update(is_blocked=True)

    talk.start(0, transaction_ref="a", seq_no=0, remote_start_id=77, tag=None)

    assert charger_of(talk) == (TAG, "Central", True, "Blocked")
    assert talk.only().needs_review is True
    assert [command.kind for command in talk.commands()] == [
        "request_start_transaction",
        "request_stop_transaction",
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"status": "rejected"},
        {"requested_at": at(-31)},
        {"arguments": {"id_token_uid": TAG, "remote_start_id": 77, "evse": 2}},
        {"arguments": {"id_token_uid": "OTHER", "remote_start_id": 77, "evse": 1}},
    ],
)
def test_q48_a_command_that_does_not_fit_is_not_linked(values: dict[str, Any]) -> None:
    talk = Conversation.begin()
    arguments = {"id_token_uid": TAG, "remote_start_id": 77, "evse": 1}
    StationCommandFactory.create(
        station=talk.station,
        kind="request_start_transaction",
        **{"arguments": arguments, "status": "accepted", "requested_at": at(-2), **values},
    )

    talk.start(0, meter_wh=0)

    assert talk.commands()[0].transaction_id is None


# -- stops ---------------------------------------------------------------------------------------


def test_q41_stop_repeated_changes_nothing() -> None:
    talk = Conversation.begin()
    ref = talk.start(0, meter_wh=1_000).assigned_id
    talk.stop(30, ref, meter_wh=5_000)
    before = talk.kinds()

    talk.stop(30, ref, meter_wh=5_000, received=at(31))

    assert charged(talk.only()) == ("ended", 4_000, False, [])
    assert talk.only().ended_received_at == at(30)
    assert talk.kinds() == before


def test_q41_different_second_stop_is_kept_for_review_and_billed_once() -> None:
    talk = Conversation.begin()
    ref = talk.start(0, meter_wh=1_000).assigned_id
    talk.stop(30, ref, meter_wh=5_000)

    for _ in range(2):
        talk.stop(30, ref, meter_wh=9_000, received=at(31))

    row = talk.only()
    assert charged(row) == ("ended", 4_000, True, ["second_stop"])
    assert row.meter_stop_wh == 5_000
    assert row.warnings[0]["detail"].startswith("meter 9000 Wh")
    assert talk.kinds().count("transaction_ended") == 1
    assert talk.kinds().count("transaction_flagged") == 1


@pytest.mark.parametrize("lost", ["-1", "0", None])
def test_q42_stop_without_id_ends_the_session_that_fits(lost: str | None) -> None:
    talk = Conversation.begin()
    talk.start(0, meter_wh=1_000)
    IdTokenFactory.create(operator=talk.station.operator, uid="SECOND")
    other = talk.start(1, meter_wh=9_000, evse=2, tag="SECOND")

    for _ in range(2):
        talk.stop(30, lost, tag=TAG.lower(), meter_wh=5_000)

    mine, neighbour, *orphans = talk.transactions()
    assert charged(mine) == ("ended", 4_000, False, ["matched_without_id"])
    assert (neighbour.assigned_id, neighbour.state) == (other.assigned_id, "active")
    # The repetition finds no running session of this token: it is recorded, never guessed.
    assert [charged(row) for row in orphans] == [("ended", 0, True, ["orphan", "energy_unknown"])]


@pytest.mark.parametrize(
    ("minutes", "values"),
    [
        (30, {"meter_wh": 500, "tag": TAG}),  # below the register at the start
        (30, {"meter_wh": 5_000, "tag": "SOMEONE"}),  # another token
        (30, {"meter_wh": 5_000, "evse": 2}),  # another EVSE
        (-30, {"meter_wh": 5_000, "tag": TAG}),  # before the start
    ],
)
def test_q42_stop_without_id_that_fits_nothing_is_an_orphan(
    minutes: float, values: dict[str, Any]
) -> None:
    talk = Conversation.begin()
    live = talk.start(0, meter_wh=1_000)

    for _ in range(2):
        result = talk.stop(minutes, "-1", received=at(40), **values)

    running, orphan = talk.transactions()
    assert (running.assigned_id, running.state) == (live.assigned_id, "active")
    assert talk.active_at(1) == running.station_ref
    assert (orphan.state, orphan.energy_wh, orphan.needs_review) == ("ended", 0, True)
    assert codes(orphan)[0] == "orphan"
    assert orphan.station_ref.startswith("lost-")
    assert result.assigned_id is None


def test_q42_two_running_sessions_and_nothing_named_is_an_orphan() -> None:
    talk = Conversation.begin()
    talk.start(0, meter_wh=1_000)
    talk.start(1, meter_wh=2_000, evse=2)

    talk.stop(30, "-1", meter_wh=5_000)

    assert [row.state for row in talk.transactions()] == ["active", "active", "ended"]


def test_q43_stop_for_a_session_never_seen_is_confirmed_and_recorded() -> None:
    talk = Conversation.begin()
    live = talk.start(0, meter_wh=1_000)

    for _ in range(2):
        result = talk.stop(30, 4_711, meter_wh=5_000)

    running, orphan = talk.transactions()
    assert (running.assigned_id, running.state) == (live.assigned_id, "active")
    assert (orphan.station_ref, orphan.state, orphan.meter_stop_wh) == ("4711", "ended", 5_000)
    assert charged(orphan) == ("ended", 0, True, ["orphan", "energy_unknown"])
    assert result.token is None


def test_q44_stop_from_days_ago_settles_the_provisional_session() -> None:
    talk = Conversation.begin()
    first = talk.start(0, meter_wh=1_000)
    talk.update(10, str(first.assigned_id), readings=(reading(10, 2_000),))
    talk.start(60 * 24 * 3, meter_wh=6_000)

    for _ in range(2):
        talk.stop(45, first.assigned_id, meter_wh=5_900, received=at(60 * 24 * 3 + 1))

    old = talk.transactions()[0]
    assert charged(old) == ("ended", 4_900, False, ["superseded", "completed_late"])
    assert (old.ended_at, old.meter_stop_wh) == (at(45), 5_900)
    ended = [payload for kind, payload in talk.events() if kind == "transaction_ended"]
    assert [(e["energy_wh"], e["provisional"]) for e in ended] == [(1_000, True), (4_900, False)]
    assert talk.active_at(1) == talk.transactions()[1].station_ref


def test_q49_stop_without_tag_and_reason_is_local() -> None:
    talk = Conversation.begin()
    ref = talk.start(0, meter_wh=1_000).assigned_id

    result = talk.stop(30, ref, meter_wh=5_000)

    assert (talk.only().stop_reason, result.token) == ("Local", None)


def test_q53_stop_of_another_stations_session_has_no_effect_on_it() -> None:
    victim = Conversation.begin()
    ref = victim.start(0, meter_wh=1_000).assigned_id
    attacker = Conversation.begin()
    before = victim.only()

    for _ in range(2):
        attacker.stop(30, ref, tag=TAG, meter_wh=1_001)

    after = victim.only()
    assert {f.attname: getattr(after, f.attname) for f in after._meta.fields} == {
        f.attname: getattr(before, f.attname) for f in before._meta.fields
    }
    assert victim.active_at(1) == str(ref)
    assert victim.kinds() == ["transaction_started"]
    assert attacker.only().state == "ended"
    assert codes(attacker.only())[0] == "orphan"
    security = [p for kind, p in attacker.events() if kind == "security_event_reported"]
    assert [event["event_type"] for event in security] == ["ForeignTransactionReferenced"]


def test_q53_readings_for_another_stations_session_have_no_effect_on_it() -> None:
    victim = Conversation.begin()
    ref = str(victim.start(0, meter_wh=1_000).assigned_id)
    attacker = Conversation.begin(operator=victim.station.operator)

    attacker.update(5, ref, readings=(reading(5, 9_000_000),))

    assert victim.only().last_energy_wh is None
    assert victim.readings() == []


def test_stop_before_start_ends_in_review_without_negative_duration() -> None:
    talk = Conversation.begin()
    ref = talk.start(0, meter_wh=1_000).assigned_id

    talk.stop(-30, ref, meter_wh=1_050, received=at(40))

    row = talk.only()
    assert charged(row) == ("ended", 50, True, ["stop_before_start"])
    assert row.ended_at == at(0)


# -- energy --------------------------------------------------------------------------------------


def test_q62_lower_final_register_falls_back_to_the_closing_sample() -> None:
    talk = Conversation.begin()
    ref = talk.start(0, meter_wh=10_000).assigned_id

    closing = reading(30, 14_000, context="Transaction.End")
    talk.stop(30, ref, meter_wh=500, readings=(reading(15, 12_000), closing))

    assert charged(talk.only()) == (
        "ended",
        4_000,
        True,
        ["energy_negative", "energy_from_samples"],
    )


def test_q62_lower_final_register_without_samples_charges_nothing() -> None:
    talk = Conversation.begin()
    ref = talk.start(0, meter_wh=10_000).assigned_id

    talk.stop(30, ref, meter_wh=500)

    assert charged(talk.only()) == ("ended", 0, True, ["energy_negative", "energy_unknown"])


def test_q64_equal_registers_with_samples_that_disagree_go_to_review() -> None:
    talk = Conversation.begin()
    ref = talk.start(0, meter_wh=10_000).assigned_id
    samples = tuple(reading(m, power_w=7_000) for m in (0, 15, 30))

    talk.stop(30, ref, meter_wh=10_000, readings=samples)

    assert charged(talk.only()) == ("ended", 0, True, ["energy_disagrees"])


def test_q68_lifetime_register_as_session_energy_is_not_believed() -> None:
    talk = Conversation.begin()
    ref = talk.start(0, meter_wh=0).assigned_id
    samples = (reading(1, 939_000), reading(29, 943_000))

    talk.stop(30, ref, meter_wh=943_100, readings=samples)

    row = talk.only()
    assert charged(row) == ("ended", 4_000, True, ["energy_implausible", "energy_from_samples"])


def test_q66_session_relative_samples_beside_lifetime_registers_use_the_registers() -> None:
    talk = Conversation.begin()
    ref = talk.start(0, meter_wh=500_000).assigned_id
    samples = (reading(10, 1_000), reading(20, 2_500))

    talk.stop(30, ref, meter_wh=504_000, readings=samples)

    assert charged(talk.only()) == ("ended", 4_000, False, [])


def test_q31_offline_session_with_unset_clock_keeps_its_energy() -> None:
    talk = Conversation.begin()
    later = UNSET_CLOCK + timedelta(hours=1)
    ref = talk.start(60, meter_wh=1_000, device_at=UNSET_CLOCK).assigned_id

    talk.stop(60, ref, meter_wh=11_000, device_at=later)

    row = talk.only()
    assert (row.state, row.energy_wh) == ("ended", 10_000)
    assert (row.started_at, row.ended_at) == (at(60), at(60))
    assert [(w["code"], w["detail"]) for w in row.warnings] == [
        ("untrusted_clock", "start"),
        ("untrusted_clock", "stop"),
    ]


# -- boot, status, silence -----------------------------------------------------------------------


def boot(talk: Conversation, minutes: float) -> None:
    talk.say(BootNotification(vendor="V", model="M"), received=at(minutes))


def test_q57_boot_does_not_end_a_session() -> None:
    talk = Conversation.begin()
    ref = talk.start(0, meter_wh=1_000).assigned_id

    boot(talk, 10)
    assert end_stale_transactions(now=at(30)) == 0
    talk.stop(40, ref, meter_wh=5_000)

    assert charged(talk.only()) == ("ended", 4_000, False, [])


def test_q57_boot_and_free_connector_close_a_forgotten_session() -> None:
    talk = Conversation.begin()
    ref = talk.start(0, meter_wh=1_000).assigned_id
    talk.update(5, str(ref), readings=(reading(5, 2_000),))
    boot(talk, 10)
    talk.status(11, ConnectorStatus.AVAILABLE)

    assert end_stale_transactions(now=at(14)) == 0
    assert end_stale_transactions(now=at(16)) == 1
    assert end_stale_transactions(now=at(17)) == 0

    row = talk.only()
    assert charged(row) == ("provisional", 1_000, True, ["forgotten_after_boot"])
    assert row.ended_at == at(5)
    assert talk.active_at(1) is None


def test_q57_readings_after_the_boot_keep_the_session_open() -> None:
    talk = Conversation.begin()
    ref = talk.start(0, meter_wh=1_000).assigned_id
    boot(talk, 10)
    talk.status(11, ConnectorStatus.AVAILABLE)
    talk.update(12, str(ref), readings=(reading(12, 2_000),))

    assert end_stale_transactions(now=at(60)) == 0
    assert talk.only().state == "active"


def test_q46_station_offline_for_too_long_ends_the_session_provisionally() -> None:
    talk = Conversation.begin()
    ref = talk.start(0, meter_wh=1_000).assigned_id
    talk.update(5, str(ref), readings=(reading(5, 2_500),))
    with system_scope("tests"):
        talk.station.is_online = False
        talk.station.disconnected_at = at(6)
        talk.station.save()

    assert end_stale_transactions(now=at(6 + 360)) == 0
    assert end_stale_transactions(now=at(6 + 361)) == 1

    row = talk.only()
    assert charged(row) == ("provisional", 1_500, True, ["offline_too_long"])
    assert row.ended_at == at(5)


def test_q46_session_of_another_station_is_not_swept() -> None:
    talk = Conversation.begin()
    talk.start(0, meter_wh=1_000)
    StationFactory.create(is_online=False, disconnected_at=at(0))

    assert end_stale_transactions(now=at(10_000)) == 0
    assert talk.only().state == "active"


def test_q59_status_never_starts_or_ends_a_session() -> None:
    talk = Conversation.begin()
    talk.status(0, ConnectorStatus.OCCUPIED)
    assert talk.transactions() == []

    ref = talk.start(1, meter_wh=1_000).assigned_id
    talk.status(2, ConnectorStatus.AVAILABLE)
    assert talk.only().state == "active"

    talk.stop(30, ref, meter_wh=2_000)
    talk.status(31, ConnectorStatus.OCCUPIED)
    assert charged(talk.only()) == ("ended", 1_000, False, [])


def test_readings_of_the_same_session_are_stored_once() -> None:
    talk = Conversation.begin()
    ref = str(talk.start(0, meter_wh=1_000).assigned_id)
    samples = (reading(5, 2_000, power_w=7_000), reading(10, 3_000, power_w=6_000))

    talk.update(10, ref, readings=samples)
    talk.update(11, ref, readings=samples)
    talk.stop(30, ref, meter_wh=5_000, readings=(*samples, Reading(device_at=None)))

    assert [row.energy_wh for row in talk.readings()] == [2_000, 3_000, None]
    assert talk.only().max_power_w == 7_000
