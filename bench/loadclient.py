"""The orchestrator's handle on a client process (`bench.client`)."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Self

from bench.cpu import tree_seconds
from bench.report import ROOT, step
from bench.stack import BenchFailed


class LoadClient:
    """Start it, wait until it is ready, say go, collect what it saw. Use as a context manager."""

    _made = 0

    def __init__(self, role: str, plan: dict[str, Any], directory: Path) -> None:
        LoadClient._made += 1
        step(f"{len(plan['stations'])} stations dial ({role})")
        stem = f"client-{LoadClient._made}"
        self.name = "client"
        self._result = directory / f"{stem}-result.json"
        plan_path = directory / f"{stem}-plan.json"
        plan_path.write_text(json.dumps(plan))
        self._log = (directory / f"{stem}.log").open("w+b")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.client", role, str(plan_path), str(self._result)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            start_new_session=True,
        )
        self._words: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()

    def cpu_seconds(self) -> float:
        return tree_seconds(self._process.pid)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._words.put(json.loads(line))
        self._words.put({"word": "ended"})

    def wait_for(self, word: str, timeout: float) -> dict[str, Any]:
        """Facts that came with the word.

        Raises:
            BenchFailed: the client ended, said something else, or nothing in time.
        """
        try:
            heard = self._words.get(timeout=timeout)
        except queue.Empty:
            raise BenchFailed(f"no {word!r} from the client within {timeout} s") from None
        if heard["word"] != word:
            raise BenchFailed(f"{heard['word']!r} instead of {word!r}:\n{self._log_tail()}")
        return heard

    def say(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()

    def result(self, timeout: float = 60.0) -> dict[str, Any]:
        """What the client wrote after "done"; waits for its end.

        Raises:
            BenchFailed: it failed, or did not end in time.
        """
        deadline = time.monotonic() + timeout
        while self._process.poll() is None:
            if time.monotonic() > deadline:
                raise BenchFailed(f"the client did not end within {timeout} s")
            time.sleep(0.02)
        if self._process.returncode:
            raise BenchFailed(f"the client failed:\n{self._log_tail()}")
        result: dict[str, Any] = json.loads(self._result.read_text())
        return result

    def _log_tail(self) -> str:
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-4000:]
