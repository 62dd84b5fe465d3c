"""Which template decides, and when a value is the wanted one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargers.domain.characteristics import DataType
from chargers.domain.likeness import same_number, same_set, same_truth
from chargers.domain.quirks import Make, Rule
from chargers.domain.rollouts import ItemResult, RolloutState, verdict
from chargers.domain.templates import (
    Comparison,
    Decided,
    Item,
    ItemState,
    Reported,
    Step,
    Subject,
    Template,
    compare,
    counted,
    decide,
    step_of,
)

STATION = Subject(make=Make("Acme", "One", "1.2"), location="here", protocol="new")


def one(key: str, value: str = "1", **values: Any) -> Template:
    items = (Item(name="interval", value=value),)
    return Template(key=key, items=items, **values)


def own(_template: Template, item: Item) -> str:
    return f"Own.{item.name}"


@pytest.mark.parametrize(
    ("conditions", "matches"),
    [
        ({}, True),
        ({"make": Rule(vendor="acme")}, True),
        ({"make": Rule(vendor="ac*", model="o?e", firmware="1.*")}, True),
        ({"make": Rule(vendor="Acme", model="Two")}, False),
        ({"locations": frozenset({"here", "there"})}, True),
        ({"locations": frozenset({"there"})}, False),
        ({"protocol": "new"}, True),
        ({"protocol": "old"}, False),
        ({"make": Rule(vendor="Acme"), "protocol": "old"}, False),
    ],
)
def test_all_conditions_must_hold(conditions: dict[str, Any], *, matches: bool) -> None:
    assert one("a", **conditions).matches(STATION) is matches


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ({}, {"protocol": "new"}),
        ({"protocol": "new"}, {"make": Rule(vendor="*c*")}),
        ({"make": Rule(vendor="A*")}, {"make": Rule(vendor="Acme")}),
        ({"make": Rule(vendor="Acme")}, {"make": Rule(model="O*")}),
        ({"make": Rule(vendor="Acme", model="One")}, {"make": Rule(firmware="1*")}),
        ({"make": Rule(firmware="1.2")}, {"locations": frozenset({"here"})}),
    ],
)
def test_the_more_specific_one_decides(less: dict[str, Any], more: dict[str, Any]) -> None:
    templates = [one("z", "less", **less), one("a", "more", **more)]
    for order in (templates, templates[::-1]):
        (decided,) = decide(order, STATION, own)
        assert (decided.item.value, decided.own) == ("more", "Own.interval")


def test_values_are_decided_one_by_one() -> None:
    all_of_them = Template(
        key="all", items=(Item(name="interval", value="1"), Item(name="cache", value="on"))
    )
    acme = one("acme", "2", make=Rule(vendor="Acme"))
    other = one("other", "3", make=Rule(vendor="Other"))
    decided = decide([acme, all_of_them, other], STATION, own)
    assert [(each.template.key, each.item.name, each.item.value) for each in decided] == [
        ("acme", "interval", "2"),
        ("all", "cache", "on"),
    ]


def test_two_names_of_one_variable_are_one_value() -> None:
    neutral = Template(key="a", items=(Item(name="interval", value="1"),))
    raw = Template(key="b", items=(Item(name="Own.interval", value="2"),))
    decided = decide(
        [neutral, raw], STATION, lambda _template, item: item.name.replace("interval", "x")[-1]
    )
    assert [each.item.value for each in decided] == ["2"]


def held(comparison: Comparison, wanted: str, **reported: object) -> str:
    item = Item(name="x", value=wanted, comparison=comparison)
    told = Reported(**reported)  # type: ignore[arg-type]
    return compare(Decided(Template(key="t"), item, "x"), told).state.value


@pytest.mark.parametrize(
    ("comparison", "wanted", "reported", "state"),
    [
        ("auto", "a", {"value": "a"}, "in_step"),
        ("auto", "a", {"value": " a "}, "in_step"),
        ("auto", "a", {"value": "A"}, "differs"),
        ("auto", "30", {"value": "30.0", "data_type": DataType.INTEGER}, "in_step"),
        ("auto", "30", {"value": "30 s", "data_type": DataType.INTEGER, "unit": "s"}, "in_step"),
        ("auto", "true", {"value": "1", "data_type": DataType.BOOLEAN}, "in_step"),
        ("auto", "true", {"value": "0", "data_type": DataType.BOOLEAN}, "differs"),
        ("auto", "a,b", {"value": "b, a", "data_type": DataType.MEMBER_LIST}, "in_step"),
        ("auto", "a,b", {"value": "b,a", "data_type": DataType.SEQUENCE_LIST}, "differs"),
        ("exact", "a", {"value": "a "}, "differs"),
        ("number", "1.5 kW", {"value": "1500", "unit": "W"}, "in_step"),
        ("list", "a,b", {"value": "b,a,b"}, "in_step"),
        ("truth", "on", {"value": "TRUE"}, "in_step"),
        ("never", "x", {"value": "y"}, "write_only"),
        ("auto", "x", {"value": "", "is_write_only": True}, "write_only"),
        ("auto", "x", {}, "not_reported"),
        ("auto", "x", {"is_unknown": True}, "unknown"),
        ("auto", "x", {"value": "y", "is_read_only": True}, "read_only"),
        ("auto", "y", {"value": "y", "is_read_only": True}, "in_step"),
    ],
)
def test_what_became_of_a_wanted_value(
    comparison: str, wanted: str, reported: dict[str, object], state: str
) -> None:
    assert held(Comparison(comparison), wanted, **reported) == state


def test_a_version_without_such_a_setting() -> None:
    compared = compare(Decided(Template(key="t"), Item(name="x", value="1"), ""), Reported())
    assert compared.state is ItemState.UNKNOWN
    assert counted([compared, compared]) == {"unknown": 2}


@pytest.mark.parametrize(
    ("states", "step"),
    [
        ("", Step.IN_STEP),
        ("in_step write_only", Step.IN_STEP),
        ("in_step read_only", Step.IMPOSSIBLE),
        ("unknown", Step.IMPOSSIBLE),
        ("unknown not_reported", Step.NOT_READ),
        ("not_reported differs in_step", Step.DIFFERS),
    ],
)
def test_the_summary(states: str, step: Step) -> None:
    assert step_of(ItemState(word) for word in states.split()) is step


@pytest.mark.parametrize(
    ("one_text", "other", "unit", "same"),
    [
        ("60", "60", "", True),
        ("60", "60.0", "", True),
        ("60", "61", "", False),
        ("60", "1 min", "s", True),
        ("1 h", "3600 s", "", True),
        ("60", "60 s", "", True),
        ("1 kW", "1 A", "", False),
        ("1 kW", "1", "W", False),
        ("500 ms", "0.5", "s", True),
        ("a", "a ", "", True),
        ("a", "1", "", False),
        ("", "", "", True),
    ],
)
def test_numbers(one_text: str, other: str, unit: str, *, same: bool) -> None:
    assert same_number(one_text, other, unit) is same
    assert same_number(other, one_text, unit) is same


@pytest.mark.parametrize(
    ("one_text", "other", "same"),
    [
        ("true", "On", True),
        ("FALSE", "0", True),
        ("yes", "disabled", False),
        ("maybe", "Maybe", True),
        ("maybe", "true", False),
    ],
)
def test_truths(one_text: str, other: str, *, same: bool) -> None:
    assert same_truth(one_text, other) is same


@given(st.lists(st.text("abc", min_size=1, max_size=2)), st.randoms(use_true_random=False))
def test_lists_in_any_order(words: list[str], random: object) -> None:
    shuffled = [*words]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert same_set(",".join(words), " , ".join(shuffled))
    assert not same_set(",".join([*words, "z"]), ",".join(words))


@given(st.builds(Item, name=st.text(), value=st.text(), comparison=st.sampled_from(Comparison)))
def test_items_survive_storage(item: Item) -> None:
    assert Item.from_json(item.to_json()) == item


def test_an_unknown_rule_is_the_usual_one() -> None:
    told = {"name": "a", "value": "b", "comparison": "of tomorrow"}
    assert Item.from_json(told) == Item(name="a", value="b")


@pytest.mark.parametrize(
    ("results", "state"),
    [
        ("", RolloutState.UNCHANGED),
        ("in_step unknown", RolloutState.UNCHANGED),
        ("unknown", RolloutState.REJECTED),
        ("unknown applied", RolloutState.APPLIED),
        ("applied in_step", RolloutState.APPLIED),
        ("applied unverified", RolloutState.UNVERIFIED),
        ("applied reboot unverified", RolloutState.REBOOT_REQUIRED),
        ("not_kept reboot", RolloutState.NOT_KEPT),
        ("applied read_only", RolloutState.REJECTED),
        ("unfit applied", RolloutState.REJECTED),
        ("rejected timed_out", RolloutState.TIMED_OUT),
    ],
)
def test_what_came_of_a_station(results: str, state: RolloutState) -> None:
    assert verdict(ItemResult(word) for word in results.split()) is state
