"""The list of charge records and the receipt of one."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from accounts.models import AuditEntry, Operator, Role
from billing.models import Cdr
from billing.selectors.cdrs import CdrFilters, totals
from billing.services.cdrs import make_cdr
from common.tenancy import operator_scope, system_scope
from tariffs.models import TariffAssignment
from tests.billing.sessions import change, ended_session, records, sells, sold_session
from tests.billing.views.conftest import LogIn
from tests.factories import (
    NOW,
    CdrFactory,
    DriverFactory,
    EvseFactory,
    LocationFactory,
    StationFactory,
    TariffVersionFactory,
    TransactionFactory,
    terms_document,
)
from tests.support.api import everything

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("billing.views.cdrs.utc_now", lambda: NOW)


def make(operator: Operator, **values: Any) -> Cdr:
    station = values.pop("station", None) or StationFactory.create(operator=operator)
    return CdrFactory.create(transaction__station=station, **values)


def address(cdr: Cdr, action: str = "") -> str:
    return f"/cdrs/{cdr.pk}/{action}"


def text(response: Any) -> str:
    assert response.status_code == 200
    page: str = response.content.decode().replace("\u00a0", " ")
    return page


def test_the_list_shows_what_each_session_cost(admin: Client, operator: Operator) -> None:
    cdr = make(operator)
    page = text(admin.get("/cdrs/"))
    assert address(cdr) in page
    assert page.count("€ 3.06") == 2  # the row, and the total
    assert "€ 2.45 without VAT · 1 session · 5.0 kWh" in page


def test_an_empty_list_says_what_will_come(admin: Client) -> None:
    assert "Each session that ends at a station with a tariff" in text(admin.get("/cdrs/"))
    assert "No record matches" in text(admin.get("/cdrs/?review=open"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [0, 1, 3]),
        ("since=2026-03-14", [0, 3]),
        ("until=2026-03-13", [1, 2]),
        ("since=2026-03-14&until=2026-03-13", [0, 3]),
        ("review=open", [3]),
        ("review=ready", [0, 1]),
        ("location={location}", [1]),
        ("driver={driver}", [0]),
    ],
)
def test_filters(admin: Client, operator: Operator, query: str, found: list[int]) -> None:
    location = LocationFactory.create(operator=operator)
    driver = DriverFactory.create(operator=operator)

    def ended(days: float) -> dict[str, datetime]:
        end = NOW - timedelta(days=days)
        return {"started_at": end - timedelta(hours=1), "ended_at": end}

    rows = [
        make(operator, transaction__driver=driver),
        make(
            operator,
            station=StationFactory.create(operator=operator, location=location),
            **ended(1),
        ),
        make(operator, **ended(40)),
        make(operator, terms=None),
    ]
    shown = text(admin.get(f"/cdrs/?{query.format(location=location.pk, driver=driver.pk)}"))
    assert [n for n, cdr in enumerate(rows) if address(cdr) in shown] == found


def test_only_the_version_that_counts_is_listed_and_summed(
    admin: Client, operator: Operator
) -> None:
    old = make(operator, is_latest=False)
    new = CdrFactory.create(transaction=old.transaction, version=2, energy_wh=10_000)
    page = text(admin.get("/cdrs/"))
    assert (address(old) in page, address(new) in page) == (False, True)
    with operator_scope(operator.pk):
        (total,) = totals(CdrFilters()).rows
    assert (total.sessions, total.gross_minor, total.energy_wh) == (1, 613, 10_000)


def test_currencies_are_not_added_up(admin: Client, operator: Operator) -> None:
    make(operator)
    make(operator, terms=terms_document(price="100", currency="JPY"))
    make(operator, terms=None)
    page = text(admin.get("/cdrs/"))
    assert "EUR with VAT" in page
    assert "¥ 625" in page
    assert "Without a price" in page


def test_too_many_are_not_added_up(
    admin: Client, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billing.selectors.cdrs.MOST_SUMMED", 1)
    make(operator)
    make(operator)
    page = text(admin.get("/cdrs/"))
    assert "Too many records to add up" in page
    assert "EUR with VAT" not in page


def test_a_receipt(admin: Client, operator: Operator) -> None:
    station = StationFactory.create(operator=operator, name="Kaj 3")
    row = sold_session(station=station, evse=EvseFactory.create(station=station))
    (cdr,) = _priced(row)
    page = text(admin.get(address(cdr)))
    assert "Energy" in page
    assert "5 kWh \u00d7 € 0.49" in page
    assert "Part 1 of the tariff: always" in page
    assert "of € 2.45" in page
    assert page.count("€ 3.06") >= 2
    assert cdr.digest in page
    assert "Charging 20 min" in page
    assert f"/transactions/{row.pk}/" in page
    assert "It was locked at the start." in page


def _priced(row: Any) -> list[Cdr]:
    with system_scope("tests"):
        make_cdr(transaction_id=row.pk, now=NOW)
    return records(row)


def test_a_receipt_says_why_this_price(admin: Client, operator: Operator) -> None:
    row = ended_session(operator)
    sells(operator)
    with system_scope("tests"):
        assignment = TariffAssignment.objects.select_related("tariff", "group").get()
    TariffVersionFactory.create(tariff=assignment.tariff)
    (cdr,) = _priced(row)
    words = f"{assignment.tariff} for {assignment.group.name}, in the whole network"
    assert words in text(admin.get(address(cdr)))


def test_a_receipt_without_a_price(admin: Client, operator: Operator) -> None:
    page = text(admin.get(address(make(operator, terms=None))))
    assert "No price" in page
    assert "it is not free" in page
    assert "Accept as it stands" not in page


def test_versions_tell_what_changed(admin: Client, operator: Operator) -> None:
    row = sold_session(operator)
    _priced(row)
    change(row, energy_wh=6000)
    old, new = _priced(row)
    page = text(admin.get(address(new)))
    assert "Price: € 3.06 → € 3.68" in page
    assert "Energy: 5.000 kWh → 6.000 kWh" in page
    assert "This record was replaced" in text(admin.get(address(old)))
    assert "This record was replaced" not in page


def test_the_session_page_links_to_its_record(admin: Client, operator: Operator) -> None:
    cdr = make(operator)
    page = text(admin.get(f"/transactions/{cdr.transaction_id}/"))
    assert address(cdr) in page
    assert "€ 3.06" in page


def test_what_waits_for_a_person_needs_attention(admin: Client, operator: Operator) -> None:
    cdr = make(operator, terms=None)
    in_review = make(operator, session_in_review=True)
    page = text(admin.get("/attention/?kind=price"))
    assert "Session without a price" in page
    assert address(cdr) in page
    assert address(in_review) not in page


def test_a_person_accepts_a_record(as_role: LogIn, operator: Operator) -> None:
    terms = terms_document()
    terms["elements"][0]["restrictions"] = {"min_kwh": "100"}
    cdr = make(operator, terms=terms)
    assert cdr.is_open
    client = as_role(Role.FINANCE)
    assert "No part of the tariff applies" in text(client.get(address(cdr)))
    response = client.post(address(cdr, "accept/"), {"note": "a test drive"})
    assert response.headers["Location"] == address(cdr)
    (cdr,) = records(cdr.transaction)
    assert (cdr.is_open, cdr.accepted_at, cdr.needs_review) == (False, NOW, True)
    with operator_scope(operator.pk):
        entry = AuditEntry.objects.get(action="cdr.accepted")
    assert entry.changes == {"flags": ["nothing_applies"], "note": "a test drive"}
    client.post(address(cdr, "accept/"))
    with operator_scope(operator.pk):
        assert AuditEntry.objects.filter(action="cdr.accepted").count() == 1


@pytest.mark.parametrize(
    "values", [{"terms": None}, {"session_in_review": True}, {}, {"is_latest": False}]
)
def test_what_cannot_be_accepted(admin: Client, operator: Operator, values: dict[str, Any]) -> None:
    cdr = make(operator, **values)
    before = everything()
    assert admin.post(address(cdr, "accept/")).status_code == 302
    assert everything() == before


def test_price_again_makes_a_version_where_something_changed(
    admin: Client, operator: Operator
) -> None:
    row = sold_session(operator)
    (cdr,) = _priced(row)
    assert admin.post(address(cdr, "price-again/")).headers["Location"] == address(cdr)
    change(row, energy_wh=6000)
    response = admin.post(address(cdr, "price-again/"))
    _old, new = records(row)
    assert response.headers["Location"] == address(new)
    with operator_scope(operator.pk):
        entry = AuditEntry.objects.get(action="cdr.priced_again")
    assert entry.changes == {"gross_minor": [306, 368]}


@pytest.mark.parametrize("action", ["accept/", "price-again/"])
def test_support_looks_and_changes_nothing(as_role: LogIn, operator: Operator, action: str) -> None:
    cdr = make(operator, terms=None)
    client = as_role(Role.SUPPORT)
    assert "Price again" not in text(client.get(address(cdr)))
    before = everything()
    assert client.post(address(cdr, action)).status_code == 403
    assert everything() == before


@pytest.mark.parametrize("path", ["/cdrs/", "/cdrs/export.csv", "{cdr}"])
def test_a_technician_sees_no_money(as_role: LogIn, operator: Operator, path: str) -> None:
    cdr = make(operator)
    client = as_role(Role.TECHNICIAN)
    assert client.get(path.format(cdr=address(cdr))).status_code == 403
    assert "€ 3.06" not in text(client.get(f"/transactions/{cdr.transaction_id}/"))


@pytest.mark.parametrize("action", ["", "accept/", "price-again/"])
def test_another_operators_record_is_none(
    admin: Client, other_operator: Operator, action: str
) -> None:
    cdr = make(other_operator, terms=None)
    before = everything()
    call = admin.post if action else admin.get
    assert call(address(cdr, action)).status_code == 404
    assert everything() == before
    assert address(cdr) not in text(admin.get("/cdrs/?review=open"))


def test_the_list_as_a_file(
    admin: Client, operator: Operator, other_operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billing.views.cdrs.CSV_PAGE", 2)
    driver = DriverFactory.create(operator=operator, full_name="=Bo")
    rows = [make(operator, transaction__driver=driver) for _ in range(4)]
    unpriced = make(operator, terms=None)
    make(other_operator)
    response: Any = admin.get("/cdrs/export.csv")

    async def collect() -> bytes:
        return b"".join([part async for part in response.streaming_content])

    lines = list(csv.reader(io.StringIO(async_to_sync(collect)().decode("utf-8-sig"))))
    by_key = {line[0]: line for line in lines[1:]}
    assert len(lines) == 6
    assert by_key.keys() == {str(cdr.pk) for cdr in (*rows, unpriced)}
    line = dict(zip(lines[0], by_key[str(rows[0].pk)], strict=True))
    assert (line["Currency"], line["Net"], line["VAT"], line["Gross"]) == (
        "EUR",
        "2.45",
        "0.61",
        "3.06",
    )
    assert (line["Driver"], line["Needs review"]) == ("'=Bo", "no")
    assert by_key[str(unpriced.pk)][12:18] == ["", "", "", "", "yes", "no_tariff"]


@pytest.mark.parametrize(("path", "queries"), [("/cdrs/", 11), ("{cdr}", 9)])
def test_queries_do_not_grow(
    admin: Client,
    operator: Operator,
    django_assert_num_queries: Any,
    path: str,
    queries: int,
) -> None:
    cdr = make(operator)
    for version in range(2, 8):
        make(operator)
        CdrFactory.create(transaction=cdr.transaction, version=version, is_latest=False)
    with django_assert_num_queries(queries):
        text(admin.get(path.format(cdr=address(cdr))))


def test_ugly_data(admin: Client, operator: Operator) -> None:
    station = StationFactory.create(operator=operator, name="<script>alert(1)</script>" * 4)
    session = TransactionFactory.create(station=station, state="ended", ended_at=NOW)
    cdr = CdrFactory.create(
        transaction=session, charging={"periods": []}, energy_wh=0, flags=["<odd>"]
    )
    for path in ("/cdrs/", address(cdr)):
        assert "<script>alert" not in text(admin.get(path))
