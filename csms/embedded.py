"""Celery inside the web process: a worker thread and a beat thread, for the embedded default.

The broker is in memory, so only what this process sends arrives; what others write is found by
the sweeps. Both threads are daemons: they die with the process whatever happens.
"""

from __future__ import annotations

import logging
import os
import threading
from typing import Any

from celery import Celery, shared_task
from celery.beat import EmbeddedService, Scheduler
from celery.worker import WorkController
from celery.worker import state as worker_state

logger = logging.getLogger(__name__)

NOTHING = "csms.nothing"
_START_SECONDS = 15.0
_STOP_SECONDS = 6.0


@shared_task(name=NOTHING)
def nothing() -> None:
    """Does nothing: a message that makes the worker look up."""


class _Controller(WorkController):
    """A worker without the signal handlers, log set-up and banner of the command line."""

    def __init__(self, **options: Any) -> None:
        self.ready = threading.Event()
        super().__init__(**options)

    def on_consumer_ready(self, consumer: Any) -> None:  # noqa: ARG002 -- Celery's signature
        self.ready.set()


class EmbeddedWorker:
    """One worker thread that runs tasks one after the other, and beat beside it.

    Celery's fix-up for Django closes the thread's database connection after every task.
    """

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._controller: _Controller | None = None
        self._thread: threading.Thread | None = None
        self._beat: Any = None

    def start(self) -> None:
        """Start both threads; returns when tasks are taken.

        Raises:
            RuntimeError: the worker did not come up.
        """
        # The command that serves has run the system checks already.
        os.environ.setdefault("CELERY_SKIP_CHECKS", "1")
        self._app.finalize()
        self._controller = _Controller(
            app=self._app,
            hostname="embedded@localhost",
            pool="solo",
            concurrency=1,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
            loglevel=logging.WARNING,
        )
        self._thread = threading.Thread(target=self._work, name="embedded-worker", daemon=True)
        self._thread.start()
        if not self._controller.ready.wait(_START_SECONDS):
            raise RuntimeError("the embedded worker did not start")
        self._beat = EmbeddedService(self._app, thread=True, scheduler_cls=Scheduler)
        self._beat.start()

    def _work(self) -> None:
        self._app.set_current()
        if self._controller is not None:
            self._controller.start()

    def stop(self) -> None:
        """End both threads; the task that runs may finish for a few seconds."""
        if self._thread is None:
            return
        self._beat.service.stop()
        worker_state.should_stop = 0  # type: ignore[assignment]  # an exit code
        # The worker looks at that between two messages, and once more while it stops; each look
        # may take two seconds when no message comes.
        for _ in range(2):
            self._app.send_task(NOTHING)
        self._thread.join(_STOP_SECONDS)
        self._beat.join(_STOP_SECONDS)
        worker_state.should_stop = None
        if self._thread.is_alive():
            logger.warning("a task still runs; what it has not committed will be done again")
        self._thread = None
