"""How a make of station differs from the standard: values, rules, and which rule wins.

A rule names vendor, model and firmware by patterns and sets some fields of `Quirks`. All rules
that match a station count; for each field the most specific one wins. Pure: where rules come
from (the shipped catalogue, an operator's own) is the business of `chargers.quirks` and services.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any


class SampleRegister(StrEnum):
    """What the energy register of sampled values counts from (Q66)."""

    LIFETIME = "lifetime"
    SESSION = "session"


class ResetKinds(StrEnum):
    """Which kinds of reset a station survives."""

    ANY = "any"
    HARD_ONLY = "hard_only"
    SOFT_ONLY = "soft_only"


class TimeStyle(StrEnum):
    """How the time is written in our answers (Q35)."""

    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """What is special about one station; the defaults are the standard's behaviour.

    Attributes:
        assume_subprotocol: version of a station that offers none, "" refuses it (Q01).
        quiet_seconds: no command before its boot is answered, or this long if none comes (Q13).
        deaf_after_timeouts: unanswered commands in a row after which it must reconnect; 0: never
            (Q07).
        idle_seconds: how long it may say nothing; 0: three heartbeats, at least 15 minutes (Q08).
        min_heartbeat_seconds: shortest heartbeat interval that it copes with.
        max_heartbeat_seconds: longest interval that it may get; 0: no limit.
        register_scale: factor for meterStart and meterStop that it calls Wh (Q65).
        energy_scale: factor for sampled energy that it calls Wh, or gives no unit (Q65).
        power_scale: factor for sampled power that it calls W, or gives no unit (Q65).
        sample_register: what sampled energy counts from (Q66).
        fill_empty_values: read `"key":,` as null instead of broken JSON (Q16).
        reset_kinds: a reset of the other kind is sent as the one that works.
        time_style: how `currentTime` is written.
        max_command_bytes: longest frame that it can take; 0: no limit of its own.
        unsupported_commands: kinds of command that end as not supported, without being sent.
        display_dialect: how texts reach its display (1.6 has no message for it); "" is none.
        root_in_chain: its new certificate is handed over with the root at the end (Q88).
    """

    assume_subprotocol: str = ""
    quiet_seconds: int = 30
    deaf_after_timeouts: int = 3
    idle_seconds: int = 0
    min_heartbeat_seconds: int = 0
    max_heartbeat_seconds: int = 0
    register_scale: int = 1
    energy_scale: int = 1
    power_scale: int = 1
    sample_register: SampleRegister = SampleRegister.LIFETIME
    fill_empty_values: bool = False
    reset_kinds: ResetKinds = ResetKinds.ANY
    time_style: TimeStyle = TimeStyle.SECONDS
    max_command_bytes: int = 0
    unsupported_commands: tuple[str, ...] = ()
    display_dialect: str = ""
    root_in_chain: bool = False

    @property
    def rescales(self) -> bool:
        """Whether numbers of its messages mean something else than they say."""
        return (self.register_scale, self.energy_scale, self.power_scale) != (1, 1, 1)

    def heartbeat_seconds(self, wished: int) -> int:
        """The heartbeat interval to ask for, in seconds."""
        longest = self.max_heartbeat_seconds or wished
        return max(min(wished, longest), self.min_heartbeat_seconds)


STANDARD = Quirks()
FIELDS = tuple(item.name for item in fields(Quirks))


@dataclass(frozen=True, slots=True)
class Make:
    """What a station says it is, at boot or as typed by staff."""

    vendor: str = ""
    model: str = ""
    firmware: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Sets fields for every make that its patterns match.

    Attributes:
        vendor, model, firmware: `*` any text, `?` any character, letter case does not count;
            "" matches everything.
        sets: field of `Quirks` → value.
        source: who says so, for people.
        key: names the rule for its author (primary key, heading of the catalogue).
        is_own: an operator's rule, which comes before every shipped one.
    """

    vendor: str = ""
    model: str = ""
    firmware: str = ""
    sets: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    key: str = ""
    is_own: bool = False

    def matches(self, make: Make) -> bool:
        return (
            _matches(self.vendor, make.vendor)
            and _matches(self.model, make.model)
            and _matches(self.firmware, make.firmware)
        )

    @property
    def rank(self) -> tuple[bool, int, int, int, str]:
        """Own before shipped; then firmware, model and vendor, each by its literal characters."""
        return (
            self.is_own,
            _weight(self.firmware),
            _weight(self.model),
            _weight(self.vendor),
            self.key,
        )


@dataclass(frozen=True, slots=True)
class Resolved:
    """The quirks of a make and which rule set each field that a rule set."""

    quirks: Quirks = STANDARD
    rules: Mapping[str, Rule] = field(default_factory=dict)


def resolve(rules: Iterable[Rule], make: Make) -> Resolved:
    """Field by field the most specific matching rule; the order of `rules` does not matter."""
    matching = sorted((rule for rule in rules if rule.matches(make)), key=lambda rule: rule.rank)
    values: dict[str, Any] = {}
    winners: dict[str, Rule] = {}
    for rule in matching:
        for name, value in rule.sets.items():
            values[name], winners[name] = value, rule
    return Resolved(replace(STANDARD, **values), winners) if values else Resolved()


def _matches(pattern: str, text: str) -> bool:
    return not pattern or _compiled(pattern).fullmatch(text.strip()) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """A glob without brackets: names of models have them, and nobody expects a class there."""
    wild = {"*": ".*", "?": "."}
    parts = (wild.get(char) or re.escape(char) for char in re.sub(r"\*+", "*", pattern.strip()))
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def _weight(pattern: str) -> int:
    """0 for "any", else one more than the characters that must be just so."""
    stripped = pattern.strip()
    return 1 + sum(char not in "*?" for char in stripped) if stripped.strip("*") else 0
