"""Block N: logs, and what a station knows of a customer."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerInformation(Command):
    """Have a station tell what it knows of a customer, forget it, or both (N09, N10).

    Attributes:
        id_token_uid, id_token_type: the customer's token, or else `customer_identifier`.
    """

    kind: ClassVar[str] = "customer_information"

    request_id: int
    report: bool
    clear: bool
    id_token_uid: str = ""
    id_token_type: str = "Central"  # noqa: S105 -- an OCPP type, no secret
    customer_identifier: str = ""


COMMANDS: tuple[type[Command], ...] = (GetLog, CustomerInformation)
