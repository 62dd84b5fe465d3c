"""Tells the workers that the outbox has something new, without ever blocking the writer.

`notify()` sets a flag; one daemon thread sends the Celery task. Many notifications become one
task, and a broker that is away costs nothing but delay: the periodic sweep finds the rows.
"""

from __future__ import annotations

import logging
import threading
import time

from celery import current_app
from django.conf import settings

logger = logging.getLogger(__name__)

DISPATCH_TASK = "events.dispatch"
_PAUSE_AFTER_ERROR_SECONDS = 5.0
# A busy network commits many times a second: one task serves them all.
_PAUSE_SECONDS = 0.25

_pending = threading.Event()
_start_lock = threading.Lock()
_thread: threading.Thread | None = None


def notify() -> None:
    """Ask for a dispatch soon; returns at once."""
    if not settings.EVENTS_WAKE_WORKERS:
        return
    _pending.set()
    _ensure_thread()


def _ensure_thread() -> None:
    global _thread  # noqa: PLW0603 -- one thread per process
    if _thread is not None and _thread.is_alive():
        return
    with _start_lock:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_run, name="outbox-waker", daemon=True)
            _thread.start()


def _run() -> None:
    while True:
        _pending.wait()
        _pending.clear()
        try:
            current_app.send_task(DISPATCH_TASK, ignore_result=True, retry=False)
        except Exception:
            logger.warning("could not wake the workers; the sweep will dispatch", exc_info=True)
            time.sleep(_PAUSE_AFTER_ERROR_SECONDS)
        else:
            time.sleep(_PAUSE_SECONDS)
