"""Block N: logs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chargers.domain.commands.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class GetLog(Command):
    """Upload of a log to `upload_url` (N01; 1.6: GetDiagnostics)."""

    kind: ClassVar[str] = "get_log"

    request_id: int
    upload_url: str
    log_type: str = "DiagnosticsLog"


COMMANDS: tuple[type[Command], ...] = (GetLog,)
