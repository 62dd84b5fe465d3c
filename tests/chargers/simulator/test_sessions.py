"""Whole sessions over a real websocket, both versions by the same test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chargers.simulator import (
    NotAuthorized,
    Settings,
    SimulatedStation,
    UnableToConnect,
    UnableToStart,
    Vehicle,
)
from chargers.simulator.neutral import Reason
from tests.chargers.simulator.conftest import START
from tests.chargers.simulator.fake_csms import FakeCsms

pytestmark = pytest.mark.asyncio
CARD = "04A1B2C3"


def energies(csms: FakeCsms) -> list[int]:
    """Every register reading that the CSMS got, in order."""
    found: list[int] = []
    for _, _, action, payload in csms.calls:
        if action == "StopTransaction":
            found.append(payload["meterStop"])
            continue
        for value in payload.get("meterValue", []):
            found += [
                int(sample["value"])
                for sample in value["sampledValue"]
                if sample["measurand"] == "Energy.Active.Import.Register"
            ]
    return found


async def test_a_session_has_exact_energy(station: SimulatedStation, csms: FakeCsms) -> None:
    await station.plug_in(1, Vehicle(ac_max_current_a=16))
    tx = await station.authorize_and_start(1, CARD)
    begin = tx.meter_start_wh
    await station.charge(minutes=60)
    await station.stop(tx)
    await station.unplug(1)
    assert tx.energy_wh == 11_040
    assert tx.reason is Reason.LOCAL
    assert tx.ended_at == START + timedelta(hours=1)
    readings = [energy - begin for energy in energies(csms)]
    if station.wire.subprotocol == "ocpp2.0.1":
        assert readings.pop(0) == 0  # Started carries a reading
    assert readings == [*range(184, 11_041, 184), 11_040]


async def test_messages_of_a_1_6_session(make_station: Any, csms: FakeCsms) -> None:
    station = make_station("1.6", settings=Settings(sample_interval=600))
    await station.connect()
    await station.boot()
    await station.plug_in(2)
    tx = await station.authorize_and_start(2, CARD)
    await station.charge(minutes=10)
    await station.stop(tx)
    await station.unplug(2)
    assert csms.actions() == [
        "BootNotification",
        *["StatusNotification"] * 3,  # 0, 1, 2
        "StatusNotification",  # Preparing
        "Authorize",
        "StartTransaction",
        "StatusNotification",  # Charging
        "Heartbeat",  # 300 s of silence
        "MeterValues",
        "StopTransaction",
        "StatusNotification",  # Finishing
        "StatusNotification",  # Available
    ]
    assert [status["status"] for status in csms.seen("StatusNotification")] == [
        "Available",
        "Available",
        "Available",
        "Preparing",
        "Charging",
        "Finishing",
        "Available",
    ]
    assert csms.seen("StartTransaction") == [
        {
            "connectorId": 2,
            "idTag": CARD,
            "meterStart": tx.meter_start_wh,
            "timestamp": "2026-03-02T08:00:00.000Z",
        }
    ]
    stop = csms.seen("StopTransaction")[0]
    assert stop["transactionId"] == 1000
    assert stop["meterStop"] == tx.meter_start_wh + 1_840
    assert (stop["reason"], stop["idTag"]) == ("Local", CARD)
    assert stop["timestamp"] == "2026-03-02T08:10:00.000Z"


async def test_messages_of_a_2_0_1_session(make_station: Any, csms: FakeCsms) -> None:
    station = make_station("2.0.1")
    await station.connect()
    await station.boot()
    await station.plug_in(2)
    tx = await station.authorize_and_start(2, CARD)
    await station.charge(minutes=2)
    await station.stop(tx)
    await station.unplug(2)
    events = csms.seen("TransactionEvent")
    assert [event["eventType"] for event in events] == ["Started", "Updated", "Updated", "Ended"]
    assert [event["seqNo"] for event in events] == [0, 1, 2, 3]
    assert {event["transactionInfo"]["transactionId"] for event in events} == {tx.local_id}
    assert [event["triggerReason"] for event in events] == [
        "Authorized",
        "MeterValuePeriodic",
        "MeterValuePeriodic",
        "StopAuthorized",
    ]
    assert events[0]["idToken"] == {"idToken": CARD, "type": "ISO14443"}
    assert events[0]["evse"] == {"id": 2, "connectorId": 1}
    assert events[-1]["transactionInfo"]["stoppedReason"] == "Local"
    assert [(s["evseId"], s["connectorStatus"]) for s in csms.seen("StatusNotification")] == [
        (1, "Available"),
        (2, "Available"),
        (2, "Occupied"),
        (2, "Available"),
    ]


async def test_a_dc_session_reports_state_of_charge(
    make_station: Callable[..., SimulatedStation], csms: FakeCsms, protocol: str
) -> None:
    station = make_station(protocol, model="alpitronic-hyc300")
    await station.connect()
    await station.boot()
    await station.plug_in(1, Vehicle(soc_percent=10, dc_max_power_w=90_000))
    tx = await station.authorize_and_start(1, CARD)
    await station.charge(minutes=6)
    await station.stop(tx)
    assert tx.energy_wh == 9_000
    samples = [
        sample
        for _, _, action, payload in csms.calls
        if action in {"MeterValues", "TransactionEvent"}
        for value in payload.get("meterValue", [])
        for sample in value["sampledValue"]
    ]
    assert {"SoC", "Voltage", "Current.Import", "Power.Active.Import"} <= {
        sample["measurand"] for sample in samples
    }
    socs = [float(sample["value"]) for sample in samples if sample["measurand"] == "SoC"]
    assert socs == sorted(socs)
    assert socs[-1] == 23  # 10 % + 9 kWh at 93 % into 60 kWh


async def test_a_refused_card_starts_nothing(station: SimulatedStation, csms: FakeCsms) -> None:
    csms.blocked.add(CARD)
    await station.plug_in(1)
    with pytest.raises(NotAuthorized):
        await station.authorize_and_start(1, CARD)
    assert station.model.evse(1).tx is None
    assert csms.seen("StartTransaction") == csms.seen("TransactionEvent") == []


async def test_a_start_refused_afterwards_ends(station: SimulatedStation, csms: FakeCsms) -> None:
    csms.blocked.add(CARD)
    await station.plug_in(1)
    tx = await station.start(1, CARD)
    assert tx.reason is Reason.DEAUTHORIZED
    assert tx.energy_wh == 0
    assert station.model.evse(1).tx is None


async def test_nothing_starts_without_a_car_or_twice(station: SimulatedStation) -> None:
    with pytest.raises(UnableToStart):
        await station.authorize_and_start(1, CARD)
    await station.plug_in(1)
    await station.authorize_and_start(1, CARD)
    with pytest.raises(UnableToStart):
        await station.start(1, CARD)


async def test_unplugging_ends_the_session(station: SimulatedStation) -> None:
    await station.plug_in(1)
    tx = await station.authorize_and_start(1, CARD)
    await station.charge(minutes=30)
    await station.unplug(1)
    assert tx.reason is Reason.EV_DISCONNECTED
    assert tx.energy_wh == 5_520


async def test_a_full_car_suspends(station: SimulatedStation, csms: FakeCsms) -> None:
    car = Vehicle(battery_wh=10_000, soc_percent=50, target_soc_percent=60, efficiency=1.0)
    await station.plug_in(1, car)
    tx = await station.authorize_and_start(1, CARD)
    await station.charge(minutes=60)
    await station.stop(tx)
    assert tx.energy_wh == 1_000
    if station.wire.subprotocol == "ocpp1.6":
        assert "SuspendedEV" in [s["status"] for s in csms.seen("StatusNotification")]
    else:
        states = [e["transactionInfo"]["chargingState"] for e in csms.seen("TransactionEvent")]
        assert "SuspendedEV" in states


async def test_two_plugs_charge_at_once(station: SimulatedStation) -> None:
    await station.plug_in(1, Vehicle(ac_max_current_a=16))
    await station.plug_in(2, Vehicle(ac_phases=1, ac_max_current_a=32))
    first = await station.authorize_and_start(1, CARD)
    await station.charge(minutes=30)
    second = await station.authorize_and_start(2, "OTHER")
    await station.charge(minutes=30)
    await station.stop(first)
    await station.charge(minutes=30)
    await station.stop(second)
    assert (first.energy_wh, second.energy_wh) == (11_040, 7_360)


async def test_dc_plugs_share_the_station(
    make_station: Callable[..., SimulatedStation], protocol: str
) -> None:
    station = make_station(protocol, model="wallbox-supernova")  # 150 kW for two
    await station.connect()
    await station.boot()
    cars = [
        Vehicle(battery_wh=200_000, soc_percent=15, dc_max_power_w=100_000, dc_nominal_v=800)
        for _ in range(2)
    ]
    await station.plug_in(1, cars[0])
    await station.plug_in(2, cars[1])
    first = await station.authorize_and_start(1, CARD)
    await station.charge(minutes=6)
    second = await station.authorize_and_start(2, CARD)
    await station.charge(minutes=6)
    await station.stop(first)
    await station.stop(second)
    assert (first.energy_wh, second.energy_wh) == (10_000 + 7_500, 7_500)


async def test_heartbeats_fill_the_silence(station: SimulatedStation, csms: FakeCsms) -> None:
    await station.wait(minutes=20)
    assert len(csms.seen("Heartbeat")) == 4
    await station.wait(seconds=299)
    assert len(csms.seen("Heartbeat")) == 4


async def test_a_wrong_password_is_refused(make_station: Any, protocol: str) -> None:
    async with FakeCsms({"SIM-1": "other"}) as strict:
        station = make_station(protocol)
        station.url = strict.url
        with pytest.raises(UnableToConnect) as caught:
            await station.connect()
        assert caught.value.status == 401
        station.password = "other"
        await station.connect()
        assert station.connected
