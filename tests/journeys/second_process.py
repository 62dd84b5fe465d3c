"""A process that does and looks up things in a site's database, by lines of JSON on its pipes.

The tests drive the product from outside and have no database of their own: whatever they arrange
or want to know they ask here, so it comes from another process than the web process, as a worker's
or a second web process' work would. `{"do": …, "with": {…}}` is answered by `{"ok": …}` or
`{"error": …}`; the actions are those of `site_actions` and the modules beside it.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from typing import Any, BinaryIO

import django
import orjson


def main(requests: BinaryIO, answers: BinaryIO) -> None:
    """Serve until the pipe is closed."""
    django.setup()
    actions = importlib.import_module("tests.journeys.site_actions")
    importlib.import_module("tests.journeys.site_certificates")
    importlib.import_module("tests.journeys.site_devices")
    importlib.import_module("tests.journeys.site_security")
    for line in requests:
        answers.write(orjson.dumps(_answer(actions, orjson.loads(line)), default=str) + b"\n")
        answers.flush()


def _answer(actions: Any, request: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"ok": actions.run(request["do"], request["with"])}
    except Exception:  # noqa: BLE001 -- told to the test, whatever it is
        return {"error": traceback.format_exc()}


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
