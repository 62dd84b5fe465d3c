from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from common import slots
from common.slots import Panel, panels_for

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    before = dict(slots._fillers)
    yield
    slots.fill(before)


def test_fillers_are_asked_once_for_all_rows_and_answer_for_some() -> None:
    asked: list[list[int]] = []

    def costs(ids: Sequence[Any], now: datetime) -> Mapping[Any, Panel]:
        asked.append(list(ids))
        return {2: Panel("costs.html", {"at": now})}

    slots.fill({"page": [costs]})
    found = panels_for("page", [1, 2], permissions=frozenset(), now=NOW)
    assert asked == [[1, 2]]
    assert found == {1: [], 2: [Panel("costs.html", {"at": NOW})]}


def test_a_panel_with_a_permission_is_for_those_who_have_it() -> None:
    def secret(ids: Sequence[Any], now: datetime) -> Mapping[Any, Panel]:
        return {1: Panel("p.html", permission="transactions.view")}

    slots.fill({"page": [secret]})
    assert panels_for("page", [1], permissions=frozenset(), now=NOW) == {1: []}
    allowed = panels_for("page", [1], permissions=frozenset({"transactions.view"}), now=NOW)
    assert [panel.template for panel in allowed[1]] == ["p.html"]


def test_an_empty_slot() -> None:
    slots.fill({})
    assert panels_for("page", [1], permissions=frozenset(), now=NOW) == {1: []}
