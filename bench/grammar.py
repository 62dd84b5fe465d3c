"""Malformed OCPP-J frames, as many as wanted: schema-shaped calls, then broken in many ways.

Pure and seeded: the same seed gives the same frames. Nothing of the product is imported; the
schemas are those of the OCA as the `ocpp` package ships them.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from bench.poison import BINARY, DEEP, DROPPED, IDS, OBJECTS, TEXTS, TIMES, WHOLE, WORDS

FOLDERS = {"ocpp1.6": ("v16", ""), "ocpp2.0.1": ("v201", "Request")}
# What a station may send; the rest of the schemas are calls of the CSMS.
_SENT_BY_CSMS = re.compile(
    r"^(Cancel|CertificateSigned|Change|Clear|Cost|Customer|Delete|ExtendedTrigger|Get(?!15118|"
    r"CertificateStatus)|Install|Publish(?!FirmwareStatus)|Remote|Request|Reserve|Reset|Send|Set|"
    r"SignedUpdate|Trigger|Unlock|Unpublish|Update)"
)
_MAX_DEPTH = 6
_READABLE = re.compile(r'\s*\[\s*2\s*,\s*"([A-Za-z0-9-]{1,36})"\s*[,\]]')


@dataclass(frozen=True, slots=True)
class Shot:
    """One frame to send.

    Attributes:
        data: text, or bytes for a binary frame.
        raw_text: send the bytes as a text frame though they are no UTF-8; ends the socket.
        expects: id that must be answered, exactly once; empty when nothing can be expected.
        kind: how it was made, for the report.
    """

    data: str | bytes
    kind: str
    expects: str = ""
    raw_text: bool = False

    @property
    def is_fatal(self) -> bool:
        return self.raw_text


class Grammar:
    """An endless source of shots for one protocol version."""

    def __init__(self, seed: int, subprotocol: str) -> None:
        self._random = random.Random(seed)
        self._actions = actions(subprotocol)
        self._names = sorted(self._actions)
        self._count = 0

    def shot(self) -> Shot:
        """The next frame."""
        self._count += 1
        message_id = f"f-{self._count}"
        kind = self._random.choices(list(_KINDS), weights=list(_WEIGHTS))[0]
        made = _KINDS[kind](self, message_id)
        if isinstance(made, Shot):
            return made
        return Shot(made, kind, expects=readable_id(made) if message_id in made else "")

    # -- kinds ---------------------------------------------------------------------------------

    def valid(self, message_id: str) -> str:
        """Valid by the schema, though nonsense."""
        return _dump(self._call(message_id))

    def poisoned(self, message_id: str) -> str:
        """One to four values replaced, left out or added."""
        call = self._call(message_id)
        for _ in range(self._random.randint(1, 4)):
            self._poison(call[3])
        return _dump(call, ascii_only=self._random.random() < 0.7)

    def swapped(self, message_id: str) -> str:
        """The payload of one action under the name of another."""
        call = self._call(message_id)
        call[2] = self._random.choice(self._names)
        return _dump(call)

    def broken(self, message_id: str) -> str:
        """The text cut, or some characters changed, behind the id."""
        text = _dump(self._call(message_id))
        start = text.index(message_id) + len(message_id) + 2
        for _ in range(self._random.randint(1, 3)):
            at = self._random.randrange(start, len(text) + 1)
            text = self._random.choice(_BREAKERS)(self._random, text, at)
        return text

    def duplicated(self, message_id: str) -> str:
        """Properties twice, with other values."""
        text = _dump(self._call(message_id))
        more = "".join(
            f"{json.dumps(name)}:{_dump(self._random.choice(OBJECTS))},"
            for name in self._random.sample(_PROPERTIES, 3)
        )
        return text.replace("{", "{" + more, 1) if "{}" not in text else text

    def odd_frame(self, message_id: str) -> str:
        """The array itself is odd: types, lengths, payloads that are none."""
        call: list[Any] = self._call(message_id)
        change = self._random.randrange(6)
        if change == 0:
            call[0] = self._random.choice([1, 3, 4, 5, 6, 7, -2, 2.0, "2", None, 10**30])
        elif change == 1:
            call[2] = self._random.choice(["", "x" * 60, None, 5, [], "Heartbeat ", "heartbeat"])
        elif change == 2:
            call[3] = deepcopy(self._random.choice(OBJECTS))
        elif change == 3:
            call = call[: self._random.randint(1, 3)]
        elif change == 4:
            call += [self._random.choice(OBJECTS)] * self._random.randint(1, 3)
        else:
            call[1] = self._random.choice(IDS)
        return _dump(call)

    def answer(self, message_id: str) -> str:
        """An answer to something that nobody has asked."""
        payload = self._random.choice(OBJECTS)
        return _dump(
            self._random.choice(
                [[3, message_id, payload], [4, message_id, "GenericError", payload, {}], [3], [4]]
            )
        )

    def corpus(self, message_id: str) -> Shot:
        text = self._random.choice(WHOLE).replace("ID", message_id)
        return Shot(text, "corpus", expects=readable_id(text))

    def dropped(self, _message_id: str) -> Shot:
        return Shot(self._random.choice(DROPPED), "dropped")

    def binary(self, message_id: str) -> Shot:
        """Bytes in a binary frame: rubbish, or a call in another encoding."""
        if self._random.random() < 0.5:
            return Shot(self._random.choice(BINARY), "binary")
        call = _dump(self._call(message_id)).encode()
        at = self._random.randrange(len(call))
        noise = self._random.randbytes(self._random.randint(1, 4))
        return Shot(call[:at] + noise + call[at:], "binary")

    def deep(self, message_id: str) -> str:
        """Nested far deeper than any message is."""
        opening, closing = self._random.choice(DEEP)
        depth = self._random.choice([50, 300, 1_100, 20_000])
        cut = self._random.choice([0, depth, depth // 2])
        return f'[2,"{message_id}","DataTransfer",{opening * depth}1{closing * cut}]'

    def big(self, message_id: str) -> str:
        """Large, but below the limit of a frame."""
        call = self._call(message_id)
        size = self._random.choice([10_000, 100_000, 400_000])
        call[3][self._random.choice(_PROPERTIES)] = self._random.choice(
            ["x" * size, [{}] * (size // 10), ["\u0000"] * (size // 20)]
        )
        return _dump(call)

    def not_utf8(self, message_id: str) -> Shot:
        """Text that is none: RFC 6455 ends the connection."""
        data = f'[2,"{message_id}","Heartbeat",{{"a":"'.encode() + b'\xc3\x28"}]'
        return Shot(data, "not_utf8", raw_text=True)

    # -- parts ---------------------------------------------------------------------------------

    def _call(self, message_id: str) -> list[Any]:
        action = self._random.choice(self._names)
        schema = self._actions[action]
        return [2, message_id, action, made(schema, schema, self._random, 0)]

    def _poison(self, payload: Any) -> None:
        """Change one random place of the payload."""
        place = payload
        for _ in range(self._random.randint(0, 4)):
            inner = [item for item in _children(place) if isinstance(item, dict | list) and item]
            if not inner or self._random.random() < 0.3:
                break
            place = self._random.choice(inner)
        poison = deepcopy(self._random.choice(self._random.choice([TEXTS, TIMES, WORDS, OBJECTS])))
        if isinstance(place, list):
            place[self._random.randrange(len(place))] = poison
        elif place and self._random.random() < 0.75:
            name = self._random.choice(list(place))
            if self._random.random() < 0.2:
                del place[name]
            else:
                place[name] = poison
        else:
            place[self._random.choice(_PROPERTIES)] = poison


def readable_id(text: str) -> str:
    """The id of a CALL that a server must answer: the frame begins as one, with a plain id."""
    found = _READABLE.match(text)
    return found[1] if found is not None else ""


@cache
def actions(subprotocol: str) -> dict[str, dict[str, Any]]:
    """Schemas of what stations of a version send, by action."""
    folder, suffix = FOLDERS[subprotocol]
    found = {}
    for file in (resources.files("ocpp") / folder / "schemas").iterdir():
        name = file.name.removesuffix(".json")
        if name.endswith("Response") or not name.endswith(suffix):
            continue
        action = name.removesuffix(suffix) if suffix else name
        if not _SENT_BY_CSMS.match(action):
            found[action] = json.loads(file.read_text(encoding="utf-8-sig"))
    return found


def made(schema: dict[str, Any], root: dict[str, Any], rng: random.Random, depth: int) -> Any:
    """A value that the schema allows, mostly; optional properties half of the time."""
    if "$ref" in schema:
        schema = root["definitions"][schema["$ref"].rpartition("/")[2]]
    if "enum" in schema:
        return rng.choice(schema["enum"])
    kind = schema.get("type", "object")
    if kind == "object":
        required = schema.get("required", ())
        return {
            name: made(inner, root, rng, depth + 1)
            for name, inner in schema.get("properties", {}).items()
            if name in required or (depth < _MAX_DEPTH and rng.random() < 0.5)
        }
    if kind == "array":
        return [made(schema["items"], root, rng, depth + 1) for _ in range(rng.randint(1, 3))]
    return _SCALARS[kind](schema, rng)


def _string(schema: dict[str, Any], rng: random.Random) -> str:
    if schema.get("format") == "date-time":
        return f"20{rng.randint(10, 40)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T12:00:00Z"
    return "".join(
        rng.choices("abcXYZ019 -", k=rng.randint(1, min(schema.get("maxLength", 20), 20)))
    )


_SCALARS: dict[str, Callable[[dict[str, Any], random.Random], Any]] = {
    "string": _string,
    "integer": lambda _schema, rng: rng.choice([0, 1, 1, 2, 3, rng.randint(0, 10**6)]),
    "number": lambda _schema, rng: rng.choice([0, 1, 16.5, rng.uniform(0, 10**5)]),
    "boolean": lambda _schema, rng: rng.random() < 0.5,
}


def _children(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else list(value)


def _dump(value: Any, *, ascii_only: bool = True) -> str:
    """JSON as stations write it; lone surrogates, which no frame can hold, stay escapes."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=ascii_only)
    return text if text.isascii() or _is_unicode(text) else json.dumps(value)


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


