"""A process of simulated stations: `python -m bench.client <role> <plan.json> <result.json>`.

It sets its stations up, prints "ready", waits for "go" on standard input, works, prints "done"
and writes what it saw. The roles are in `bench.roles`. With `plain` in the plan it does without
uvloop and orjson.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvloop

from bench.control import Control
from bench.cpu import raise_file_limit
from bench.link import Json
from bench.roles import (
    big,
    closed_loop,
    enumeration,
    flood,
    fuzz,
    hold,
    pings,
    sessions,
    slow_sockets,
    storm,
    takeovers,
)

Role = Callable[[dict[str, Any], Control], Awaitable[dict[str, Any]]]

ROLES: dict[str, Role] = {
    "closed_loop": closed_loop.run,
    "big": big.run,
    "enumeration": enumeration.run,
    "flood": flood.run,
    "fuzz": fuzz.run,
    "hold": hold.run,
    "pings": pings.run,
    "sessions": sessions.run,
    "slow_sockets": slow_sockets.run,
    "storm": storm.run,
    "takeovers": takeovers.run,
}


def main() -> None:
    role, plan_path, result_path = sys.argv[1:]
    raise_file_limit()
    plan = json.loads(Path(plan_path).read_text())
    if plan.get("plain"):
        Json.be_plain()
        result = asyncio.run(_run(ROLES[role], plan))
    else:
        result = uvloop.run(_run(ROLES[role], plan))
    Path(result_path).write_text(json.dumps(result))


async def _run(role: Role, plan: dict[str, Any]) -> dict[str, Any]:
    control = Control(asyncio.get_running_loop())
    result = await role(plan, control)
    control.say("done")
    return result


if __name__ == "__main__":
    main()
