"""How a make is told where its central system is: the shipped file, and how it is found."""

from __future__ import annotations

import pytest

from chargers.domain.setups import GENERAL, matching, setup_for
from chargers.quirks.catalogue import CatalogueError
from chargers.quirks.setups import parse_setups, setups

_GENERAL = """
[general]
name = "Any"
tool = "t"
before = []
address = "a"
identity = "i"
key = "k"
after = []
"""


def test_every_shipped_make_says_all_and_is_found_by_its_own_name() -> None:
    found = setups()
    assert list(found)[-1] == GENERAL
    assert len(found) >= 20
    for setup in found.values():
        parts = (setup.tool, setup.address, setup.identity, setup.password)
        assert all(parts), setup.key
        if setup.key != GENERAL:
            assert setup.models, setup.key
            assert setup_for(setup.vendor, found) == setup


@pytest.mark.parametrize(
    ("vendor", "key"),
    [
        ("Alfen BV", "alfen"),
        ("  alfen ", "alfen"),
        ("Wall Box Chargers", "wallbox"),
        ("Keba AG", "keba"),
        ("VESTEL", "webasto"),
        ("Unheard Of", GENERAL),
        ("", GENERAL),
    ],
)
def test_a_make_is_found_as_its_stations_call_themselves(vendor: str, key: str) -> None:
    assert setup_for(vendor, setups()).key == key


def test_search_finds_makes_and_models() -> None:
    names = [setup.name for setup in matching(setups(), "eve double")]
    assert names == ["Alfen"]
    assert matching(setups(), "no such make") == []
    assert len(matching(setups(), "")) == len(setups()) - 1


def test_what_is_left_out_is_said_in_general() -> None:
    text = '[one]\nname = "One"\nvendors = ["One*"]\naddress = "here"\naddress_form = "base"\n'
    one = parse_setups(text + _GENERAL)["one"]
    assert (one.address, one.identity, one.takes_base, one.models) == ("here", "i", True, ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        _GENERAL + '[one]\nname = "One"\n',
        _GENERAL + '[one]\nname = "One"\nvendors = ["One"]\nadress = "typo"\n',
        _GENERAL + '[one]\nname = "One"\nvendors = ["One"]\naddress_form = "half"\n',
        _GENERAL + '[one]\nname = "One"\nvendors = ["O"]\nmodels = [{ name = "M", evses = "?" }]\n',
    ],
)
def test_a_fault_in_the_file_is_told(text: str) -> None:
    with pytest.raises(CatalogueError):
        parse_setups(text)
