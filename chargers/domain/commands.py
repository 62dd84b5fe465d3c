"""What we ask of a station, in neutral words. Stored as JSON on a StationCommand row
(`to_json`/`from_json`), encoded by the version of the socket that carries it.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Self

from chargers.domain.vocabulary import RequestedMessage, ResetType


class OutcomeStatus(StrEnum):
    """How a station answered; versions map their own words onto these."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SCHEDULED = "scheduled"
    NOT_SUPPORTED = "not_supported"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The station's answer.

    Attributes:
        status: neutral result.
        raw_status: the station's own word, such as `UnlockFailed` or a CALLERROR code.
        detail: the rest of the answer (configuration values, additional info).
    """

    status: OutcomeStatus
    raw_status: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    kind: ClassVar[str]
    # Fields that JSON brings back as plain words.
    enums: ClassVar[dict[str, type[StrEnum]]] = {}

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        names = {f.name for f in dataclasses.fields(cls)}
        values = {key: value for key, value in data.items() if key in names}
        for name in cls.enums.keys() & values.keys():
            values[name] = cls.enums[name](values[name])
        return cls(**values)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockConnector(Command):
    kind: ClassVar[str] = "unlock_connector"

    evse: int
    connector: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset(Command):
    """Immediate ends running transactions (1.6: Hard); OnIdle waits (1.6: Soft)."""

    kind: ClassVar[str] = "reset"
    enums: ClassVar[dict[str, type[StrEnum]]] = {"type": ResetType}

    type: ResetType = ResetType.ON_IDLE
    evse: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAvailability(Command):
    kind: ClassVar[str] = "change_availability"

    operative: bool
    evse: int | None = None
    connector: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerMessage(Command):
    kind: ClassVar[str] = "trigger_message"
    enums: ClassVar[dict[str, type[StrEnum]]] = {"requested_message": RequestedMessage}

    requested_message: RequestedMessage
    evse: int | None = None
    connector: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearCache(Command):
    kind: ClassVar[str] = "clear_cache"


@dataclass(frozen=True, slots=True, kw_only=True)
class GetVariables(Command):
    """Names as `Component.Variable` (2.0.1) or configuration keys (1.6); empty: all keys."""

    kind: ClassVar[str] = "get_variables"

    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVariable(Command):
    kind: ClassVar[str] = "set_variable"

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GetBaseReport(Command):
    """Full inventory; answered by NotifyReport messages (1.6: all configuration keys)."""

    kind: ClassVar[str] = "get_base_report"

    request_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GetLog(Command):
    """Upload of a log to `upload_url` (N01; 1.6: GetDiagnostics)."""

    kind: ClassVar[str] = "get_log"

    request_id: int
    upload_url: str
    log_type: str = "DiagnosticsLog"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTransfer(Command):
    kind: ClassVar[str] = "data_transfer"

    vendor_id: str
    message_id: str = ""
    data: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Custom(Command):
    """A raw call for experts: any action with any payload, sent as it stands."""

    kind: ClassVar[str] = "custom"

    action: str
    payload: dict[str, Any] = field(default_factory=dict)


COMMANDS: dict[str, type[Command]] = {
    command.kind: command
    for command in (
        RequestStartTransaction,
        RequestStopTransaction,
        GetTransactionStatus,
        UnlockConnector,
        Reset,
        ChangeAvailability,
        TriggerMessage,
        ClearCache,
        GetVariables,
        SetVariable,
        GetBaseReport,
        GetLog,
        DataTransfer,
        Custom,
    )
}
