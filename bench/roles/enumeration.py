"""Handshakes with a wrong key, of identities that exist and of such that do not, in turn.

Plan: host, stations (the known identities), tries (of each kind).
"""

from __future__ import annotations

import random
from typing import Any

from bench.control import Control
from bench.upgrade import read_answer, request

# A peer that fails too often is answered late: so many tries from each local address.
_TRIES_PER_ADDRESS = 60
_WARM_UP = 20


async def run(plan: dict[str, Any], control: Control) -> dict[str, Any]:
    await control.go()
    kinds: dict[str, list[tuple[float, str]]] = {"wrong": [], "unknown": []}
    rng = random.Random(1)
    for number in range(-_WARM_UP, plan["tries"]):
        facts = plan["stations"][number % len(plan["stations"])]
        identities = {"wrong": facts["identity"], "unknown": f"X{facts['identity'][1:]}"}
        for kind in rng.sample(list(kinds), 2):
            sent = request(plan["host"], identities[kind], key=f"{rng.getrandbits(128):032x}")
            source = f"127.0.1.{1 + (number + _WARM_UP) * 2 // _TRIES_PER_ADDRESS}"
            seconds, text = await read_answer(plan["host"], sent, source=source)
            if number >= 0:
                kinds[kind].append((seconds, text))
    return {
        "seconds": {kind: [seconds for seconds, _ in tries] for kind, tries in kinds.items()},
        "answers": {kind: sorted({text for _, text in tries}) for kind, tries in kinds.items()},
    }
