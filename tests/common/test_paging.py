from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Driver, Operator
from common.paging import InvalidCursorError, keyset_page
from common.tenancy import operator_scope
from tests.accounts.factories import NOW, make_driver

ORDER = ("-created_at", "-id")


def _all_pages(operator: Operator, limit: int, order: tuple[str, ...] = ORDER) -> list[list[str]]:
    pages, cursor = [], None
    with operator_scope(operator.pk):
        while True:
            page = keyset_page(Driver.objects.all(), order=order, cursor=cursor, limit=limit)
            pages.append([driver.full_name for driver in page.rows])
            cursor = page.next_cursor
            if cursor is None:
                return pages


def test_pages_hold_every_row_once_also_when_times_are_equal(operator: Operator) -> None:
    for number in range(7):
        at = NOW + timedelta(microseconds=number // 3)
        make_driver(operator, full_name=f"D{number}", created_at=at)
    pages = _all_pages(operator, 3)
    assert [len(page) for page in pages] == [3, 3, 1]
    assert sorted(name for page in pages for name in page) == [f"D{number}" for number in range(7)]
    assert pages[0][0] == "D6"


def test_ascending_order(operator: Operator) -> None:
    for name in ("B", "A", "C"):
        make_driver(operator, full_name=name)
    assert _all_pages(operator, 2, ("full_name", "id")) == [["A", "B"], ["C"]]


def test_an_exact_page_has_no_successor(operator: Operator) -> None:
    make_driver(operator, full_name="A")
    assert _all_pages(operator, 1) == [["A"]]


def test_nothing(operator: Operator) -> None:
    assert _all_pages(operator, 5) == [[]]


@pytest.mark.parametrize(
    "cursor",
    ["%%%", "é", "bnVsbA", "e30", "W10", "WzFd", "W251bGwsbnVsbF0", "WyJ4IiwieSJd", "A" * 600],
    ids=["alphabet", "unicode", "null", "object", "empty", "short", "nulls", "types", "long"],
)
def test_foreign_cursors_are_refused(operator: Operator, cursor: str) -> None:
    with operator_scope(operator.pk), pytest.raises(InvalidCursorError):
        keyset_page(Driver.objects.all(), order=ORDER, cursor=cursor, limit=5)
