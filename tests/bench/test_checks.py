from __future__ import annotations

from bench.checks import Stored, compare

SESSION = {"identity": "A", "ref": 7, "meter_start": 100, "readings": 3}


def test_every_reading_once() -> None:
    found = {("A", "7"): {101: 1, 102: 1, 103: 1}}

    assert compare(found, [SESSION]) == Stored(acknowledged=3, missing=0, surplus=0)


def test_a_missing_and_a_doubled_reading_do_not_cancel_out() -> None:
    found = {("A", "7"): {101: 2, 103: 1}}

    assert compare(found, [SESSION]) == Stored(acknowledged=3, missing=1, surplus=1)


def test_a_reading_that_was_stored_but_not_acknowledged_is_no_fault() -> None:
    found = {("A", "7"): {101: 1, 102: 1, 103: 1, 104: 1}}

    assert compare(found, [SESSION]) == Stored(acknowledged=3, missing=0, surplus=0)


def test_readings_of_another_transaction_do_not_count() -> None:
    found = {("A", "8"): {101: 1, 102: 1, 103: 1}}

    assert compare(found, [SESSION]) == Stored(acknowledged=3, missing=3, surplus=0)
