"""Warnings of frames as countable kinds."""

from __future__ import annotations

import pytest

from chargers.domain.forgiven import Kind, counted, kind_of


@pytest.mark.parametrize(
    ("warning", "kind"),
    [
        ("meterValue.0.sampledValue.3.value: type", Kind.WRONG_TYPE),
        ("status: enum", Kind.UNKNOWN_WORD),
        ("eventType: guessed", Kind.UNKNOWN_WORD),
        ("idTag: required", Kind.MISSING),
        ("idTag: null", Kind.MISSING),
        ("payload: additionalProperties", Kind.UNKNOWN_FIELD),
        ("chargePointSerialNumber: maxLength", Kind.LENGTH),
        ("connectorId: minimum", Kind.RANGE),
        ("timestamp: format", Kind.FORMAT),
        ("timestamp: unreadable time", Kind.UNREADABLE_TIME),
        ("meterStop: unreadable number", Kind.UNUSABLE_NUMBER),
        ("meterValue.0.sampledValue: unusable SoC", Kind.UNUSABLE_NUMBER),
        ("meterStop: rescaled", Kind.RESCALED),
        ("malformed", Kind.BROKEN_JSON),
        ("empty_values", Kind.BROKEN_JSON),
        ("not_utf8", Kind.REPAIRED_TEXT),
        ("duplicate_keys", Kind.DUPLICATE_KEYS),
        ("unusable_id", Kind.NOT_A_MESSAGE),
        ("unknown_message_type", Kind.UNKNOWN_MESSAGE_TYPE),
        ("unsolicited_answer", Kind.UNASKED_ANSWER),
        ("answer refused: FormationViolation", Kind.ANSWER_REFUSED),
        ("this action is not known", Kind.REFUSED),
        ("and 7 more", Kind.OTHER),
        ("somewhere: something new", Kind.OTHER),
    ],
)
def test_kinds(warning: str, kind: Kind) -> None:
    assert kind_of(warning) == kind


def test_each_kind_counts_once_a_frame_with_its_first_place() -> None:
    warnings = [
        "meterValue.0.sampledValue.12.value: type",
        "meterValue.1.sampledValue.0.value: type",
        "duplicate_keys",
    ]
    assert counted(warnings) == {
        Kind.WRONG_TYPE: "meterValue.sampledValue.value: type",
        Kind.DUPLICATE_KEYS: "duplicate_keys",
    }
    assert counted([]) == {}
    assert len(counted([f"{'x' * 300}: type"])[Kind.WRONG_TYPE]) == 200
