"""Blocks E and F: transactions started, stopped and asked about from afar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chargers.domain.commands.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStartTransaction(Command):
    kind: ClassVar[str] = "request_start_transaction"

    id_token_uid: str
    id_token_type: str = "Central"  # noqa: S105 -- an OCPP type, no secret
    remote_start_id: int
    evse: int | None = None
    connector: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStopTransaction(Command):
    kind: ClassVar[str] = "request_stop_transaction"

    transaction_ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GetTransactionStatus(Command):
    kind: ClassVar[str] = "get_transaction_status"

    transaction_ref: str = ""


COMMANDS: tuple[type[Command], ...] = (
    RequestStartTransaction,
    RequestStopTransaction,
    GetTransactionStatus,
)
