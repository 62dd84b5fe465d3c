from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from chargers.domain.characteristics import Characteristics, DataType, same_value
from chargers.domain.device_events import severity_words
from chargers.domain.variables import component_of, join_place, split_place
from chargers.ocpp.well_known import BY_ID, SETTINGS, Family, family_of, own_name, setting_of


@pytest.mark.parametrize(
    ("reported", "value", "fault"),
    [
        ({"dataType": "integer", "minLimit": 10, "maxLimit": 3600}, "10", ""),
        ({"dataType": "integer", "minLimit": 10, "maxLimit": 3600}, "9", "At least 10."),
        ({"dataType": "integer", "minLimit": 10, "maxLimit": 3600}, "3601", "At most 3600."),
        ({"dataType": "integer"}, "1.5", "A whole number."),
        ({"dataType": "integer"}, "", "A whole number."),
        ({"dataType": "integer"}, "-5", ""),
        ({"dataType": "decimal", "maxLimit": 0.5}, "0.51", "At most 0.5."),
        ({"dataType": "decimal"}, "NaN", "A number."),
        ({"dataType": "decimal"}, "ten", "A number."),
        ({"dataType": "boolean"}, "True", ""),
        ({"dataType": "boolean"}, "yes", "Either true or false."),
        ({"dataType": "dateTime"}, "2026-03-01T12:00:00Z", ""),
        ({"dataType": "dateTime"}, "2026-03-01", "A time such as 2026-05-01T12:00:00Z."),
        ({"dataType": "OptionList", "valuesList": "A,B"}, "B", ""),
        ({"dataType": "OptionList", "valuesList": "A,B"}, "C", "“C” is none of A, B."),
        ({"dataType": "MemberList", "valuesList": "A,B"}, "B, A", ""),
        ({"dataType": "MemberList", "valuesList": "A,B"}, "B,C", "“C” is none of A, B."),
        ({"dataType": "MemberList", "maxLimit": 3}, "A,B,C", "At most 3 characters."),
        ({"dataType": "MemberList"}, "anything", ""),
        ({"dataType": "string", "maxLimit": 3}, "abcd", "At most 3 characters."),
        ({"dataType": "string", "minLimit": 2, "maxLimit": 0}, "a", ""),
        ({"dataType": "string", "minLimit": 2}, "a", "At least 2 characters."),
        ({"dataType": "string", "maxLimit": 0}, "abcd", ""),
        ({"dataType": "invented"}, "abcd", ""),
        ({}, "x" * 2501, "At most 2500 characters."),
        # limits that contradict themselves, or are no numbers, limit nothing
        ({"dataType": "integer", "minLimit": 9, "maxLimit": 1}, "5", ""),
        ({"dataType": "integer", "maxLimit": "much"}, "5", ""),
        ({"dataType": "integer", "maxLimit": True}, "5", ""),
    ],
)
def test_fit_of_a_value(reported: dict[str, Any], value: str, fault: str) -> None:
    assert Characteristics.from_reported(reported).fault(value) == fault


@pytest.mark.parametrize(
    ("reported", "text"),
    [
        (
            {"dataType": "integer", "minLimit": 10, "maxLimit": 3600, "unit": "s"},
            "10 to 3600\u00a0s",
        ),
        ({"dataType": "decimal", "minLimit": 0.5}, "at least 0.5"),
        ({"dataType": "decimal", "maxLimit": 100}, "at most 100"),
        ({"dataType": "string", "maxLimit": 100}, ""),
    ],
)
def test_range_in_words(reported: dict[str, Any], text: str) -> None:
    assert Characteristics.from_reported(reported).range_text == text


@pytest.mark.parametrize(
    ("wanted", "actual", "kind", "same"),
    [
        ("60", "060", DataType.INTEGER, True),
        ("60", "60.0", DataType.DECIMAL, True),
        ("60", "61", DataType.INTEGER, False),
        ("60", "", DataType.INTEGER, False),
        ("true", "TRUE", DataType.BOOLEAN, True),
        ("true", "false", DataType.BOOLEAN, False),
        ("A,B", "B, A", DataType.MEMBER_LIST, True),
        ("A,B", "B, A", DataType.SEQUENCE_LIST, False),
        ("A,B", "A , B", DataType.SEQUENCE_LIST, True),
        ("x", "x ", DataType.STRING, True),
        ("x", "X", DataType.STRING, False),
    ],
)
def test_same_value_in_another_spelling(
    wanted: str, actual: str, kind: DataType, same: bool
) -> None:
    assert same_value(wanted, actual, kind) is same


@pytest.mark.parametrize(
    ("full", "parts", "component"),
    [
        ("Connector@1:2.Available", ("Connector.Available", 1, 2), "Connector@1:2"),
        ("EVSE[a.b]@3.Power[max]", ("EVSE[a.b].Power[max]", 3, 0), "EVSE[a.b]"),
        ("OCPPCommCtrlr.HeartbeatInterval", ("OCPPCommCtrlr.HeartbeatInterval", 0, 0),
         "OCPPCommCtrlr"),
        ("HeartbeatInterval", ("HeartbeatInterval", 0, 0), ""),
    ],
)  # fmt: skip
def test_place_in_a_name(full: str, parts: tuple[str, int, int], component: str) -> None:
    assert split_place(full) == parts
    assert join_place(*parts) == full
    assert component_of(parts[0]) == component.partition("@")[0]


def test_of_many_words_the_first_are_shown() -> None:
    few = Characteristics(choices=("A", "B"))
    many = Characteristics(choices=tuple(str(n) for n in range(40)))
    assert few.choices_text == "A, B"
    assert many.choices_text == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 … (40)"


def test_nobody_is_told_that_less_than_nothing_is_too_little() -> None:
    seconds = Characteristics(data_type=DataType.INTEGER, unit="s", minimum=Decimal(0))
    assert seconds.range_text == ""
    assert seconds.fault("-1") == "At least 0."


def test_well_known_settings_have_one_name_each() -> None:
    assert len(BY_ID) == len(SETTINGS)
    for family in Family:
        names = [name for each in SETTINGS if (name := each.name_in(family))]
        assert len(names) == len(set(names))
        assert not set(names) & set(BY_ID)
    assert all(each.key or each.variable for each in SETTINGS)


def test_a_setting_is_known_under_every_name() -> None:
    assert family_of("") is None
    assert family_of("ocpp1.6") is Family.KEYS
    assert family_of("ocpp2.0.1") is family_of("ocpp2.1") is Family.VARIABLES
    assert own_name("sample_interval", Family.KEYS) == "MeterValueSampleInterval"
    assert own_name("sample_interval", Family.VARIABLES) == "SampledDataCtrlr.TxUpdatedInterval"
    assert own_name("light_intensity", Family.VARIABLES) == ""
    assert own_name("Vendor.Thing", Family.VARIABLES) == "Vendor.Thing"
    assert setting_of("ConnectionTimeOut", Family.KEYS) is BY_ID["connection_timeout"]
    assert setting_of("ConnectionTimeOut", Family.VARIABLES) is None


@pytest.mark.parametrize(("number", "word"), [(0, "Danger"), (9, "Debug"), (10, ""), (None, "")])
def test_severity_in_words(number: int | None, word: str) -> None:
    assert severity_words(number) == word
