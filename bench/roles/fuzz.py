"""Villains send malformed frames and handshakes beside neighbours that charge.

Plan: host, villains, neighbours, victim (rows of `bench.seed`), seed, frames (all villains
together), knocks, warm_up (frames before the measurement). Every second station speaks 2.0.1.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import random
import time
from collections import Counter
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.typing import Subprotocol

from bench.control import Control
from bench.grammar import Grammar, Shot
from bench.handshakes import Knock, Knocker
from bench.link import CallRefused, LinkLost
from bench.station import Station, connect_and_boot, for_each, now

_BURST = 25
_ANSWER_SECONDS = 90.0
_KNOCK_SECONDS = 10.0
_KNOCKS_AT_ONCE = 20
_READING_EVERY_SECONDS = 0.25
_READINGS_A_SESSION = 20
_MAX_EXAMPLES = 20


class Villain:
    """One station with the right key and no manners.

    Attributes:
        seen: counters: sent, expected, unanswered, twice, closed (by us to blame), lost (not).
        examples: what was sent before something went wrong.
    """

    def __init__(self, facts: dict[str, str], plan: dict[str, Any], number: int) -> None:
        self._facts = facts
        self._host = plan["host"]
        self.subprotocol = "ocpp2.0.1" if number % 2 else "ocpp1.6"
        self._grammar = Grammar(plan["seed"] * 1_000 + number, self.subprotocol)
        self._random = random.Random(number)
        self._socket: ClientConnection | None = None
        self._answers: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.examples: list[str] = []
        self._syncs = 0

    async def rage(self, frames: int) -> None:
        """Send so many frames, in bursts; after each, see what was answered."""
        sent = 0
        while sent < frames:
            shots = [self._grammar.shot() for _ in range(min(_BURST, frames - sent))]
            sent += len(shots)
            quiet = [shot for shot in shots if not shot.is_fatal]
            await self._burst(quiet)
            for shot in shots:
                if shot.is_fatal:
                    await self._suicide(shot)

    async def _burst(self, shots: list[Shot]) -> None:
        self._answers.clear()
        try:
            await self._dial()
            for shot in shots:
                await self._send(shot)
            await self._synchronise()
        except (ConnectionClosed, TimeoutError) as error:
            self._note("lost", f"{error!r} after {[str(shot.data)[:150] for shot in shots[-3:]]}")
            await self._hang_up()
            return
        for shot in shots:
            answers = self._answers[shot.expects] if shot.expects else 1
            self.seen["expected"] += bool(shot.expects)
            if answers == 0:
                self._note("unanswered", f"{shot.kind}: {str(shot.data)[:300]}")
            elif answers > 1:
                self._note("twice", f"{shot.kind}: {str(shot.data)[:300]}")

    async def _suicide(self, shot: Shot) -> None:
        """A frame after which the server has to close this socket, and does."""
        try:
            await self._dial()
            await self._send(shot)
            async with asyncio.timeout(_ANSWER_SECONDS):
                assert self._socket is not None
                await self._socket.wait_closed()
        except (ConnectionClosed, TimeoutError) as error:
            self._note("lost", f"{error!r} at {shot.kind}")
        self.seen["closed"] += 1
        await self._hang_up()

    async def _send(self, shot: Shot) -> None:
        assert self._socket is not None
        self.kinds[shot.kind] += 1
        self.seen["sent"] += 1
        await self._socket.send(shot.data, text=True if shot.raw_text else None)

    async def _synchronise(self) -> None:
        """Wait for the answer to a sound call: all before it have been dealt with."""
        assert self._socket is not None
        self._syncs += 1
        mark = f"sync-{self._syncs}"
        await self._socket.send(orjson.dumps([2, mark, "Heartbeat", {}]).decode())
        async with asyncio.timeout(_ANSWER_SECONDS):
            while not self._answers[mark]:
                frame = orjson.loads(await self._socket.recv())
                if frame[0] == 2:
                    await self._socket.send(orjson.dumps(self._odd_answer(frame[1])).decode())
                else:
                    self._answers[frame[1]] += 1

    def _odd_answer(self, message_id: str) -> list[Any]:
        return self._random.choice(
            [
                [3, message_id, {}],
                [3, message_id, {"status": "Whatever"}],
                [3, message_id, []],
                [3, message_id, {"status": 5, "configurationKey": [None, {"key": {}}]}],
                [4, message_id, "NotImplemented", "", {}],
                [4, message_id, 5, None],
            ]
        )

    async def _dial(self) -> None:
        while self._socket is None:
            identity, key = self._facts["identity"], self._facts["key"]
            credentials = base64.b64encode(f"{identity}:{key}".encode()).decode()
            try:
                self._socket = await connect(
                    f"ws://{self._host}/ocpp/{identity}",
                    subprotocols=[Subprotocol(self.subprotocol)],
                    additional_headers={"Authorization": f"Basic {credentials}"},
                    compression=None,
                    ping_interval=None,
                    proxy=None,
                    open_timeout=60,
                    close_timeout=5,
                )
            except (OSError, TimeoutError, InvalidHandshake, InvalidMessage, EOFError) as error:
                self._note("not let in", repr(error))
                await asyncio.sleep(0.5)

    async def _hang_up(self) -> None:
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    def _note(self, what: str, example: str) -> None:
        self.seen[what] += 1
        if len(self.examples) < _MAX_EXAMPLES:
            self.examples.append(f"{self._facts['identity']} {what}: {example}")


class Neighbour(Station):
    """Charges, session after session, and counts what it suffers.

    Attributes:
        lost: sockets that closed under it.
        refused: calls that were answered with an error.
    """

    lost = 0
    refused = 0
    sessions = 0

    async def charge(self, ending: asyncio.Event) -> None:
        while not ending.is_set():
            try:
                await self._session(ending)
            except LinkLost:
                self.lost += 1
                await asyncio.sleep(0.5)
                with contextlib.suppress(LinkLost):
                    await self.connect()
            except CallRefused:
                self.refused += 1

    async def _session(self, ending: asyncio.Event) -> None:
        session = await self.start()
        while session.readings < _READINGS_A_SESSION and not ending.is_set():
            await self.link.idle(_READING_EVERY_SECONDS)
            await self.say(self.dialect.reading(session, now()))
        await self.say(self.dialect.stop(session, now()))
        self.next_register = session.register
        self.sessions += 1


class Door:
    """Knocks, so many at once.

    Attributes:
        seen: counters: knocks, answered, entered by right, intruders, and those without answer.
    """

    def __init__(self, plan: dict[str, Any]) -> None:
        host, _, port = plan["host"].partition(":")
        self._address = (host, int(port))
        victim = plan["victim"]
        identities = [row["identity"] for row in (*plan["neighbours"][:10], *plan["villains"][:10])]
        self._knocker = Knocker(plan["seed"], identities, (victim["identity"], victim["key"]))
        self._slots = asyncio.Semaphore(_KNOCKS_AT_ONCE)
        self.examples: list[str] = []
        self.seen: Counter[str] = Counter()

    async def knock_often(self, count: int) -> None:
        await asyncio.gather(*[self._once(self._knocker.knock()) for _ in range(count)])

    async def _once(self, knock: Knock) -> None:
        async with self._slots:
            self.seen["knocks"] += 1
            try:
                async with asyncio.timeout(_KNOCK_SECONDS):
                    await self._talk(knock)
            except TimeoutError:
                self.seen["no answer"] += 1
                self.examples.append(str(knock.request[:600]))
            except OSError:
                self.seen["reset"] += 1

    async def _talk(self, knock: Knock) -> None:
        reader, writer = await asyncio.open_connection(*self._address)
        try:
            writer.write(knock.request)
            if not knock.is_complete:
                await writer.drain()
                return
            head = await reader.read(4_096)
            if head.startswith(b"HTTP/1.1 101"):
                self.seen["entered" if knock.may_enter else "intruders"] += 1
                writer.write(knock.then)
                await writer.drain()
            self.seen["answered"] += bool(head)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def run(plan: dict[str, Any], control: Control) -> dict[str, Any]:
    villains = [Villain(facts, plan, number) for number, facts in enumerate(plan["villains"])]
    neighbours = [
        Neighbour(facts, host=plan["host"], protocol="ocpp2.0.1" if number % 2 else "ocpp1.6")
        for number, facts in enumerate(plan["neighbours"])
    ]
    await for_each(neighbours, connect_and_boot)
    ending = asyncio.Event()
    charging = [asyncio.create_task(neighbour.charge(ending)) for neighbour in neighbours]
    each = plan["warm_up"] // len(villains)
    await asyncio.gather(*[villain.rage(each) for villain in villains])
    for neighbour in neighbours:
        neighbour.waits.clear()
    await control.go()
    started = time.perf_counter()
    door = Door(plan)
    each = plan["frames"] // len(villains)
    await asyncio.gather(
        door.knock_often(plan["knocks"]), *[villain.rage(each) for villain in villains]
    )
    wall = time.perf_counter() - started
    ending.set()
    await asyncio.gather(*charging)
    return {
        "wall": wall,
        "villains": dict(sum((villain.seen for villain in villains), Counter())),
        "kinds": dict(sum((villain.kinds for villain in villains), Counter())),
        "examples": [
            *door.examples[:_MAX_EXAMPLES],
            *(text for villain in villains for text in villain.examples),
        ][:100],
        "door": dict(door.seen),
        "neighbours": {
            "lost": sum(neighbour.lost for neighbour in neighbours),
            "refused": sum(neighbour.refused for neighbour in neighbours),
            "sessions": sum(neighbour.sessions for neighbour in neighbours),
        },
        "waits": [wait for neighbour in neighbours for wait in neighbour.waits],
    }