_PROPERTIES = [
    *("connectorId", "idTag", "meterStart", "meterStop", "timestamp", "transactionId", "status"),
    *("transactionData", "meterValue", "errorCode", "evse", "idToken", "transactionInfo", "seqNo"),
    *("eventType", "vendorId", "data", "requestId", "reservationId", "offline", "evseId"),
]
_BREAKERS: list[Callable[[random.Random, str, int], str]] = [
    lambda _rng, text, at: text[:at],
    lambda rng, text, at: text[:at] + rng.choice('{}[],:"\\0e-\x00\x1f\ufeff') + text[at:],
    lambda _rng, text, at: text[:at] + text[at + 1 :],
    lambda rng, text, at: text[:at] + text[at + rng.randint(1, 10) :],
    lambda _rng, text, at: re.sub(r'":[^,{}\[\]]+', '":', text[:at], count=1) + text[at:],
    lambda _rng, text, at: text[:at] + text[at:] * 2,
]
_KINDS: dict[str, Callable[[Grammar, str], str | Shot]] = {
    "valid": Grammar.valid,
    "poisoned": Grammar.poisoned,
    "swapped": Grammar.swapped,
    "broken": Grammar.broken,
    "duplicated": Grammar.duplicated,
    "odd frame": Grammar.odd_frame,
    "answer": Grammar.answer,
    "corpus": Grammar.corpus,
    "dropped": Grammar.dropped,
    "binary": Grammar.binary,
    "deep": Grammar.deep,
    "big": Grammar.big,
    "not_utf8": Grammar.not_utf8,
}
_WEIGHTS = (8, 36, 5, 18, 4, 8, 3, 8, 3, 4, 1.5, 0.5, 0.2)
