"""Keys that rotate, refusals that are noted, fights for an identity: over real sockets."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from chargers.simulator import SimulatedStation
from chargers.simulator.neutral import Raw
from tests.journeys.conftest import Dial
from tests.journeys.raw import ask_upgrade, basic, raw_station
from tests.journeys.site import KEY, Site
from tests.journeys.stations import eventually

pytestmark = pytest.mark.asyncio


async def test_a_new_key_is_taken_and_the_old_one_opens_nothing_more(
    site: Site, identity: str, station: SimulatedStation
) -> None:
    command = site.do("send_new_key", identity=identity)
    done = await eventually(
        lambda: site.do("command", command_id=command), lambda row: row["finished_at"]
    )
    assert done["status"] == "accepted"
    await eventually(lambda: not site.do("has_pending_key", identity=identity))
    assert station.password != KEY
    refused = await ask_upgrade(site.web, identity, authorization=basic(identity, KEY))
    assert refused.status == 401
    frames = site.do("frames", identity=identity)
    assert station.password not in str(frames)
    assert any("***" in frame["raw"] for frame in frames if frame["direction"] == "out")


async def test_a_refused_key_changes_nothing(site: Site, identity: str) -> None:
    async with raw_station(site.web, identity) as socket:
        await socket.boots()
        command = site.do("send_new_key", identity=identity)
        order = await socket.answer()
        assert order[2] == "ChangeConfiguration"
        assert (order[3]["key"], len(order[3]["value"])) == ("AuthorizationKey", 32)
        await socket.send(f'[3,"{order[1]}",{{"status":"Rejected"}}]')
        await eventually(
            lambda: site.do("command", command_id=command), lambda row: row["finished_at"]
        )
        assert not site.do("has_pending_key", identity=identity)
        assert await socket.is_alive()


async def test_a_station_lost_in_mid_change_gets_in_with_either_key(
    site: Site, identity: str
) -> None:
    async with raw_station(site.web, identity) as socket:
        await socket.boots()
        site.do("send_new_key", identity=identity)
        order = await socket.answer()
        new_key = order[3]["value"]
    # It had the order and vanished: nobody knows whether it uses the new key.
    async with raw_station(site.web, identity) as socket:
        assert await socket.is_alive()
    assert site.do("has_pending_key", identity=identity)
    async with raw_station(site.web, identity, key=new_key) as socket:
        assert await socket.is_alive()
    assert not site.do("has_pending_key", identity=identity)
    answer = await ask_upgrade(site.web, identity, authorization=basic(identity, KEY))
    assert answer.status == 401


async def test_refusals_are_noted_with_their_cause(site: Site, identity: str) -> None:
    tries: tuple[tuple[str | None, list[str], int], ...] = (
        (None, ["ocpp1.6"], 401),
        (basic("somebody", KEY), ["ocpp1.6"], 401),
        (basic(identity, "wrong-horse-battery"), ["ocpp1.6"], 401),
        (basic(identity, KEY), [], 400),
    )
    for authorization, subprotocols, status in tries:
        answer = await ask_upgrade(
            site.web, identity, authorization=authorization, subprotocols=subprotocols
        )
        assert answer.status == status
    stranger = f"{identity}-STRANGER"
    await ask_upgrade(site.web, stranger, authorization=basic(stranger, KEY))
    await eventually(
        lambda: site.do("failed_handshakes", identity=identity),
        lambda found: len(found) == 4,
    )
    assert site.do("failed_handshakes", identity=identity) == {
        "no_credentials": 1,
        "wrong_user": 1,
        "wrong_key": 1,
        "no_subprotocol": 1,
    }
    await eventually(lambda: site.do("unknown_handshakes", identity=stranger))


async def test_a_minimum_above_the_shown_profile_looks_like_a_wrong_key(
    site: Site, identity: str
) -> None:
    site.do("set_station", identity=identity, min_security_profile=2)
    answer = await ask_upgrade(site.web, identity, authorization=basic(identity, KEY))
    assert (answer.status, answer.body) == (401, "identity or key is wrong")
    await eventually(
        lambda: site.do("failed_handshakes", identity=identity),
        lambda found: found == {"profile_too_low": 1},
    )
    assert site.do("station", identity=identity)["connection_epoch"] == 0


async def test_q01_a_version_is_assumed_after_the_key_was_right(site: Site, identity: str) -> None:
    site.do("set_station", identity=identity, assumed_protocol="ocpp1.6")
    wrong = basic(identity, "wrong-horse-battery")
    answer = await ask_upgrade(site.web, identity, authorization=wrong, subprotocols=[])
    assert answer.status == 401
    right = basic(identity, KEY)
    answer = await ask_upgrade(site.web, identity, authorization=right, subprotocols=[])
    assert answer.status == 101
    assert "sec-websocket-protocol" not in answer.headers
    assert site.do("station", identity=identity)["protocol"] == "ocpp1.6"


async def test_q02_a_request_without_connection_upgrade_is_a_clean_400(
    site: Site, identity: str
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.web.port)
    lines = [f"GET /ocpp/{identity} HTTP/1.1", "Host: x", "Upgrade: websocket", "", ""]
    writer.write("\r\n".join(lines).encode())
    async with asyncio.timeout(10):
        answer = (await reader.read()).decode()
    writer.close()
    assert answer.startswith("HTTP/1.1 400 ")
    assert answer.endswith("this address speaks WebSocket only")
    await eventually(
        lambda: site.do("failed_handshakes", identity=identity),
        lambda found: found == {"no_upgrade": 1},
    )


async def test_a_fight_for_an_identity_is_held_down(site: Site, identity: str) -> None:
    right = basic(identity, KEY)
    async with AsyncExitStack() as sockets:
        for _ in range(5):
            # Each comes while the one before is still open.
            last = await sockets.enter_async_context(raw_station(site.web, identity))
            await last.boots()
        newcomer = await ask_upgrade(site.web, identity, authorization=right)
        assert await last.is_alive()
    assert newcomer.status == 503
    assert newcomer.headers["retry-after"] == "60"
    events = site.do("security_events", identity=identity)
    assert events["ConnectionContested"] == 1
    assert events["ConnectionTakenOver"] == 4


async def test_q09_a_loop_of_reconnects_is_told_to_come_later(site: Site, identity: str) -> None:
    right = basic(identity, KEY)
    statuses = []
    for _ in range(14):
        answer = await ask_upgrade(site.web, identity, authorization=right)
        statuses.append(answer.status)
        if answer.status != 101:
            break
        await eventually(lambda: site.do("open_connections", identity=identity) == [])
    assert statuses[-1] == 503
    assert 1 <= int(answer.headers["retry-after"]) <= 10
    await eventually(
        lambda: site.do("security_events", identity=identity),
        lambda found: "ReconnectLoop" in found,
    )


async def test_a_thousandth_of_the_bench_intruders_close_nothing(
    site: Site, identity: str, dial: Dial
) -> None:
    """`python -m bench takeovers` does it a thousand times."""
    async with raw_station(site.web, identity) as real:
        await real.boots()
        for number in range(9):
            answer = await ask_upgrade(
                site.web, identity, authorization=basic(identity, f"guess-number-{number}")
            )
            assert answer.status == 401
        assert await real.is_alive()
    assert [row["took_over"] for row in site.do("profiles", identity=identity)] == [False]


async def test_a_security_event_is_kept_and_counted(
    site: Site, identity: str, station: SimulatedStation
) -> None:
    event = {"type": "TamperDetectionActivated", "timestamp": "2026-03-14T12:00:00Z"}
    for _ in range(3):
        await station.call(Raw("SecurityEventNotification", event))
    assert site.do("security_events", identity=identity) == {"TamperDetectionActivated": 3}
