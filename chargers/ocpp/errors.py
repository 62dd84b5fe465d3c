"""Faults on the wire, in neutral words; each version spells them its own way (Q29)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chargers.domain.commands import Outcome, OutcomeStatus


class ErrorCode(StrEnum):
    """CALLERROR codes as OCPP 2.0.1 part 4, 4.3 spells them."""

    FORMAT_VIOLATION = "FormatViolation"
    GENERIC_ERROR = "GenericError"
    INTERNAL_ERROR = "InternalError"
    NOT_IMPLEMENTED = "NotImplemented"
    NOT_SUPPORTED = "NotSupported"
    OCCURRENCE_CONSTRAINT_VIOLATION = "OccurrenceConstraintViolation"
    PROPERTY_CONSTRAINT_VIOLATION = "PropertyConstraintViolation"
    PROTOCOL_ERROR = "ProtocolError"
    RPC_FRAMEWORK_ERROR = "RpcFrameworkError"
    SECURITY_ERROR = "SecurityError"
    TYPE_CONSTRAINT_VIOLATION = "TypeConstraintViolation"


@dataclass(frozen=True, slots=True)
class CallProblem:
    """Why a call is refused; becomes a CALLERROR.

    Attributes:
        code: neutral; `Codec.error_code` or the session spells it.
        description: ours alone, names at most a field of the standard, never a value sent.
    """

    code: ErrorCode
    description: str


class RefusedCallError(Exception):
    """Raised by a decoder that lacks what the message cannot be understood without."""

    def __init__(self, code: ErrorCode, description: str) -> None:
        super().__init__(description)
        self.problem = CallProblem(code, description)


class UnableToEncodeError(Exception):
    """A command that this version cannot carry; `outcome` is what becomes of it."""

    status = OutcomeStatus.FAILED

    def __init__(self, reason: str, faults: tuple[str, ...] = ()) -> None:
        super().__init__("; ".join((reason, *faults)))
        detail: dict[str, object] = {"reason": reason}
        if faults:
            detail["faults"] = list(faults)
        self.outcome = Outcome(status=self.status, raw_status="", detail=detail)


class NotSupportedError(UnableToEncodeError):
    """The version has no such message."""

    status = OutcomeStatus.NOT_SUPPORTED
