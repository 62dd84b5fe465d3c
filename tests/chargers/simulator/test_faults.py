"""Every fault does what it says."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from chargers.simulator import LinkLost, NoAnswer, SimulatedStation
from chargers.simulator.faults import FAULTS
from chargers.simulator.local_list import ListEntry
from chargers.simulator.neutral import Reason, Tx
from tests.chargers.simulator.conftest import START
from tests.chargers.simulator.fake_csms import FakeCsms

pytestmark = pytest.mark.asyncio
CARD = "04A1B2C3"
START_ACTION = {"ocpp1.6": "StartTransaction", "ocpp2.0.1": "TransactionEvent"}


async def charging(station: SimulatedStation, minutes: float = 1) -> Tx:
    await station.plug_in(1)
    tx = await station.authorize_and_start(1, CARD)
    await station.charge(minutes=minutes)
    return tx


def starts(csms: FakeCsms) -> list[tuple[str, dict[str, Any]]]:
    return [
        (message_id, payload)
        for _, message_id, action, payload in csms.calls
        if action == "StartTransaction" or payload.get("eventType") == "Started"
    ]


def stops(csms: FakeCsms) -> list[tuple[str, dict[str, Any]]]:
    return [
        (message_id, payload)
        for _, message_id, action, payload in csms.calls
        if action == "StopTransaction" or payload.get("eventType") == "Ended"
    ]


def states(csms: FakeCsms) -> list[str]:
    return [
        status.get("status") or status["connectorStatus"]
        for status in csms.seen("StatusNotification")
    ]


async def test_an_unknown_fault_is_named(station: SimulatedStation) -> None:
    with pytest.raises(ValueError, match=r"unknown fault 'rust'; known: .*clear_fault.*offline"):
        await station.inject("rust")
    assert len(FAULTS) == 25


async def test_connector_fault_ends_the_session_and_clears(
    station: SimulatedStation, csms: FakeCsms
) -> None:
    tx = await charging(station, minutes=6)
    await station.inject("connector_fault", evse=1, code="GroundFailure", vendor_code="E-17")
    assert tx.reason is Reason.GROUND_FAULT
    assert tx.energy_wh == 1_104
    assert states(csms)[-1] == "Faulted"
    await station.charge(minutes=6)
    await station.inject("clear_fault", evse=1)
    assert station.model.evse(1).status == "Finishing"
    assert len(stops(csms)) == 1
    if station.wire.subprotocol == "ocpp1.6":
        faulted = csms.seen("StatusNotification")[-2]
        assert (faulted["errorCode"], faulted["vendorErrorCode"]) == ("GroundFailure", "E-17")
    else:
        details = [event["eventData"][0] for event in csms.seen("NotifyEvent")]
        assert [detail["cleared"] for detail in details] == [False, True]
        assert details[0]["techCode"] == "E-17"


async def test_offline_messages_are_replayed_in_order(
    station: SimulatedStation, csms: FakeCsms
) -> None:
    station.desk.local_list.entries[CARD] = ListEntry()
    await station.inject("offline")
    assert not station.connected
    before = len(csms.calls)
    tx = await charging(station, minutes=3)
    await station.stop(tx)
    await station.unplug(1)
    assert len(csms.calls) == before
    assert tx.energy_wh == 552
    assert station.queued == 5  # start, three samples, stop
    await station.inject("online")
    assert station.queued == 0
    replayed = csms.calls[before : before + 5]
    if station.wire.subprotocol == "ocpp1.6":
        assert [action for _, _, action, _ in replayed] == [
            "StartTransaction",
            *["MeterValues"] * 3,
            "StopTransaction",
        ]
        assert {p["transactionId"] for _, _, _, p in replayed[1:]} == {1000}
        assert replayed[0][3]["timestamp"] == "2026-03-02T08:00:00.000Z"
    else:
        assert [p["seqNo"] for _, _, _, p in replayed] == [0, 1, 2, 3, 4]
        assert all(p["offline"] for _, _, _, p in replayed)
    assert "BootNotification" not in csms.actions()[before:]


async def test_an_unknown_card_does_not_start_offline(station: SimulatedStation) -> None:
    await station.inject("offline")
    assert await station.authorize(CARD) is False
    station.model.settings.allow_offline_unknown = True
    assert await station.authorize(CARD) is True


async def test_lost_answer_is_repeated_with_a_new_id_and_the_same_content(
    station: SimulatedStation, csms: FakeCsms
) -> None:
    await station.plug_in(1)
    await station.inject("lose_answer")
    tx = await station.authorize_and_start(1, CARD)
    assert not station.connected
    assert len(starts(csms)) == 1
    await station.inject("online")
    (first_id, first), (second_id, second) = starts(csms)
    assert first == second
    assert first_id != second_id
    assert tx.reference == ("1000" if station.wire.subprotocol == "ocpp1.6" else tx.local_id)


async def test_a_refused_transaction_message_is_retried_then_given_up(
    station: SimulatedStation, csms: FakeCsms
) -> None:
    tx = await charging(station)
    action = "StopTransaction" if station.wire.subprotocol == "ocpp1.6" else "TransactionEvent"
    csms.refuse[action] = 2
    await station.stop(tx)
    await station.wait(minutes=10)
    assert station.queued == 0
    tries = stops(csms)
    assert len(tries) == 3
    assert len({message_id for message_id, _ in tries}) == 3
    assert tries[0][1] == tries[1][1] == tries[2][1]
    assert station.stats.dropped == 0
    csms.refuse[action] = 3 if action == "StopTransaction" else 0
    if action == "StopTransaction":
        second = await station.authorize_and_start(1, CARD)
        await station.stop(second)
        await station.wait(minutes=10)
        assert len(stops(csms)) == 6
        assert station.stats.dropped == 1


async def test_an_unanswered_message_is_retried(make_station: Any, protocol: str) -> None:
    async with FakeCsms() as csms:
        station = make_station(protocol, call_timeout_s=0.1)
        station.url = csms.url
        await station.connect()
        await station.boot()
        await station.plug_in(1)
        action = START_ACTION[station.wire.subprotocol]
        csms.mute.add(action)
        await station.start(1, CARD)
        assert station.queued >= 1
        csms.mute.add("Heartbeat")
        with pytest.raises(NoAnswer):
            await station.heartbeat()
        csms.mute.clear()
        await station.wait(minutes=2)
        assert station.queued == 0
        (first_id, first), (second_id, second) = starts(csms)
        assert (first, first_id != second_id) == (second, True)


async def test_reboot_in_mid_session_ends_it_after_the_boot(
    station: SimulatedStation, csms: FakeCsms
) -> None:
    tx = await charging(station, minutes=6)
    before = len(csms.calls)
    await station.inject("reboot")
    assert tx.reason is Reason.POWER_LOSS
    assert (station.stats.connected, station.stats.booted) == (1, 1)
    assert csms.actions()[before] == "BootNotification"
    (_, stop) = stops(csms)[0]
    assert stop.get("reason", "PowerLoss") == "PowerLoss"
    assert len(stops(csms)) == 1


async def test_reboot_forget_never_tells_the_end(station: SimulatedStation, csms: FakeCsms) -> None:
    tx = await charging(station)
    await station.inject("reboot_forget")
    await station.wait(minutes=5)
    assert stops(csms) == []
    assert tx.ended_at is None
    assert list(station.model.transactions()) == []


async def test_reboot_resume_goes_on(station: SimulatedStation, csms: FakeCsms) -> None:
    tx = await charging(station, minutes=30)
    await station.inject("reboot_resume")
    await station.charge(minutes=30)
    await station.stop(tx)
    assert tx.energy_wh == 11_040
    assert len(starts(csms)) == len(stops(csms)) == 1
    assert len(csms.seen("BootNotification")) == 2


async def test_lost_stop_strikes_once(station: SimulatedStation, csms: FakeCsms) -> None:
    await station.inject("lost_stop")
    await station.stop(await charging(station))
    assert stops(csms) == []
    second = await station.authorize_and_start(1, CARD)
    await station.stop(second)
    assert len(stops(csms)) == 1


async def test_duplicate_start_is_sent_twice(station: SimulatedStation, csms: FakeCsms) -> None:
    await station.inject("duplicate_start")
    tx = await charging(station)
    (first_id, first), (second_id, second) = starts(csms)
    assert (first, first_id != second_id) == (second, True)
    await station.stop(tx)
    assert len(stops(csms)) == 1


async def test_wrong_clock_says_1970(station: SimulatedStation, csms: FakeCsms) -> None:
    await station.inject("wrong_clock")
    tx = await charging(station, minutes=6)
    await station.stop(tx)
    assert starts(csms)[0][1]["timestamp"] == "1970-01-01T00:00:23.000Z"
    assert stops(csms)[0][1]["timestamp"] == "1970-01-01T00:06:23.000Z"
    assert tx.energy_wh == 1_104
    await station.inject("right_clock")
    assert station.model.device_time() == START + timedelta(minutes=6)


async def test_malformed_frame_goes_out_as_it_is(station: SimulatedStation, csms: FakeCsms) -> None:
    await station.inject("malformed_frame")
    await station.heartbeat()
    assert csms.broken == ['[2,"cut-1","MeterValues",{"connectorId":1,"transactionId":,']
    assert station.connected


async def test_an_unknown_action_is_answered_and_ignored(station: SimulatedStation) -> None:
    await station.inject("unknown_action")
    await station.heartbeat()
    received = [frame.message for frame in station.frames if not frame.sent]
    assert [4, "odd-1", "NotImplemented", "MakeCoffee", {}] in received


async def test_a_huge_frame_costs_the_socket_here(make_station: Any, protocol: str) -> None:
    async with FakeCsms() as csms:
        station = make_station(protocol)
        station.url = csms.url
        await station.connect()
        await station.inject("huge_frame")
        with pytest.raises(LinkLost):
            await station.heartbeat()
        assert not station.connected


async def test_a_deaf_station_talks_but_answers_nothing(
    station: SimulatedStation, csms: FakeCsms
) -> None:
    await station.inject("deaf")
    with pytest.raises(TimeoutError):
        await csms.raw_order("SIM-1", "ClearCache", {}, within_s=0.1)
    await station.heartbeat()
    assert len(csms.seen("Heartbeat")) == 1
    await station.inject("hearing")
    assert await csms.order("SIM-1", "ClearCache", {}) == {"status": "Accepted"}


async def test_a_silent_station_says_nothing_until_it_talks(
    station: SimulatedStation, csms: FakeCsms
) -> None:
    tx = await charging(station)
    await station.inject("silent")
    before = len(csms.calls)
    await station.charge(minutes=9)
    await station.stop(tx)
    with pytest.raises(TimeoutError):
        await csms.raw_order("SIM-1", "ClearCache", {}, within_s=0.1)
    assert len(csms.calls) == before
    assert station.connected
    await station.inject("talking")
    assert len(stops(csms)) == 1
    assert tx.energy_wh == 1_840


async def test_a_slow_reader_leaves_orders_lying(station: SimulatedStation, csms: FakeCsms) -> None:
    await station.inject("slow_reader")
    waiting = asyncio.ensure_future(csms.raw_order("SIM-1", "ClearCache", {}))
    await asyncio.sleep(0.1)
    second = asyncio.ensure_future(csms.raw_order("SIM-1", "ClearCache", {}))
    await asyncio.sleep(0.1)
    assert not second.done()
    await station.inject("normal_reader")
    assert await waiting == {"status": "Accepted"}
    assert await second == {"status": "Accepted"}


async def test_readings_carry_utc_instants(station: SimulatedStation, csms: FakeCsms) -> None:
    await charging(station, minutes=2)
    stamps = [
        value["timestamp"]
        for _, _, _, payload in csms.calls
        for value in payload.get("meterValue", [])
    ]
    assert stamps[-2:] == ["2026-03-02T08:01:00.000Z", "2026-03-02T08:02:00.000Z"]
    assert all(datetime.fromisoformat(stamp).tzinfo for stamp in stamps)
