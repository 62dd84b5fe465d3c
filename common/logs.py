"""What goes into the log, and how loudly."""

from __future__ import annotations

import logging


class SuspiciousRequests(logging.Filter):
    """A request that Django refuses as suspicious is one line: strangers send them all day.

    Hung on a handler, it takes the traceback off and the level down to a warning.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security."):
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True
