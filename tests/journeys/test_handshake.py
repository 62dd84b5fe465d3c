"""Who may open a socket: nobody without the station's own key (CWE-306, -613, -287)."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable

import pytest
from websockets.exceptions import InvalidStatus

from tests.journeys.conftest import new_station
from tests.journeys.raw import ask_upgrade, basic, raw_station
from tests.journeys.site import KEY, Site
from tests.journeys.stations import eventually

pytestmark = pytest.mark.asyncio

TRIES = 8
OTHER_KEY = "another-station-key"

# From the station's identity to the header that it must not get in with.
INTRUDERS: dict[str, Callable[[str], str | None]] = {
    "no header": lambda _: None,
    "empty header": lambda _: "",
    "no Basic": lambda _: "Bearer " + KEY,
    "no Base64": lambda _: "Basic !!!",
    "no colon": lambda identity: basic(identity, "").replace("Og==", ""),
    "wrong user": lambda _: basic("somebody", KEY),
    "no user": lambda _: basic("", KEY),
    "wrong key": lambda identity: basic(identity, "wrong-horse-battery"),
    "key of another station": lambda identity: basic(identity, OTHER_KEY),
    "empty key": lambda identity: basic(identity, ""),
    "part of the key": lambda identity: basic(identity, KEY[:-1]),
    "key in capitals": lambda identity: basic(identity, KEY.upper()),
}


@pytest.mark.parametrize("intruder", INTRUDERS)
@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
async def test_no_upgrade_without_the_right_key(
    site: Site, identity: str, intruder: str, known: bool
) -> None:
    new_station(site, key=OTHER_KEY)
    target = identity if known else f"{identity}-UNKNOWN"
    answer = await ask_upgrade(site.web, target, authorization=INTRUDERS[intruder](target))
    assert answer.status == 401
    assert answer.body == "identity or key is wrong"
    assert answer.headers["www-authenticate"] == 'Basic realm="OCPP"'
    assert site.do("station", identity=identity)["connection_epoch"] == 0
    assert site.do("open_connections", identity=identity) == []
    assert site.do("events", identity=identity) == []


async def test_a_right_key_does_not_open_another_station(site: Site, identity: str) -> None:
    other = new_station(site, key=OTHER_KEY)
    answer = await ask_upgrade(site.web, identity, authorization=basic(other, OTHER_KEY))
    assert answer.status == 401
    assert site.do("station", identity=identity)["connection_epoch"] == 0
    assert site.do("station", identity=other)["connection_epoch"] == 0


async def test_a_disabled_station_is_refused_like_a_stranger(site: Site) -> None:
    disabled = new_station(site, enabled=False)
    answer = await ask_upgrade(site.web, disabled, authorization=basic(disabled, KEY))
    assert (answer.status, answer.body) == (401, "identity or key is wrong")
    assert site.do("station", identity=disabled)["connection_epoch"] == 0


@pytest.mark.parametrize("offered", [[], ["ocpp1.5"], ["mqtt", "soap"]])
async def test_without_a_subprotocol_of_ours(site: Site, identity: str, offered: list[str]) -> None:
    right = basic(identity, KEY)
    answer = await ask_upgrade(site.web, identity, authorization=right, subprotocols=offered)
    assert answer.status == 400
    assert "ocpp1.6" in answer.body
    wrong = basic(identity, "wrong-horse-battery")
    answer = await ask_upgrade(site.web, identity, authorization=wrong, subprotocols=offered)
    assert answer.status == 401
    assert site.do("station", identity=identity)["connection_epoch"] == 0


async def test_q01_a_make_known_to_offer_no_subprotocol_is_served(site: Site) -> None:
    grizzly = new_station(site)
    right = basic(grizzly, KEY)
    offered_nothing = await ask_upgrade(site.web, grizzly, authorization=right, subprotocols=[])
    assert offered_nothing.status == 400
    async with raw_station(site.web, grizzly) as station:
        make = {"chargePointVendor": "United Chargers Inc.", "chargePointModel": "Grizzl-E"}
        assert (await station.call("BootNotification", make))["status"] == "Accepted"
    served = await ask_upgrade(site.web, grizzly, authorization=right, subprotocols=[])
    assert served.status == 101
    assert "sec-websocket-protocol" not in served.headers
    row = site.do("station", identity=grizzly)
    assert (row["connection_epoch"], row["protocol"]) == (2, "ocpp1.6")
    wrong = await ask_upgrade(site.web, grizzly, authorization=basic(grizzly, "x" * 20))
    assert wrong.status == 401
    soap = await ask_upgrade(site.web, grizzly, authorization=right, subprotocols=["soap"])
    assert soap.status == 400


@pytest.mark.parametrize("more", [["X-Long: " + "x" * 20_000], ["X-Many: x"] * 200])
async def test_q02_a_request_that_no_websocket_has_is_refused_at_once(
    site: Site, identity: str, more: list[str]
) -> None:
    """The parser of the upgrade is stricter than that of HTTP; nobody is left hanging between."""
    right = basic(identity, KEY)
    answer = await ask_upgrade(site.web, identity, authorization=right, more=more)
    assert (answer.status, answer.headers["connection"]) == (400, "close")
    assert site.do("station", identity=identity)["connection_epoch"] == 0


@pytest.mark.parametrize(
    "path", ["", "/", "a/../b", "%ff%fe", "%00", "x" * 300, "ocpp", "%2e%2e%2f", "-1 OR 1=1"]
)
async def test_odd_paths_are_strangers(site: Site, path: str) -> None:
    target = path.replace(" ", "%20")
    answer = await ask_upgrade(site.web, target, authorization=basic("x", KEY))
    assert answer.status == 401


async def test_the_real_station_gets_in_while_somebody_guesses(site: Site, identity: str) -> None:
    """Failed attempts are slowed, a right key is not: nobody locks a station out."""
    wrong = basic(identity, "wrong-horse-battery")
    slow = 0
    for _ in range(12):
        answer = await ask_upgrade(site.web, identity, authorization=wrong)
        assert answer.status == 401
        slow += answer.seconds >= 0.9
    assert slow == 2
    right = await ask_upgrade(site.web, identity, authorization=basic(identity, KEY))
    assert right.status == 101
    assert right.headers["sec-websocket-protocol"] == "ocpp1.6"


async def test_unknown_and_wrong_take_the_same_time(
    site: Site, identity: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A few tries beside a busy machine prove no milliseconds: the figure is for the reader."""
    seconds: dict[str, list[float]] = {"wrong": [], "unknown": []}
    for _ in range(TRIES):
        for kind, target in (("wrong", identity), ("unknown", f"{identity}-UNKNOWN")):
            header = basic(target, "wrong-horse-battery")
            answer = await ask_upgrade(site.web, target, authorization=header)
            seconds[kind].append(answer.seconds)
    wrong, unknown = (statistics.median(seconds[kind]) * 1000 for kind in ("wrong", "unknown"))
    with capsys.disabled():
        sys.stdout.write(
            f"\nhandshake, median of {TRIES}: wrong {wrong:.1f} ms, unknown {unknown:.1f} ms\n"
        )
    # Far below the second that a slowed attempt takes, and far above what they may differ by.
    assert abs(wrong - unknown) < 250


