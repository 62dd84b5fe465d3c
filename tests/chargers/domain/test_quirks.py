"""Rules of makes: patterns, which one wins, where each field comes from, what a field may hold."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from chargers.domain.quirk_fields import QUIRK_FIELDS, as_data, default_of, read_sets
from chargers.domain.quirks import (
    FIELDS,
    STANDARD,
    Make,
    Quirks,
    ResetKinds,
    Resolved,
    Rule,
    SampleRegister,
    resolve,
)
from chargers.quirks.catalogue import CatalogueError, catalogue, parse_catalogue

MAKE = Make("Wall Box Chargers", "Pulsar Plus [22kW]", "5.3.1")


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("", True),
        ("*", True),
        ("wall box*", True),
        ("WALL?BOX CHARGERS", True),
        ("Wall Box", False),
        ("*chargers ", True),
        ("Wall*Box*", True),
        ("Wa***rs", True),
        ("W[a]ll*", False),
        ("wallbox*", False),
    ],
)
def test_patterns_of_makes(pattern: str, matches: bool) -> None:
    assert Rule(vendor=pattern).matches(MAKE) is matches


def test_brackets_in_names_are_characters() -> None:
    assert Rule(model="pulsar plus [22kw]").matches(MAKE)
    assert not Rule(model="pulsar plus [12kw]").matches(MAKE)


def test_every_pattern_of_a_rule_has_to_match() -> None:
    assert Rule(vendor="Wall*", model="Pulsar*", firmware="5.*").matches(MAKE)
    assert not Rule(vendor="Wall*", model="Pulsar*", firmware="6.*").matches(MAKE)
    assert not Rule(model="Pulsar*").matches(Make("Wall Box Chargers"))


def test_no_rule_is_the_standard() -> None:
    assert resolve([], MAKE) == Resolved(STANDARD, {})
    assert resolve([Rule(vendor="ABB*", sets={"quiet_seconds": 5})], MAKE) == Resolved(STANDARD, {})
    assert Quirks() == STANDARD
    assert (STANDARD.quiet_seconds, STANDARD.deaf_after_timeouts) == (30, 3)
    assert not STANDARD.rescales
    assert replace(STANDARD, energy_scale=1000).rescales


def test_the_most_specific_rule_wins_field_by_field_in_any_order() -> None:
    by_vendor = Rule(vendor="Wall*", sets={"quiet_seconds": 60, "deaf_after_timeouts": 5}, key="a")
    by_longer = Rule(vendor="Wall Box*", sets={"quiet_seconds": 70}, key="b")
    by_model = Rule(model="Pulsar*", sets={"quiet_seconds": 80}, key="c")
    by_firmware = Rule(firmware="5.3*", sets={"power_scale": 1000}, key="d")
    for order in permutations([by_vendor, by_longer, by_model, by_firmware]):
        resolved = resolve(order, MAKE)
        assert resolved.quirks == Quirks(quiet_seconds=80, deaf_after_timeouts=5, power_scale=1000)
        assert resolved.rules == {
            "quiet_seconds": by_model,
            "deaf_after_timeouts": by_vendor,
            "power_scale": by_firmware,
        }


def test_an_own_rule_comes_before_every_shipped_one() -> None:
    shipped = Rule(vendor="Wall Box*", model="Pulsar*", firmware="5.3.1", sets={"quiet_seconds": 9})
    own = Rule(vendor="Wall*", sets={"quiet_seconds": 30}, is_own=True, source="ours")
    resolved = resolve([own, shipped], MAKE)
    assert resolved.quirks == STANDARD
    assert resolved.rules == {"quiet_seconds": own}


def test_equal_rules_are_decided_by_their_key() -> None:
    first = Rule(vendor="Wall*", sets={"quiet_seconds": 1}, key="a")
    second = Rule(vendor="Wal?*", sets={"quiet_seconds": 2}, key="b")
    third = Rule(vendor="Wall*", sets={"quiet_seconds": 3}, key="c")
    for order in permutations([first, second, third]):
        assert resolve(order, MAKE).quirks.quiet_seconds == 3


@pytest.mark.parametrize(
    ("quirks", "wished", "expected"),
    [
        (STANDARD, 300, 300),
        (Quirks(min_heartbeat_seconds=600), 300, 600),
        (Quirks(max_heartbeat_seconds=60), 300, 60),
        (Quirks(max_heartbeat_seconds=600), 300, 300),
        (Quirks(min_heartbeat_seconds=90, max_heartbeat_seconds=60), 300, 90),
    ],
)
def test_heartbeat_within_what_the_make_copes_with(
    quirks: Quirks, wished: int, expected: int
) -> None:
    assert quirks.heartbeat_seconds(wished) == expected


def test_every_field_can_be_set_and_written_back() -> None:
    assert tuple(QUIRK_FIELDS) == FIELDS
    standard = {name: default_of(name) for name in FIELDS}
    data = as_data(standard)
    assert data["sample_register"] == "lifetime"
    assert data["unsupported_commands"] == []
    assert read_sets(data) == (standard, {})


def test_fields_are_read_from_data() -> None:
    values, errors = read_sets(
        {
            "energy_scale": 1000,
            "sample_register": "session",
            "reset_kinds": "hard_only",
            "unsupported_commands": ["unlock_connector", "clear_cache", "clear_cache"],
            "assume_subprotocol": "",
            "display_dialect": "any dialect",
        }
    )
    assert errors == {}
    assert values == {
        "energy_scale": 1000,
        "sample_register": SampleRegister.SESSION,
        "reset_kinds": ResetKinds.HARD_ONLY,
        "unsupported_commands": ("clear_cache", "unlock_connector"),
        "assume_subprotocol": "",
        "display_dialect": "any dialect",
    }


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("energy_scale", 0, "Enter a whole number from 1 to 1000000."),
        ("energy_scale", "1000", "Enter a whole number from 1 to 1000000."),
        ("energy_scale", True, "Enter a whole number from 1 to 1000000."),
        ("quiet_seconds", 601, "Enter a whole number from 0 to 600."),
        ("fill_empty_values", 1, "Say true or false."),
        ("sample_register", "daily", "Choose one of: lifetime, session."),
        ("sample_register", "", "Choose one of: lifetime, session."),
        ("assume_subprotocol", "ocpp1.5", "Choose one of: ocpp1.6, ocpp2.0.1, ocpp2.1."),
        ("display_dialect", "x" * 41, "Enter a text of at most 40 characters."),
        ("display_dialect", "a\nb", "Enter a text of at most 40 characters."),
        ("quiet_second", 1, "There is no such field."),
    ],
)
def test_faults_of_fields_are_named(name: str, value: Any, message: str) -> None:
    assert read_sets({name: value, "power_scale": 10}) == ({"power_scale": 10}, {name: message})


def test_unknown_commands_are_named() -> None:
    _, errors = read_sets({"unsupported_commands": ["make_coffee"]})
    assert errors["unsupported_commands"].startswith("Name a list of these: ")


def test_the_shipped_catalogue_is_sound() -> None:
    rules = catalogue()
    assert len({rule.key for rule in rules}) == len(rules) > 0
    assert not any(rule.is_own for rule in rules)
    for rule in rules:
        assert "(Q" in rule.source, rule.key


def test_q13_wallbox_is_left_alone_until_its_boot() -> None:
    assert resolve(catalogue(), MAKE).quirks.quiet_seconds == 120
    assert resolve(catalogue(), Make("Wallbox")).quirks.quiet_seconds == 120


def test_q01_grizzl_e_offers_no_subprotocol() -> None:
    for make in (Make("United Chargers Inc."), Make("UC", "Grizzl-E Smart")):
        assert resolve(catalogue(), make).quirks.assume_subprotocol == "ocpp1.6"


@pytest.mark.parametrize(
    "text",
    [
        '[a]\nvendor = "A"',
        '[a]\nvendor = "A"\nwhy = "b"',
        '[a]\nwhy = "b"\nsets = {quiet_seconds = 1}',
        '[a]\nvendor = "A"\nwhy = "b"\nsets = {quiet = 1}',
        '[a]\nvendor = "A"\nwhy = "b"\nsets = {quiet_seconds = -1}',
        '[a]\nvendor = "A"\nwhy = "b"\nsince = 3\nsets = {quiet_seconds = 1}',
        "[a\n",
        "[a]\n[a]\n",
    ],
)
def test_a_faulty_catalogue_is_refused(text: str) -> None:
    with pytest.raises(CatalogueError):
        parse_catalogue(text)
