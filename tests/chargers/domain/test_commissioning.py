"""The list of a station on its way into service: what each item says, and what to do about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chargers.domain.commissioning import checklist, open_items
from chargers.domain.commissioning.connecting import looks_alike
from chargers.domain.commissioning.facts import (
    Asked,
    Charged,
    Check,
    CheckKey,
    CheckState,
    Clocked,
    Facts,
    Metered,
    PlugFact,
    Refusal,
    Remedy,
    Stranger,
)
from chargers.domain.security import HandshakeFault as F
from tests.factories import NOW

EMPTY = Facts(identity="K7QX2M9PVD4RTN1A", since=NOW)
PLUGS = tuple(
    PlugFact(evse=n, number=1, type="Type 2", status="Available", reported_at=NOW) for n in (1, 2)
)
CONNECTED = replace(
    EMPTY, is_online=True, connected_at=NOW, protocol="OCPP 1.6J", profile=2, min_profile=2
)
READY = replace(
    CONNECTED,
    vendor="Alfen BV",
    model="NG910",
    firmware="6.4",
    booted_at=NOW,
    plugs=PLUGS,
    clocks=(Clocked(device_at=NOW, received_at=NOW + timedelta(seconds=3)),),
    metered=Metered(at=NOW, evse=1, energy_wh=12_345, power_w=7_400),
    charges=(
        Charged(evse=1, started_at=NOW, is_active=False, energy_wh=420, ended_at=NOW),
        Charged(evse=2, started_at=NOW, is_active=False, energy_wh=380, ended_at=NOW),
    ),
)


def check(facts: Facts, key: str, *, now: datetime = NOW) -> Check:
    return next(one for one in checklist(facts, now=now) if one.key == key)


def seen(one: Check) -> tuple[str, str]:
    return one.state.value, one.text


def test_a_new_station_waits_for_everything_in_the_order_of_events() -> None:
    checks = checklist(EMPTY, now=NOW)
    assert [one.key for one in checks] == list(CheckKey)
    assert {one.state for one in checks} == {CheckState.WAITING}
    assert [one.remedy for one in checks] == [None] * 6
    assert len(open_items(checks)) == 6
    assert checks[0].advice[0].startswith("Nothing has dialled with this identity.")


def test_a_ready_station_has_every_item() -> None:
    checks = checklist(READY, now=NOW)
    assert open_items(checks) == []
    assert [seen(one) for one in checks] == [
        ("done", "Connected (OCPP 1.6J, security profile 2)."),
        ("done", "It says it is Alfen BV NG910, firmware 6.4."),
        ("done", "2 connectors have reported."),
        ("done", "Its clock is right to 3 s."),
        ("done", "EVSE 1: 12.345 kWh, 7.4 kW."),
        ("done", "Charged and stopped. EVSE 1: 0.42 kWh; EVSE 2: 0.38 kWh."),
    ]
    assert [one.advice for one in checks] == [()] * 6


@pytest.mark.parametrize("fault", list(F))
def test_every_refusal_is_told_with_what_to_do(fault: F) -> None:
    refusal = Refusal(fault=fault, count=1, last_at=NOW)
    one = check(replace(EMPTY, refusals=[refusal]), "connected")
    assert one.state == CheckState.PROBLEM
    assert (len(one.notes), one.notes[0].at) == (1, NOW)
    assert one.notes[0].text.endswith(".")
    assert len(one.advice) == 1
    assert len(one.advice[0]) > 20


def test_the_wrong_password_and_an_unencrypted_address() -> None:
    early = Refusal(fault=F.WRONG_KEY, count=4, last_at=NOW, address="10.0.0.7")
    late = Refusal(fault=F.PROFILE_TOO_LOW, count=1, last_at=NOW + timedelta(minutes=1))
    one = check(replace(EMPTY, min_profile=2, refusals=[late, early]), "connected")
    assert one.notes[1].text == (
        "A station dialled with this identity, but the wrong password, 4 times, from 10.0.0.7."
    )
    assert one.advice[0].startswith("It dialled an unencrypted address, but needs profile 2.")
    only = check(replace(EMPTY, min_profile=3, refusals=[late]), "connected")
    assert only.advice[0].startswith("It needs a client certificate of its own")


def test_a_lookalike_is_told() -> None:
    stranger = Stranger(identity="K7QX2M9PVD4RTNIA", last_at=NOW)
    one = check(replace(EMPTY, strangers=[stranger]), "connected")
    assert one.notes[0].text == "A station dialled as “K7QX2M9PVD4RTNIA”."
    assert one.advice == (
        "Is the identity mistyped at the station? It must be K7QX2M9PVD4RTN1A exactly.",
    )


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        ("K7QX2M9PVD4RTN1A", False),  # the very same is no lookalike
        ("k7qx2m9pvd4rtn1a", True),
        ("K7QX-2M9P-VD4R-TN1A", True),
        ("K7QX2M9PVD4RTN1", True),
        ("K7QX2M9PVD4RTN1AA", True),
        ("K7QX2M9PVD4RNT1A", True),
        ("K7QX2M9PVD4RTN1A/K7QX2M9PVD4RTN1A", True),
        ("K7QX2M9PVD4RTNXX", False),
        ("AAAAAAAAAAAAAAAA", False),
        ("", False),
    ],
)
def test_what_looks_alike(other: str, *, alike: bool) -> None:
    assert looks_alike(EMPTY.identity, other) is alike


def test_short_identities_are_alike_only_when_they_are_the_same_but_for_case() -> None:
    assert looks_alike("CP01", "cp-01")
    assert not looks_alike("CP01", "CP02")


def test_a_disabled_station_and_one_that_went_away() -> None:
    disabled = check(replace(EMPTY, is_enabled=False), "connected")
    assert seen(disabled) == ("problem", "No connection yet.")
    assert disabled.advice == ("The station is disabled here. Enable it, then it may connect.",)
    gone = replace(CONNECTED, is_online=False, disconnected_at=NOW + timedelta(minutes=2))
    one = check(gone, "connected")
    assert seen(one) == ("problem", "It was connected and is offline now.")
    assert one.at == NOW + timedelta(minutes=2)


def test_a_weak_profile_is_pointed_out() -> None:
    one = check(replace(CONNECTED, profile=1), "connected")
    assert one.state == CheckState.ATTENTION
    assert "is to use 2" in one.advice[0]


def test_boot_is_asked_for_after_a_while() -> None:
    assert check(CONNECTED, "booted").advice == ()
    late = check(CONNECTED, "booted", now=NOW + timedelta(seconds=60))
    assert (late.remedy, len(late.advice)) == (Remedy.ASK_BOOT, 1)


@pytest.mark.parametrize(
    ("planned", "told", "state"),
    [
        (("Alfen", "Eve Double"), ("Alfen BV", "NG920"), "done"),
        (("Wallbox", ""), ("Wall Box Chargers", "PLP1"), "done"),
        (("KEBA", "P30"), ("Alfen BV", "NG920"), "attention"),
        (("", ""), ("Alfen BV", "NG920"), "done"),
        (("", "HYC300"), ("", "HYC300-2"), "done"),
    ],
)
def test_the_make_is_compared(planned: tuple[str, str], told: tuple[str, str], state: str) -> None:
    facts = replace(
        READY,
        planned_vendor=planned[0],
        planned_model=planned[1],
        vendor=told[0],
        model=told[1],
    )
    assert check(facts, "booted").state == state


def test_a_pending_station_is_told_to_wait() -> None:
    one = check(replace(READY, registration="Pending"), "booted")
    assert one.advice == ("It is told to wait until you finish here; then it is accepted.",)


def test_silent_and_broken_connectors() -> None:
    silent = replace(READY, plugs=(PLUGS[0], replace(PLUGS[1], reported_at=None)))
    assert seen(check(silent, "connectors")) == ("waiting", "1 of 2 connectors have reported.")
    late = check(silent, "connectors", now=NOW + timedelta(minutes=2))
    assert (late.state, late.remedy) == (CheckState.PROBLEM, Remedy.ASK_STATUS)
    assert late.advice[0].startswith("EVSE 2 connector 1 has not reported.")
    broken = replace(READY, plugs=(replace(PLUGS[0], status="Faulted", error="GroundFailure"),))
    one = check(broken, "connectors")
    assert one.state == CheckState.ATTENTION
    assert one.notes[0].text == "EVSE 1, Type 2: fault GroundFailure."
    more = check(replace(READY, planned_evses=1), "connectors")
    assert more.advice[0].startswith("It has 1 more than was planned.")


def _clocked(**off: float) -> dict[str, Any]:
    return {"clocks": (Clocked(device_at=NOW + timedelta(**off), received_at=NOW),)}


@pytest.mark.parametrize(
    ("off", "state", "text"),
    [
        ({"seconds": 60}, "done", "Its clock is right to 60 s."),
        ({"seconds": -61}, "attention", "Its clock is 61 s behind."),
        ({"minutes": 5}, "attention", "Its clock is 5 min ahead."),
        ({"hours": 2}, "attention", "Its clock is 2 h ahead."),
        ({"hours": -2, "minutes": -20}, "attention", "Its clock is 2 h 20 min behind."),
        ({"days": -6}, "attention", "Its clock is 6 days behind."),
        ({"days": -20_000}, "attention", "Its clock was never set."),
    ],
)
def test_the_clock(off: dict[str, float], state: str, text: str) -> None:
    one = check(replace(READY, **_clocked(**off)), "clock")
    assert seen(one) == (state, text)


def test_whole_hours_are_a_time_zone_and_late_messages_no_wrong_clock() -> None:
    assert check(replace(READY, **_clocked(hours=2)), "clock").advice[0].startswith("Whole hours")
    held_back = Clocked(device_at=NOW - timedelta(hours=9), received_at=NOW)
    live = Clocked(device_at=NOW, received_at=NOW)
    assert check(replace(READY, clocks=(held_back, live)), "clock").state == CheckState.DONE


@pytest.mark.parametrize(
    ("asked", "state", "text"),
    [
        ("sent", "waiting", None),
        ("accepted", "waiting", "It was asked for a reading and will send one"),
        ("not_supported", "waiting", "It cannot be asked for a reading"),
        ("timed_out", "problem", "It was asked for a reading and gave no answer"),
    ],
)
def test_the_meter_is_asked(asked: str, state: str, text: str | None) -> None:
    facts = replace(READY, metered=None, meter_asked=Asked(state=asked, at=NOW))
    one = check(facts, "meter")
    assert (one.state, one.remedy) == (state, Remedy.READ_METER)
    assert [note.text for note in one.notes] == ([text] if text else [])


def test_a_reading_without_energy_cannot_be_billed() -> None:
    one = check(replace(READY, metered=Metered(at=NOW, evse=2, power_w=11_000)), "meter")
    assert seen(one) == ("attention", "EVSE 2: 11.0 kW.")
    assert one.advice[0].startswith("It tells no energy.")


@pytest.mark.parametrize(
    ("asked", "state", "text"),
    [
        ({"state": "queued"}, "waiting", "Asked to start, no answer yet"),
        ({"state": "accepted"}, "waiting", "It accepted the start"),
        ({"state": "timed_out"}, "problem", "Asked to start, and gave no answer"),
        ({"state": "rejected", "raw_status": "Rejected"}, "problem",
         "It refused to start (Rejected)"),
        ({"state": "failed"}, "problem", "It refused to start"),
    ],
)  # fmt: skip
def test_a_start_and_its_answer(asked: dict[str, str], state: str, text: str) -> None:
    facts = replace(READY, charges=(), start_asked=Asked(at=NOW, **asked))
    one = check(facts, "charge")
    assert (one.state, one.notes[0].text, one.remedy) == (state, text, Remedy.START_CHARGE)


def test_a_test_charge_from_start_to_end() -> None:
    running = Charged(evse=1, started_at=NOW, is_active=True, energy_wh=0)
    one = check(replace(READY, charges=(running,)), "charge")
    assert seen(one) == ("waiting", "Charging at EVSE 1, no energy yet.")
    assert one.remedy == Remedy.STOP_CHARGE
    flown = check(replace(READY, charges=(replace(running, energy_wh=230),)), "charge")
    assert flown.text == "Charging at EVSE 1, 0.23 kWh so far."
    ended = replace(running, is_active=False, ended_at=NOW)
    empty = check(replace(READY, charges=(ended,)), "charge")
    assert seen(empty) == ("problem", "A session ended without any energy.")
    good = check(replace(READY, charges=(replace(ended, energy_wh=230),)), "charge")
    assert seen(good) == ("done", "Charged and stopped. EVSE 1: 0.23 kWh.")
    assert (good.advice, good.remedy) == (("EVSE 2 has not been tried.",), Remedy.START_CHARGE)


def test_nothing_is_offered_that_an_offline_station_cannot_do() -> None:
    offline = replace(READY, is_online=False, metered=None, charges=(), booted_at=None)
    assert {one.remedy for one in checklist(offline, now=NOW)} == {None}
