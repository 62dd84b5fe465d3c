from __future__ import annotations

import json
from decimal import Decimal

import pytest

from chargers.domain.dialects import Template, fill_in
from chargers.domain.progress import FIRMWARE, UPLOAD, History, JobState, next_state, with_word
from chargers.quirks.catalogue import CatalogueError
from chargers.quirks.displays import STANDARD_DIALECT, dialects, parse_dialects
from common.money import decimals_of, major_units

OPEN, DONE, FAILED = JobState.OPEN, JobState.SUCCEEDED, JobState.FAILED


def test_a_table_becomes_json_and_numbers_stay_numbers() -> None:
    template = Template(
        "v", "m", {"id": "{id}", "text": "{cost} {currency}", "none": "{empty}", "list": ["{id}"]}
    )
    values = {"id": 7, "cost": Decimal("1.50"), "currency": "EUR", "empty": None}
    assert json.loads(fill_in(template, values)) == {"id": 7, "text": "1.50 EUR", "list": [7]}


def test_a_text_is_filled_in() -> None:
    assert fill_in(Template("v", "m", "P={cost};{empty}"), {"cost": 1, "empty": None}) == "P=1;"


def test_text_cannot_break_out_of_json() -> None:
    filled = fill_in(Template("v", "m", {"t": "{text}"}), {"text": '","x":"'})
    assert json.loads(filled) == {"t": '","x":"'}


def test_a_name_that_nobody_knows_is_a_fault() -> None:
    with pytest.raises(KeyError):
        fill_in(Template("v", "m", "{nonsense}"), {})


def test_the_shipped_dialects() -> None:
    standard = dialects()[STANDARD_DIALECT]
    assert standard.announced_by == ("CustomDisplayCostAndPrice",)
    assert standard.tariff is not None
    assert standard.running_cost is not None
    assert standard.final_cost is not None
    parts = (standard.tariff, standard.running_cost, standard.final_cost)
    assert [part.message_id for part in parts] == ["SetUserPrice", "RunningCost", "FinalCost"]


@pytest.mark.parametrize(
    "text",
    [
        "[x]",
        "[x]\nother = 1\n[x.tariff]\nvendor_id='v'\nmessage_id='m'\ndata='d'",
        "[x.tariff]\nvendor_id='v'",
        "[x",
    ],
)
def test_a_faulty_table_is_named(text: str) -> None:
    with pytest.raises(CatalogueError):
        parse_dialects(text)


def test_another_dialect_is_a_table_more() -> None:
    text = "[acme.running_cost]\nvendor_id='com.acme'\nmessage_id='Price'\ndata='{cost}'"
    acme = parse_dialects(text)["acme"]
    assert acme.running_cost == Template("com.acme", "Price", "{cost}")
    assert acme.tariff is None


@pytest.mark.parametrize(
    ("state", "word", "expected"),
    [
        (OPEN, "Downloading", OPEN),
        (OPEN, "Installed", DONE),
        (OPEN, "InvalidSignature", FAILED),
        (FAILED, "Downloading", OPEN),
        (DONE, "InstallationFailed", DONE),
        (JobState.CANCELLED, "Installed", JobState.CANCELLED),
        (OPEN, "A word of a maker's own", OPEN),
    ],
)
def test_words_about_firmware(state: JobState, word: str, expected: JobState) -> None:
    assert next_state(state, word, FIRMWARE) is expected


def test_words_about_uploads() -> None:
    words = ("Uploading", "Uploaded", "UploadFailed", "AcceptedCanceled")
    states = [next_state(OPEN, word, UPLOAD) for word in words]
    assert states == [OPEN, DONE, FAILED, JobState.CANCELLED]


def test_a_history_is_bounded_and_says_nothing_twice() -> None:
    history: History = []
    for number in range(250):
        history = with_word(history, str(number // 2), "now")
    assert len(history) == 100
    assert history[-1] == {"status": "124", "at": "now"}


def test_money() -> None:
    assert [decimals_of(code) for code in ("EUR", "JPY", "KWD")] == [2, 0, 3]
    amounts = [major_units(1234, code) for code in ("EUR", "JPY", "KWD")]
    assert amounts == [Decimal("12.34"), Decimal(1234), Decimal("1.234")]
