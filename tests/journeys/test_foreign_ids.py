"""A transaction's id means nothing without the station that it came from (CVE-2026-28230)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chargers.simulator import SimulatedStation, Tx, Vehicle
from tests.journeys.conftest import new_station
from tests.journeys.raw import raw_station
from tests.journeys.site import Site
from tests.journeys.stations import SUBPROTOCOLS, eventually

pytestmark = pytest.mark.asyncio

REGISTER = {"measurand": "Energy.Active.Import.Register", "value": "999999"}


def reading() -> list[dict[str, Any]]:
    return [{"timestamp": now(), "sampledValue": [REGISTER]}]


def reading_201() -> list[dict[str, Any]]:
    return [{"timestamp": now(), "sampledValue": [{**REGISTER, "value": 999_999}]}]


def now() -> str:
    return datetime.now(tz=UTC).isoformat()


def attacks_16(reference: str) -> list[tuple[str, dict[str, Any]]]:
    """Messages of a 1.6 station that name a transaction."""
    number: int | str = int(reference) if reference.isdigit() else reference
    stop = {"transactionId": number, "meterStop": 999_999, "timestamp": now()}
    return [
        ("MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": reading()}),
        ("MeterValues", {"connectorId": 0, "transactionId": number, "meterValue": reading()}),
        ("StopTransaction", stop),
        ("StopTransaction", {**stop, "reason": "EmergencyStop", "transactionData": reading()}),
        ("StopTransaction", {**stop, "transactionId": reference}),
    ]


def attacks_201(reference: str) -> list[tuple[str, dict[str, Any]]]:
    """The same of a 2.0.1 station."""
    event = {
        "timestamp": now(),
        "triggerReason": "RemoteStop",
        "transactionInfo": {"transactionId": reference, "stoppedReason": "Remote"},
        "evse": {"id": 1, "connectorId": 1},
        "meterValue": reading_201(),
    }
    return [
        ("TransactionEvent", {**event, "eventType": kind, "seqNo": number})
        for number, kind in enumerate(["Updated", "Ended", "Started", "Ended"], start=90)
    ]


ATTACKS = {"1.6": attacks_16, "2.0.1": attacks_201}


@pytest.mark.parametrize("attacker", ATTACKS)
async def test_a_strangers_session_is_out_of_reach(
    site: Site, station: SimulatedStation, identity: str, card: str, attacker: str
) -> None:
    tx = await charging(station, card)
    before = told(site, identity)
    stranger = new_station(site)
    async with raw_station(site.web, stranger, subprotocol=SUBPROTOCOLS[attacker]) as villain:
        for action, payload in ATTACKS[attacker](str(tx.reference)):
            await villain.call(action, payload)
    assert told(site, identity) == before

    await station.stop(tx)
    (session,) = site.do("transactions", identity=identity)
    assert (session["state"], session["energy_wh"]) == ("ended", 2_760)
    assert not session["needs_review"]


async def charging(station: SimulatedStation, card: str) -> Tx:
    await station.plug_in(1, Vehicle(ac_max_current_a=16))
    tx = await station.authorize_and_start(1, card)
    await station.charge(minutes=15)
    return tx


def told(site: Site, identity: str) -> list[Any]:
    """Everything that an attack could change."""
    wanted = ("transactions", "readings", "connectors", "frames", "events", "station")
    return [site.do(what, identity=identity) for what in wanted]


async def test_a_command_is_not_finished_by_another_stations_answer(
    site: Site, station: SimulatedStation, identity: str
) -> None:
    await station.inject("deaf")
    command = site.do("trigger_heartbeat", identity=identity, timeout_seconds=60)
    order = await _order(site, identity)
    stranger = new_station(site)
    async with raw_station(site.web, stranger) as villain:
        await villain.send(f'[3,"{order}",{{"status":"Accepted"}}]')
        assert await villain.is_alive()
    assert site.do("command", command_id=command)["status"] == "sent"


async def _order(site: Site, identity: str) -> str:
    """Message id of the order that the station got."""
    rows = await eventually(
        lambda: [row for row in site.do("frames", identity=identity) if row["direction"] == "out"]
    )
    return str(rows[0]["message_id"])
