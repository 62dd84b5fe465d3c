"""Block N: logs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStatusNotification:
    """Upload of a log (2.0.1) or of diagnostics (1.6)."""

    status: str
    request_id: int | None = None
