"""One OCPP version: a table of routes, and how frames' payloads pass through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Protocol

from chargers.domain.commands import Command, Custom, Outcome, OutcomeStatus
from chargers.domain.messages import Message
from chargers.domain.quirks import STANDARD, Quirks
from chargers.domain.results import Result
from chargers.ocpp.errors import (
    CallProblem,
    ErrorCode,
    NotSupportedError,
    RefusedCallError,
    UnableToEncodeError,
)
from chargers.ocpp.fields import Payload
from chargers.ocpp.notes import Notes
from chargers.ocpp.outcomes import any_answer, by_error
from chargers.ocpp.repairs import in_style, rescaled, workable
from chargers.ocpp.schema import Checker

# Keywords of a schema that leave nothing to read → what CALLRESULTERROR calls them (2.1).
_UNREADABLE = {
    "required": ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION,
    "enum": ErrorCode.PROPERTY_CONSTRAINT_VIOLATION,
    "type": ErrorCode.TYPE_CONSTRAINT_VIOLATION,
    "null": ErrorCode.TYPE_CONSTRAINT_VIOLATION,
}


@dataclass(frozen=True, slots=True)
class InboundRoute:
    """How one action of a station is read and answered.

    Attributes:
        decode: forgiven payload → message, or None when there is nothing to decide on. May raise
            RefusedCallError, unless the action tells of a transaction.
        encode_result: (message, result) → payload of the CALLRESULT.
        untouched: top-level properties that may have any JSON type.
    """

    decode: Callable[[Payload, Notes], Message | None]
    encode_result: Callable[[Any, Any], Payload]
    untouched: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OutboundRoute:
    """How one kind of command is sent and its answer read.

    Attributes:
        aliases: what another version calls a property of the answer → its name here (Q86).
    """

    action: str
    encode: Callable[[Any], Payload]
    decode_outcome: Callable[[Any, Payload], Outcome]
    aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutboundChoice:
    """One kind of command for which a version has several messages; the command says which."""

    choose: Callable[[Any], OutboundRoute]
    routes: tuple[OutboundRoute, ...]


class InboundModule(Protocol):
    """A file of one action that stations send."""

    def decode(self, payload: Payload, notes: Notes, /) -> Message | None: ...

    def encode_result(self, message: Any, result: Any, /) -> Payload: ...


class OutboundModule(Protocol):
    """A file of one action that we send."""

    def encode(self, command: Any, /) -> Payload: ...

    def decode_outcome(self, command: Any, payload: Payload, /) -> Outcome: ...


def inbound(module: InboundModule, *, untouched: frozenset[str] = frozenset()) -> InboundRoute:
    """The route of an action whose file is called by the action's name."""
    return InboundRoute(module.decode, module.encode_result, untouched)


def outbound(
    action: str, module: OutboundModule, *, aliases: Mapping[str, str] | None = None
) -> OutboundRoute:
    """The route of a command whose file encodes it and reads the answer."""
    return OutboundRoute(action, module.encode, module.decode_outcome, aliases or {})


@dataclass(frozen=True, slots=True)
class Decoded:
    """A call that can be served.

    `message` is None when nothing of it can be decided on (an unknown status word): it is stored
    raw, acknowledged, and has no effect. `warnings` name path and keyword, never values.
    """

    message: Message | None
    warnings: tuple[str, ...] = ()


