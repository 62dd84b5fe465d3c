"""The table of quirks cannot rot: every row is there, every named test exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "charger-compatibility.md"
# Numbers that the corpus never gave out; those from 85 on were found with real clients.
_UNUSED = {17, 22, 30, 32, 33, 40, 45, 50, 52, 58, 61, 63, 67, 69, 71, 77}
ROWS = [f"Q{number:02}" for number in range(1, 89) if number not in _UNUSED]
_ROW = re.compile(r"^\| (Q\d\d) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
_TEST = re.compile(r"`([^`]+\.py)::(test_\w+)`")


def rows() -> list[tuple[str, ...]]:
    return _ROW.findall(PAGE.read_text(encoding="utf-8"))


@cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, kinds))


def test_every_row_of_the_corpus_is_in_the_table_once() -> None:
    assert [row[0] for row in rows()] == ROWS


def test_every_named_test_exists() -> None:
    named = [match for row in rows() for match in _TEST.findall(row[3])]
    assert len(named) > 100
    missing = [f"{path}::{name}" for path, name in named if name not in functions_of(path)]
    assert missing == []


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_row_is_passed_only_with_a_test(row: tuple[str, ...]) -> None:
    tests, result = _TEST.findall(row[3]), row[4]
    if result == "not yet":
        assert tests == []
    else:
        assert tests
        assert result == "passed" or result.startswith("partly: ")
