"""From the plug to the charge record, both versions by the same test."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from chargers.simulator import SimulatedStation, Tx, Vehicle
from tests.journeys.conftest import Dial
from tests.journeys.site import KEY, Site
from tests.journeys.stations import eventually

pytestmark = pytest.mark.asyncio

_numbers = count(1)
# Three phases of 16 A at 230 V for an hour, and for a quarter of one.
HOUR_WH = 11_040
QUARTER_WH = 2_760
# 0.35 + 11.04 kWh x 0.49 + 60 min x 0.02
HOUR_COST = {"net_exact": "17399/2500", "net_minor": 696, "tax_minor": 174, "gross_minor": 870}


@pytest.fixture
def card(site: Site, identity: str) -> str:
    return f"04C1{identity.removeprefix('BILL-'):0>8}"


@pytest.fixture
def identity() -> str:
    return f"BILL-{next(_numbers):05}"


@pytest_asyncio.fixture
async def station(
    site: Site, dial: Dial, identity: str, card: str, protocol: str
) -> SimulatedStation:
    """Of an operator that sells; connected and booted."""
    site.do("add_selling_station", identity=identity, key=KEY, uid=card)
    made = dial(identity, protocol)
    await made.connect()
    await made.boot()
    return made


async def begin(station: SimulatedStation, card: str) -> Tx:
    await station.plug_in(1, Vehicle(ac_max_current_a=16))
    return await station.authorize_and_start(1, card)


async def records(site: Site, identity: str, number: int = 1) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await eventually(
        lambda: billed(site, identity), lambda rows: len(rows) >= number
    )
    return found


def billed(site: Site, identity: str) -> list[dict[str, Any]]:
    """The records by now; where no worker runs, its part is done."""
    if not site.is_embedded:
        site.do("bill")
    rows: list[dict[str, Any]] = site.do("cdrs", identity=identity)
    return rows


async def heard(site: Site, identity: str, number: int) -> list[dict[str, Any]]:
    """The records once nobody has anything left to hear."""

    def left() -> int:
        billed(site, identity)
        waiting: int = site.do("undispatched", identity=identity)
        return waiting

    await eventually(left, lambda waiting: waiting == 0)
    found: list[dict[str, Any]] = site.do("cdrs", identity=identity)
    assert len(found) == number
    return found


def said(station: SimulatedStation, words: str) -> list[Any]:
    """The last call that the station sent with these words in it."""
    calls = [frame.message for frame in station.frames if frame.sent and frame.message[0] == 2]
    found: list[Any] = [call for call in calls if words in json.dumps(call)][-1]
    return found


async def say_again(
    site: Site, station: SimulatedStation, call: list[Any], **replaced: str
) -> None:
    """Send a call once more under a new message id, and wait for its answer."""
    key = f"again-{next(_numbers)}"
    text = json.dumps([2, key, *call[2:]])
    for old, new in replaced.items():
        text = text.replace(old, new)
    await station.send_raw(text)
    await answered(site, station.identity, key)


async def answered(site: Site, identity: str, key: str) -> None:
    def replies() -> list[str]:
        rows = site.do("frames", identity=identity)
        return [row["reply"] for row in rows if row["message_id"] == key and row["reply"]]

    assert (await eventually(replies))[0].startswith(f'[3,"{key}"')


async def test_a_session_is_priced_within_seconds_and_once(
    site: Site, station: SimulatedStation, identity: str, card: str, protocol: str
) -> None:
    tx = await begin(station, card)
    await station.charge(minutes=60)
    assert site.do("cdrs", identity=identity) == []
    await station.stop(tx)
    await station.unplug(1)
    (cdr,) = await records(site, identity)
    assert {name: cdr[name] for name in HOUR_COST} == HOUR_COST
    assert (cdr["currency"], cdr["energy_wh"], cdr["version"]) == ("EUR", HOUR_WH, 1)
    assert (cdr["flags"], cdr["needs_review"]) == ([], False)
    lines = [
        (line["kind"], line["quantity"], line["net"], line["net_minor"]) for line in cdr["lines"]
    ]
    assert lines == [
        ("FLAT", "1", "7/20", 35),
        ("ENERGY", "11040", "3381/625", 541),
        ("TIME", "3600", "6/5", 120),
    ]

    stop = said(station, {"1.6": "StopTransaction", "2.0.1": "Ended"}[protocol])
    await say_again(site, station, stop)
    await station.inject("reboot")
    assert await heard(site, identity, 1) == [cdr]


async def test_readings_that_come_late_change_no_price_that_they_do_not_touch(
    site: Site, station: SimulatedStation, identity: str, card: str
) -> None:
    tx = await begin(station, card)
    await station.charge(minutes=60)
    sample = said(station, "meterValue")
    await station.stop(tx)
    (cdr,) = await records(site, identity)
    await say_again(site, station, sample)
    assert await heard(site, identity, 1) == [cdr]

    taken = datetime.fromisoformat(_timestamp(sample))
    earlier = (taken - timedelta(seconds=20)).isoformat().replace("+00:00", "Z")
    await say_again(site, station, sample, **{_timestamp(sample): earlier})
    first, second = await records(site, identity, 2)
    assert (first["is_latest"], second["is_latest"]) == (False, True)
    assert {name: second[name] for name in HOUR_COST} == HOUR_COST


def _timestamp(call: list[Any]) -> str:
    stamp: str = call[3]["meterValue"][0]["timestamp"]
    return stamp


async def test_a_stop_that_comes_after_the_bill_is_a_next_version(
    site: Site, station: SimulatedStation, identity: str, card: str
) -> None:
    """Q44, Q46: the session was ended by rule and priced by its last reading."""
    tx = await begin(station, card)
    await station.charge(minutes=15)
    await station.inject("offline")
    await eventually(lambda: not site.do("station", identity=identity)["is_online"])
    site.do("end_stale_transactions_in", hours=7)
    await heard(site, identity, 0)
    site.do("price_provisional_in", hours=60)
    assert site.do("cdrs", identity=identity) == []
    site.do("price_provisional_in", hours=80)
    (guess,) = site.do("cdrs", identity=identity)
    assert (guess["is_provisional"], guess["needs_review"]) == (True, True)
    assert (guess["energy_wh"], guess["net_exact"]) == (QUARTER_WH, "2503/1250")

    await station.charge(minutes=45)
    await station.stop(tx)
    await station.inject("online")
    _old, cdr = await records(site, identity, 2)
    assert {name: cdr[name] for name in HOUR_COST} == HOUR_COST
    assert (cdr["version"], cdr["is_latest"], cdr["is_provisional"]) == (2, True, False)
    assert (cdr["flags"], cdr["needs_review"]) == ([], False)


async def test_an_operator_that_sells_nothing_has_no_records(
    site: Site, dial: Dial, protocol: str
) -> None:
    identity = f"FREE-{next(_numbers):05}"
    uid = f"04C2{next(_numbers):08}"
    site.add_station(identity)
    site.do("add_token", uid=uid)
    station = dial(identity, protocol)
    await station.connect()
    await station.boot()
    tx = await begin(station, uid)
    await station.charge(minutes=5)
    await station.stop(tx)
    await heard(site, identity, 0)