class EncodedCall(NamedTuple):
    action: str
    payload: Payload


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """The whole of one version.

    Attributes:
        subprotocol: as registered with IANA, such as `ocpp2.0.1`.
        checker: schemas of the version.
        inbound: action → route.
        outbound: command kind → route.
        unsupported: actions of the standard that stations may send and we do not serve yet.
        spellings: error codes that this version writes differently.
        has_send: frame types 5 and 6 exist (2.1).
    """

    subprotocol: str
    checker: Checker
    inbound: Mapping[str, InboundRoute]
    outbound: Mapping[str, OutboundRoute | OutboundChoice]
    unsupported: frozenset[str]
    spellings: Mapping[ErrorCode, str] = field(default_factory=dict)
    has_send: bool = False

    def decode(self, action: str, payload: Any, quirks: Quirks = STANDARD) -> Decoded | CallProblem:
        """A station's call as a neutral message, as its make means it. Never raises."""
        route = self.inbound.get(action)
        if route is None:
            return self._unknown(action)
        notes = Notes()
        schema = self.checker.request(action)
        forgiven = self.checker.check(schema, payload, notes, route.untouched)
        if quirks.rescales:
            forgiven = rescaled(forgiven, quirks, notes)
        try:
            message = route.decode(forgiven, notes)
        except RefusedCallError as refused:
            return refused.problem
        return Decoded(message, notes.as_tuple())

    def encode_result(
        self, action: str, message: Message | None, result: Result, quirks: Quirks = STANDARD
    ) -> Payload:
        """The CALLRESULT's payload for a decoded call."""
        payload = self.inbound[action].encode_result(message, result)
        return in_style(payload, quirks.time_style)

    def result_faults(self, action: str, payload: Payload) -> tuple[str, ...]:
        """What the schema has against an answer of ours. An answer is sent all the same: a
        station that gets none repeats its call for ever.
        """
        return self.checker.faults(self.checker.response(action), payload)

    def encode_command(self, command: Command, quirks: Quirks = STANDARD) -> EncodedCall:
        """Action and payload of a call to the station, valid by the schema of the version.

        Raises:
            NotSupportedError: the version has no such message, or the make is known not to.
            UnableToEncodeError: the values do not fit (a token too long for 1.6). Both carry the
                `outcome` with which the command ends.
        """
        if command.kind in quirks.unsupported_commands:
            raise NotSupportedError(f"this make is known not to support {command.kind}")
        if isinstance(command, Custom):
            return EncodedCall(command.action, command.payload)
        command = workable(command, quirks)
        route = self._outbound(command)
        payload = route.encode(command)
        faults = self.checker.faults(self.checker.request(route.action), payload)
        if faults:
            raise UnableToEncodeError(f"{route.action} does not fit the schema", faults)
        return EncodedCall(route.action, payload)

    def decode_outcome(self, command: Command, payload: Any) -> Outcome:
        """The station's CALLRESULT to `command`, read as tolerantly as its calls."""
        if isinstance(command, Custom):
            return any_answer(payload if isinstance(payload, dict) else {})
        route = self._outbound(command)
        notes = Notes()
        schema = self.checker.response(route.action)
        named = _by_right_names(payload, route.aliases, notes)
        outcome = route.decode_outcome(command, self.checker.check(schema, named, notes))
        if not notes:
            return outcome
        return replace(outcome, detail={**outcome.detail, "warnings": list(notes.as_tuple())})

    def answer_problem(self, outcome: Outcome) -> CallProblem | None:
        """Why an answer could not be read: what it has to say is missing, or no word of ours.

        Faults in what else it told are forgiven like those of a call.
        """
        if outcome.status is not OutcomeStatus.FAILED:
            return None
        for warning in outcome.detail.get("warnings", ()):
            path, _, keyword = str(warning).partition(": ")
            if keyword in _UNREADABLE and "." not in path and "[" not in path:
                return CallProblem(_UNREADABLE[keyword], str(warning))
        return None

    def decode_failure(self, code: str, description: str) -> Outcome:
        """The station's CALLERROR to a command."""
        return by_error(code, description)

    def error_code(self, neutral: ErrorCode) -> str:
        return self.spellings.get(neutral, neutral.value)

    def warm_up(self) -> None:
        """Compile every schema in use, so that the first message of a process is not slow."""
        for action in self.inbound:
            self.checker.request(action)
        for entry in self.outbound.values():
            for route in entry.routes if isinstance(entry, OutboundChoice) else (entry,):
                self.checker.request(route.action)
                self.checker.response(route.action)

    def _outbound(self, command: Command) -> OutboundRoute:
        """The route of this command.

        Raises:
            NotSupportedError: the version has no such message.
        """
        route = self.outbound.get(command.kind)
        if route is None:
            raise NotSupportedError(f"{self.subprotocol} has no message for {command.kind}")
        return route.choose(command) if isinstance(route, OutboundChoice) else route

    def _unknown(self, action: str) -> CallProblem:
        if action in self.unsupported:
            return CallProblem(ErrorCode.NOT_SUPPORTED, "this action is not supported here")
        return CallProblem(ErrorCode.NOT_IMPLEMENTED, "this action is not known")


def _by_right_names(payload: Any, aliases: Mapping[str, str], notes: Notes) -> Any:
    """The answer with the properties that it calls as another version does (Q86)."""
    if not isinstance(payload, dict):
        return payload
    wrong = [old for old, new in aliases.items() if old in payload and new not in payload]
    for old in wrong:
        notes.add(old, "name of another version")
    return {(aliases[name] if name in wrong else name): payload[name] for name in payload}
