"""Block N: logs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from chargers.domain.commands.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class GetLog(Command):
    """Upload of a log to `upload_url` (N01; 1.6: GetDiagnostics, for the security log GetLog).

    Attributes:
        oldest_at, latest_at: only entries between; None is open.
        retries, retry_interval_seconds: None leaves them to the station.
    """

    kind: ClassVar[str] = "get_log"
    instants: ClassVar[tuple[str, ...]] = ("oldest_at", "latest_at")

    request_id: int
    upload_url: str
    log_type: str = "DiagnosticsLog"
    oldest_at: datetime | None = None
    latest_at: datetime | None = None
    retries: int | None = None
    retry_interval_seconds: int | None = None


COMMANDS: tuple[type[Command], ...] = (GetLog,)
