"""Blocks E and F: transactions started, stopped and asked about from afar."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from chargers.domain.charging_profiles import ChargingProfile
from chargers.domain.commands.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStartTransaction(Command):
    """Start for a token (F01); `profile` is a TxProfile that limits the session from its start."""

    kind: ClassVar[str] = "request_start_transaction"

    id_token_uid: str
    id_token_type: str = "Central"  # noqa: S105 -- an OCPP type, no secret
    remote_start_id: int
    evse: int | None = None
    connector: int | None = None
    profile: ChargingProfile | None = None

    def to_json(self) -> dict[str, Any]:
        plain = {
            "id_token_uid": self.id_token_uid,
            "id_token_type": self.id_token_type,
            "remote_start_id": self.remote_start_id,
            "evse": self.evse,
            "connector": self.connector,
        }
        return {**plain, "profile": self.profile.to_json()} if self.profile else plain

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        profile = data.get("profile")
        plain = super(RequestStartTransaction, cls).from_json({**data, "profile": None})
        return replace(plain, profile=ChargingProfile.from_json(profile)) if profile else plain


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
