"""The editor: starting points, cards, rows, documents, the preview."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Operator
from common.tenancy import system_scope
from tariffs.models import Tariff, TariffVersion
from tests.factories import NOW, TariffFactory, TariffVersionFactory, terms_document

pytestmark = pytest.mark.django_db
NEW = {"name": "Standard", "currency": "EUR", "tax_included": "on", "vat": "19"}
FULL = {
    **NEW,
    "energy_price": "0,49",
    "energy_free": "2",
    "energy_rows": "k1",
    "energy_k1_price": "0.29",
    "energy_k1_days": ["0", "1"],
    "energy_k1_start_time": "22:00",
    "energy_k1_end_time": "06:00",
    "fee_price": "1",
    "fee_after_minutes": "5",
    "time_price": "0.02",
    "time_per": "60",
    "time_rows": "a",
    "time_a_price": "0.10",
    "time_a_power": "peak_power_w",
    "time_a_min_power": "150",
    "idle_price": "0.10",
    "idle_per": "60",
    "idle_grace": "15",
    "idle_start": "08:00",
    "idle_end": "22:00",
    "idle_cap_session": "12",
    "reserve_fee": "2",
    "reserve_lapsed": "4",
    "min_gross": "1",
    "limit_kwh": "80.5",
    "limit_minutes": "240",
    "limit_amount": "60",
    "note": "Winter",
}


def words(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def tariffs() -> list[tuple[str, int]]:
    with system_scope("tests"):
        return [(row.name, row.versions.count()) for row in Tariff.objects.order_by("name")]


def version(number: int = 1) -> TariffVersion:
    with system_scope("tests"):
        return TariffVersion.objects.select_related("tariff").get(number=number)


def test_a_tariff_of_all_cards_is_saved(admin: Client) -> None:
    response = admin.post("/tariffs/add/", FULL)
    assert response.status_code == 302, words(response)
    row = version()
    assert (row.tariff.name, row.tariff.currency, row.note) == ("Standard", "EUR", "Winter")
    limits = (row.max_energy_wh, row.max_duration_s, row.max_amount_minor)
    assert limits == (80_500, 14_400, 6_000)
    elements = row.terms["elements"]
    assert elements[0] == {
        "price_components": [{"type": "ENERGY", "price": "0", "vat": "19"}],
        "restrictions": {"max_kwh": "2"},
    }
    assert elements[1]["restrictions"] == {
        "start_time": "22:00",
        "end_time": "06:00",
        "day_of_week": ["MONDAY", "TUESDAY"],
    }
    assert row.terms["min_price"] == {"incl_vat": "1"}
    assert row.terms["caps"] == [{"type": "PARKING_TIME", "amount": "12", "per": "session"}]
    with system_scope("tests"):
        actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"tariff.added", "tariff.version_added"} <= actions


@pytest.mark.parametrize(
    ("currency", "amount", "said"),
    [
        ("EUR", "10.999", "An amount of EUR has at most 2 digits after the point."),
        ("JPY", "10.5", "An amount of JPY has at most 0 digits after the point."),
    ],
)
def test_a_limit_finer_than_the_currency_is_refused(
    admin: Client, currency: str, amount: str, said: str
) -> None:
    typed = {**NEW, "energy_price": "0.49", "currency": currency, "limit_amount": amount}
    assert said in words(admin.post("/tariffs/add/", typed))
    assert tariffs() == []
    whole = {**typed, "limit_amount": "10"}
    assert admin.post("/tariffs/add/", whole).status_code == 302
    assert version().max_amount_minor == (1000 if currency == "EUR" else 10)


def test_more_rows_than_a_card_holds_are_refused(admin: Client) -> None:
    keys = [f"k{number}" for number in range(61)]
    prices = {f"energy_{key}_price": "0.49" for key in keys}
    typed = {**NEW, "energy_price": "0.49", "energy_rows": keys, **prices}
    said = words(admin.post("/tariffs/add/", typed))
    assert "A card holds at most 60 rows; the others were left out." in said
    assert tariffs() == []


def test_a_new_version_opens_with_what_is_valid_and_keeps_it(admin: Client) -> None:
    admin.post("/tariffs/add/", FULL)
    row = version()
    path = f"/tariffs/{row.tariff_id}/versions/add/"
    page = admin.get(path).content.decode()
    for text in (
        'name="energy_price" value="0.49"',
        'name="limit_kwh" value="80.5"',
        'value="22:00"',
    ):
        assert text in page
    assert 'name="name"' not in page
    body = {name: value for name, value in FULL.items() if name not in NEW}
    response = admin.post(path, {**body, "vat": "19", "tax_included": "on"})
    assert response.status_code == 302, words(response)
    assert version(2).terms == row.terms


def test_an_import_is_kept_to_the_letter_when_its_cards_say_the_same(
    admin: Client, operator: Operator
) -> None:
    components = [
        {"type": "PARKING_TIME", "price": "5", "vat": "20", "step_size": 300},
        {"type": "ENERGY", "price": "0.25", "vat": "20"},
    ]
    document = terms_document() | {"elements": [{"price_components": components}]}
    tariff = TariffFactory.create(operator=operator)
    TariffVersionFactory.create(tariff=tariff, number=1, terms=document)
    body = {
        "vat": "20",
        "energy_price": "0.25",
        "idle_price": "5",
        "idle_per": "3600",
        "idle_step": "5",
    }
    response = admin.post(f"/tariffs/{tariff.pk}/versions/add/", body)
    assert response.status_code == 302, words(response)
    assert version(2).terms == document


BAD = {
    "name": ({"name": " "}, "name", "required"),
    "letters": ({"energy_price": "cheap"}, "energy_price", "Enter a number"),
    "negative": ({"energy_price": "-1"}, "energy_price", "cannot be negative"),
    "too fine": ({"energy_price": "0.1234567"}, "energy_price", "6 decimal places"),
    "vat": ({"vat": "101"}, "vat", "less than or equal to 100"),
    "row without a price": ({"energy_k1_price": ""}, "energy_k1_price", "Name the price"),
    "unknown currency": ({"currency": "XXX"}, "currency", "not one of the available"),
    "empty range": (
        {"energy_k1_min_kwh": "5", "energy_k1_max_kwh": "5"},
        "energy_k1_max_kwh",
        "the maximum must be above the minimum",
    ),
    "season": ({"energy_k1_season_start": "31 Foo"}, "energy_k1_season_start", "such as 1 Nov"),
    "past": ({"valid_from": "2020-01-01T00:00"}, "valid_from", "not in the past"),
    "no limit": ({"limit_minutes": "0"}, "limit_minutes", "More than nothing"),
    "market without a zone": ({"energy_market": "on"}, "spot_area", "Which market"),
    "totals cross": ({"max_gross": "0.5"}, "max_gross", "above the maximum"),
    "cap of nothing": ({"time_cap_day": "x"}, "time_cap_day", "Enter a number"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(BAD))
def test_what_is_wrong_is_said_at_its_field(admin: Client, name: str) -> None:
    changes, field, message = BAD[name]
    response = admin.post("/tariffs/add/", {**FULL, **changes})
    assert response.status_code == 200
    errors = response.context["form"].errors
    assert message in " ".join(errors.get(field, [])), dict(errors)
    assert tariffs() == []


def test_nothing_has_a_price(admin: Client) -> None:
    text = words(admin.post("/tariffs/add/", NEW))
    assert "A tariff needs at least one element" in text or "Nothing has a price yet" in text
    assert tariffs() == []


def test_a_taken_name_is_refused_and_nothing_is_half_saved(
    admin: Client, operator: Operator
) -> None:
    TariffFactory.create(operator=operator, name="Standard")
    assert "Another tariff has this name." in words(admin.post("/tariffs/add/", FULL))
    assert tariffs() == [("Standard", 0)]


def test_rows_come_and_go_without_scripts(admin: Client) -> None:
    more = admin.post("/tariffs/add/", {**FULL, "add_row": "energy"}).content.decode()
    assert more.count('name="energy_rows"') - 1 == 2
    assert 'name="energy_n0_price"' in more
    fewer = admin.post("/tariffs/add/", {**FULL, "remove_row": "energy:k1"}).content.decode()
    assert 'name="energy_k1_price"' not in fewer
    assert "Nothing was saved" not in more + fewer
    assert tariffs() == []


def test_what_cards_cannot_say_opens_as_a_document(admin: Client, operator: Operator) -> None:
    odd = terms_document()
    odd["elements"][0]["restrictions"] = {"min_duration": 100}
    tariff = TariffFactory.create(operator=operator)
    TariffVersionFactory.create(tariff=tariff, number=1, terms=odd)
    path = f"/tariffs/{tariff.pk}/versions/add/"
    page = admin.get(path)
    assert "cards cannot say all that this tariff says" in words(page)
    assert json.loads(page.context["form"]["document"].value()) == odd
    changed = json.dumps(odd).replace("0.49", "0.59")
    assert admin.post(path, {"document": changed}).status_code == 302
    assert version(2).terms == json.loads(changed)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "This is no JSON"),
        ("[]", "A JSON object is expected"),
        ('{"currency": "EUR", "elements": [{"price_components": [{"type": "X"}]}]}', "elements[0]"),
        (json.dumps(terms_document("-1")), "cannot be negative"),
        (json.dumps(terms_document(currency="DKK")), "This tariff is in EUR"),
    ],
)
def test_a_bad_document_is_refused_by_field(
    admin: Client, operator: Operator, document: str, message: str
) -> None:
    tariff = TariffFactory.create(operator=operator)
    response = admin.post(
        f"/tariffs/{tariff.pk}/versions/add/?mode=document", {"document": document}
    )
    assert message in " ".join(response.context["form"].errors["document"])
    with system_scope("tests"):
        assert TariffVersion.objects.count() == 0


def preview(client: Client, body: dict[str, Any], query: str = "") -> Any:
    response = client.post(f"/tariffs/preview/{query}", body)
    assert response.status_code == 200
    return response


def test_the_preview_tells_words_sessions_and_curve(admin: Client) -> None:
    response = preview(admin, FULL)
    text = words(response)
    assert "from € 0.29/kWh" in text
    assert "Overnight, AC" in text
    shown = response.context["preview"]
    assert len(shown.examples) == 3
    assert all(one.price.gross_minor > 0 for one in shown.examples)
    assert len(shown.chart["x"]) == 7 * 96
    assert len(shown.chart["series"][0]["values"]) == 7 * 96


def test_the_preview_puts_faults_at_their_fields(admin: Client) -> None:
    body = {"vat": "19", "energy_rows": "k1", "energy_k1_price": "0.3", "energy_k1_start_time": "06:00",
            "energy_k1_end_time": "22:00", "idle_price": "-1"}  # fmt: skip
    shown = preview(admin, body).context["preview"]
    assert [(one["field"], one["error"]) for one in shown.at_fields] == [("idle_price", True)]
    del body["idle_price"]
    assert "Energy is free between 22:00 and 06:00." in words(preview(admin, body))


HALF: tuple[dict[str, Any], ...] = (
    {},
    {"energy_price": "0."},
    {"energy_price": "abc", "fee_price": "1"},
    {"energy_rows": ["k1", "k1", "../x", "k2"], "energy_k1_days": "9", "energy_k2_price": "1"},
    {"energy_rows": "k1", "energy_k1_start_time": "25:99", "energy_k1_price": "0.2"},
    {"idle_grace": "99999999999999999999"},
    {"vat": "NaN", "energy_price": "Infinity"},
    {"energy_market": "on", "energy_price": "0.05"},
    {"spot_area": "DK1", "energy_market": "on", "energy_price": "0.05"},
    {"time_per": "0", "time_price": "1"},
    {"energy_rows": "k1", "energy_k1_end_date": "9999-12-31", "energy_k1_price": "1"},
    {"currency": "JPY", "energy_price": "30", "vat": "10"},
    {"energy_price": "\x00"},
)


@pytest.mark.parametrize("number", range(len(HALF)))
def test_half_filled_forms_are_previewed(admin: Client, number: int) -> None:
    preview(admin, HALF[number])
    assert admin.post("/tariffs/add/", HALF[number]).status_code == 200


@pytest.mark.parametrize("document", ["", "{", "[]", "null", json.dumps(terms_document())])
def test_half_written_documents_are_previewed(admin: Client, document: str) -> None:
    preview(admin, {"document": document}, "?mode=document")


def test_prices_begin_at_the_operators_wall_clock(admin: Client, operator: Operator) -> None:
    with system_scope("tests"):
        Operator.objects.filter(pk=operator.pk).update(time_zone="Europe/Copenhagen")
    body = {**FULL, "valid_from": "2099-01-01T00:00"}
    assert admin.post("/tariffs/add/", body).status_code == 302
    assert version().valid_from.isoformat() == "2098-12-31T23:00:00+00:00"
    assert version().valid_from > NOW
    assert Decimal(version().terms["elements"][1]["price_components"][0]["price"]) == Decimal(
        "0.29"
    )
