"""Configuration templates: which stations they mean, which one decides, what differs from what is wanted.

A template names stations by make, place and protocol and holds wanted values. All templates that
match a station count; for each value the most specific one decides. Pure: names are resolved and
reported values are looked up by the caller.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from chargers.domain.characteristics import NUMBERS, DataType, same_value
from chargers.domain.likeness import same_number, same_set, same_truth
from chargers.domain.quirks import Make, Rule

ACTUAL = "Actual"


class Comparison(StrEnum):
    """How a reported value is held against the wanted one."""

    AUTO = "auto"
    EXACT = "exact"
    NUMBER = "number"
    LIST = "list"
    TRUTH = "truth"
    NEVER = "never"


class ItemState(StrEnum):
    """What is known of one wanted value at one station."""

    IN_STEP = "in_step"
    DIFFERS = "differs"
    NOT_REPORTED = "not_reported"
    UNKNOWN = "unknown"
    READ_ONLY = "read_only"
    WRITE_ONLY = "write_only"


class Step(StrEnum):
    """A whole station against a whole template, the worst first."""

    DIFFERS = "differs"
    NOT_READ = "not_read"
    IMPOSSIBLE = "impossible"
    IN_STEP = "in_step"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A wanted value.

    Attributes:
        name: id of a well-known setting, or a station's own full name (`Component@1.Variable`, or a
            configuration key).
        attribute: Actual, Target, MinSet or MaxSet; other than Actual only where there are variables.
        comparison: AUTO goes by the type that the station reports, else by the standard's.
    """

    name: str
    value: str
    attribute: str = ACTUAL
    comparison: Comparison = Comparison.AUTO

    @classmethod
    def from_json(cls, data: Mapping[str, str]) -> Item:
        word = data.get("comparison") or Comparison.AUTO
        known = word in list(Comparison)
        return cls(
            name=data["name"],
            value=data["value"],
            attribute=data.get("attribute") or ACTUAL,
            comparison=Comparison(word) if known else Comparison.AUTO,
        )

    def to_json(self) -> dict[str, str]:
        return {
            "name": self.name,
            "attribute": self.attribute,
            "value": self.value,
            "comparison": self.comparison.value,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A station as templates see it."""

    make: Make
    location: str = ""
    protocol: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Wanted values for the stations that all of its conditions match; an empty one matches all.

    Attributes:
        make: patterns of vendor, model and firmware as in a rule on makes.
        locations: keys of places; none means every place.
        protocol: WebSocket subprotocol.
        key: names it for its author, and decides between two that are equally specific.
    """

    key: str
    make: Rule = field(default_factory=Rule)
    locations: frozenset[str] = frozenset()
    protocol: str = ""
    items: tuple[Item, ...] = ()

    def matches(self, subject: Subject) -> bool:
        if self.protocol and self.protocol != subject.protocol:
            return False
        if self.locations and subject.location not in self.locations:
            return False
        return self.make.matches(subject.make)

    @property
    def rank(self) -> tuple[bool, int, int, int, bool, str]:
        """Named places first; then firmware, model and vendor by their literal characters."""
        _own, firmware, model, vendor, _key = self.make.rank
        return (bool(self.locations), firmware, model, vendor, bool(self.protocol), self.key)


@dataclass(frozen=True, slots=True)
class Decided:
    """A wanted value at one station and the template that decides it.

    `own` is the name as the station calls it, "" when its version has no such setting.
    """

    template: Template
    item: Item
    own: str


def decide(
    templates: Iterable[Template], subject: Subject, own_name: Callable[[Template, Item], str]
) -> list[Decided]:
    """Of every value that a matching template wants, the one of the most specific template.

    Args:
        own_name: an item's name as this station calls it, "" when it has no such thing.
    """
    matching = sorted(
        (each for each in templates if each.matches(subject)), key=lambda each: each.rank
    )
    decided: dict[tuple[str, str], Decided] = {}
    for template in matching:
        for item in template.items:
            own = own_name(template, item)
            decided[own or f"?{item.name}", item.attribute] = Decided(template, item, own)
    return list(decided.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What a station last said of a value; `value` None: it never told.

    Attributes:
        is_unknown: the station said that it has no such variable.
    """

    value: str | None = None
    is_read_only: bool = False
    is_write_only: bool = False
    is_unknown: bool = False
    data_type: DataType = DataType.STRING
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """One wanted value against what was reported."""

    decided: Decided
    state: ItemState
    have: str = ""


def compare(decided: Decided, reported: Reported) -> Compared:
    """What became of a wanted value; a value that is right is in step, whoever may write it."""
    item = decided.item
    if not decided.own:
        return Compared(decided, ItemState.UNKNOWN)
    if reported.is_write_only or item.comparison is Comparison.NEVER:
        return Compared(decided, ItemState.WRITE_ONLY)
    if reported.is_unknown:
        return Compared(decided, ItemState.UNKNOWN)
    if reported.value is None:
        return Compared(decided, ItemState.NOT_REPORTED)
    if is_same(item, reported):
        return Compared(decided, ItemState.IN_STEP, reported.value)
    state = ItemState.READ_ONLY if reported.is_read_only else ItemState.DIFFERS
    return Compared(decided, state, reported.value)


def is_same(item: Item, reported: Reported) -> bool:
    """Whether the reported value is the wanted one, by the item's rule of comparison."""
    wanted, have = item.value, reported.value or ""
    match item.comparison:
        case Comparison.EXACT:
            return wanted == have
        case Comparison.NUMBER:
            return same_number(wanted, have, reported.unit)
        case Comparison.LIST:
            return same_set(wanted, have)
        case Comparison.TRUTH:
            return same_truth(wanted, have)
        case _:
            return _same_by_type(wanted, have, reported)


def _same_by_type(wanted: str, have: str, reported: Reported) -> bool:
    if reported.data_type in NUMBERS:
        return same_number(wanted, have, reported.unit)
    if reported.data_type is DataType.BOOLEAN:
        return same_truth(wanted, have)
    return same_value(wanted, have, reported.data_type)


def step_of(states: Iterable[ItemState]) -> Step:
    """A station's summary: what can be put right comes before what is not known."""
    found = set(states)
    if ItemState.DIFFERS in found:
        return Step.DIFFERS
    if ItemState.NOT_REPORTED in found:
        return Step.NOT_READ
    if found & {ItemState.UNKNOWN, ItemState.READ_ONLY}:
        return Step.IMPOSSIBLE
    return Step.IN_STEP


def counted(compared: Iterable[Compared]) -> dict[str, int]:
    """State → how many values."""
    return dict(Counter(each.state.value for each in compared))
