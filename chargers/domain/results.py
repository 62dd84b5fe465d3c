"""What we answer, before an encoder puts it into the words of a version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chargers.domain.quirks import STANDARD, Quirks
from chargers.domain.vocabulary import AuthorizationStatus, RegistrationStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class IdTokenInfo:
    status: AuthorizationStatus
    expires_at: datetime | None = None
    parent_uid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BootResult:
    """`quirks` of the make that has just said what it is; they hold from this answer on."""

    status: RegistrationStatus
    now: datetime
    interval_seconds: int
    quirks: Quirks = STANDARD


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatResult:
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizeResult:
    token: IdTokenInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionResult:
    """`assigned_id` is the int31 that we give where the CSMS assigns transaction ids (1.6)."""

    assigned_id: int | None = None
    token: IdTokenInfo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTransferResult:
    status: str
    data: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """Nothing to say but that it is stored."""


Result = (
    BootResult
    | HeartbeatResult
    | AuthorizeResult
    | TransactionResult
    | DataTransferResult
    | Acknowledged
)