# -- take-over -----------------------------------------------------------------------------------


async def test_a_newcomer_without_the_key_disturbs_nobody(site: Site, identity: str) -> None:
    async with raw_station(site.web, identity) as real:
        await real.boots()
        for intruder in INTRUDERS.values():
            answer = await ask_upgrade(site.web, identity, authorization=intruder(identity))
            assert answer.status == 401
        assert await real.is_alive()
        (current,) = site.do("open_connections", identity=identity)
        assert current["epoch"] == 1
    closed = site.do("closed_connections", identity=identity)
    assert [row["epoch"] for row in closed] in ([], [1])


async def test_the_newest_authenticated_connection_wins(site: Site, identity: str) -> None:
    async with raw_station(site.web, identity) as old, raw_station(site.web, identity) as new:
        await new.boots()
        assert await old.close_code() == 1008
        (current,) = site.do("open_connections", identity=identity)
        assert current["epoch"] == 2
        row = site.do("station", identity=identity)
        assert (row["is_online"], row["connection_epoch"]) == (True, 2)

        command = site.do("trigger_heartbeat", identity=identity, timeout_seconds=30)
        order = await new.answer()
        assert order[2] == "TriggerMessage"
        await new.send(f'[3,"{order[1]}",{{"status":"Accepted"}}]')
        done = await eventually(
            lambda: site.do("command", command_id=command), lambda row: row["finished_at"]
        )
        assert done["status"] == "accepted"
        assert await new.is_alive()
    connected = [
        event["payload"]["took_over"]
        for event in site.do("events", identity=identity)
        if event["kind"] == "chargers.station_connected"
    ]
    assert connected == [False, True]


async def test_the_late_close_of_the_old_one_changes_nothing(site: Site, identity: str) -> None:
    async with raw_station(site.web, identity) as new_later:
        await new_later.boots()
        async with raw_station(site.web, identity) as new:
            await new_later.close_code()
            await new.boots()
            await eventually(
                lambda: site.do("closed_connections", identity=identity),
                lambda rows: len(rows) == 1,
            )
            row = site.do("station", identity=identity)
            assert (row["is_online"], row["connection_epoch"]) == (True, 2)
            assert await new.is_alive()
    kinds = [event["kind"] for event in site.do("events", identity=identity)]
    assert kinds.count("chargers.station_disconnected") <= 1


async def test_many_take_overs_leave_one(site: Site, identity: str) -> None:
    for epoch in range(1, 11):
        async with raw_station(site.web, identity) as station:
            assert await station.is_alive()
            assert site.do("station", identity=identity)["connection_epoch"] == epoch
            await station.socket.send("[2")
    await eventually(lambda: site.do("open_connections", identity=identity) == [])


async def test_a_wrong_key_is_refused_by_every_client(site: Site, identity: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with raw_station(site.web, identity, key="wrong-horse-battery"):
            """Never entered."""
    assert refused.value.response.status_code == 401


async def test_q12_a_station_that_does_not_boot_again_is_served_at_once(site: Site) -> None:
    quiet = new_station(site)
    status = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
    for epoch in (1, 2):
        async with raw_station(site.web, quiet) as station:
            assert await station.call("StatusNotification", status) == {}
            assert await station.is_alive()
        row = site.do("station", identity=quiet)
        assert (row["connection_epoch"], row["booted_at"]) == (epoch, None)
