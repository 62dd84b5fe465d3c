"""One server process under measurement: started, watched, killed."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from bench.cpu import resident_kb, tree_seconds
from bench.report import ROOT, step

START_SECONDS = 60.0
STOP_SECONDS = 20.0
_POLL_SECONDS = 0.02
_LOG_TAIL = 4_000


class UnableToServe(Exception):
    """The process did not come up, or ended by itself; the message holds the end of its log."""


class Served:
    """A process that listens on one port of 127.0.0.1 (none when `port` is 0)."""

    def __init__(
        self, name: str, command: Sequence[str], *, env: Mapping[str, str], port: int, log: Path
    ) -> None:
        self.name = name
        self.port = port
        self._command = [sys.executable, *command]
        self._env = {**os.environ, **env}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        assert self._process is not None, f"{self.name} is not running"
        return self._process.pid

    def cpu_seconds(self) -> float:
        return tree_seconds(self.pid)

    def resident_kb(self) -> float:
        return resident_kb(self.pid)

    def start(self) -> None:
        """Start and wait until the port accepts connections.

        Raises:
            UnableToServe: see there.
        """
        step(f"starting {self.name}")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while self.port and not self._accepts():
            if time.monotonic() > deadline:
                self.stop()
                raise UnableToServe(f"{self.name} did not start:\n{self.log_tail()}")
            self.check_alive()
            time.sleep(_POLL_SECONDS)

    def check_alive(self) -> None:
        """
        Raises:
            UnableToServe: it has ended.
        """
        if self._process is None or self._process.poll() is not None:
            raise UnableToServe(f"{self.name} ended:\n{self.log_tail()}")

    def kill9(self) -> None:
        """As the out-of-memory killer does."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Ask it to stop; kill it when it does not."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill9()
        self._process = None

    def log_text(self) -> str:
        """All it has logged."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def log_tail(self) -> str:
        return self.log_text()[-_LOG_TAIL:]

    def _accepts(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True
