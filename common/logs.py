"""What goes into the log, and how loudly."""

from __future__ import annotations

import logging


class SuspiciousRequests(logging.Filter):
    """A request that Django refuses is one line of warning: strangers send them all day.

    Hung on a handler, it takes the traceback off what is the peer's fault, not ours.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        refused = record.name == "django.request" and record.levelno < logging.ERROR
        if refused or record.name.startswith("django.security."):
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True
