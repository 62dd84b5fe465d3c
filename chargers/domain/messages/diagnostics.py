"""Block N: logs, and what a station knows of a customer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStatusNotification:
    """Upload of a log (2.0.1) or of diagnostics (1.6)."""

    status: str
    request_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyCustomerInformation:
    """A piece of the report about a customer."""

    request_id: int
    seq_no: int
    is_last: bool
    data: str
