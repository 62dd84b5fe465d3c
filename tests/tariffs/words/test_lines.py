from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tariffs.models import TariffVersion
from tariffs.pricing.terms import Terms
from tariffs.words import sentences, session_limits, total_limits, vat_note
from tests.tariffs.words.terms import charging_time, element, energy, fee, idle, plain, terms

ZONE = {"area": "DK1"}


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (energy("0.49"), "Energy: € 0.49/kWh"),
        (energy("0.4995"), "Energy: € 0.4995/kWh"),
        (energy("0.5"), "Energy: € 0.50/kWh"),
        (energy(0), "Energy: free"),
        (energy("0.49", step_size=500), "Energy: € 0.49/kWh in steps of 0.5 kWh"),
        (energy("0.49", step_size=0), "Energy: € 0.49/kWh"),
        (fee("0.5"), "Start fee € 0.50"),
        (fee(0), "Start fee: none"),
        (charging_time(3), "Charging time: € 3.00 an hour"),
        (charging_time("0.05", per_seconds=60), "Charging time: € 0.05 a minute"),
        (charging_time("0.75", per_seconds=900), "Charging time: € 0.75 per 15 minutes"),
        (charging_time("0.01", per_seconds=1), "Charging time: € 0.01 a second"),
        (charging_time("0.01", per_seconds=1, step_size=60),
         "Charging time: € 0.01 a second in steps of 1 minute"),
        (charging_time(3, step_size=900), "Charging time: € 3.00 an hour in steps of 15 minutes"),
        (charging_time(3, step_size=3600), "Charging time: € 3.00 per started hour"),
        (idle("0.10", per_seconds=60, step_size=60), "Idle: € 0.10 per started minute"),
        (idle("0.10", per_seconds=90, step_size=90), "Idle: € 0.10 per started 90 seconds"),
        (idle(0), "Idle: free"),
        (energy("0.05", spot=ZONE), "Energy: spot price DK1 + € 0.05/kWh"),
        (energy(0, spot=ZONE), "Energy: spot price DK1"),
        (energy("-0.02", spot={**ZONE, "factor": "1.1"}),
         "Energy: spot price DK1 \u00d7 1.1 \u2212 € 0.02/kWh"),
        (energy("0.05", spot={**ZONE, "floor": "0.1"}),
         "Energy: spot price DK1 + € 0.05/kWh, at least € 0.10/kWh"),
        (energy("0.05", step_size=1000, spot={**ZONE, "floor": None}),
         "Energy: spot price DK1 + € 0.05/kWh in steps of 1 kWh, also below zero"),
    ],
)  # fmt: skip
def test_each_component(part: dict[str, Any], said: str) -> None:
    assert [plain(line) for line in sentences(terms(element(part)))] == [said]


def _said(found: Terms) -> list[str]:
    return [plain(line) for line in sentences(found)]


def test_a_night_tariff_with_a_grace_period_and_a_cap() -> None:
    night = {"start_time": "22:00", "end_time": "06:00"}
    day = {"start_time": "08:00", "end_time": "20:00"}
    found = terms(
        element(energy("0.39"), **night),
        element(energy("0.49"), fee("0.50")),
        element(idle("0.10", per_seconds=60), min_idle=900, **day),
        caps=[{"type": "PARKING_TIME", "amount": "12"}],
    )
    assert _said(found) == [
        "Energy: € 0.39/kWh, 22:00-06:00",
        "Energy: € 0.49/kWh, otherwise",
        "Start fee € 0.50",
        "Idle: € 0.10 a minute after 15 minutes, 08:00-20:00, at most € 12.00",
    ]


def test_caps_stand_alone_where_they_are_of_several_sentences() -> None:
    found = terms(
        element(idle(6), min_idle=900, max_idle=3600),
        element(idle(12), min_idle=3600),
        element(charging_time(3)),
        caps=[
            {"type": "PARKING_TIME", "amount": "12", "per": "day"},
            {"type": "TIME", "amount": "9", "per": "day"},
        ],
    )
    assert _said(found) == [
        "Idle: € 6.00 an hour from 15 minutes to 1 hour",
        "Idle: € 12.00 an hour after 1 hour",
        "Charging time: € 3.00 an hour, at most € 9.00 a day",
        "Idle: at most € 12.00 a day",
    ]
    both = [{"type": "TIME", "amount": "9", "per": "day"}, {"type": "TIME", "amount": "20"}]
    assert _said(terms(element(charging_time(3)), caps=both)) == [
        "Charging time: € 3.00 an hour",
        "Charging time: at most € 9.00 a day",
        "Charging time: at most € 20.00 a session",
    ]


def test_what_is_never_charged_is_not_told() -> None:
    found = terms(
        element(energy("0.49")),
        element(energy("0.99"), fee(1), day_of_week=["MONDAY"]),
        element(energy("0.10"), reservation="RESERVATION"),
    )
    assert _said(found) == [
        "Energy: € 0.49/kWh",
        "Start fee € 1.00, Mon",
        "Reservation: € 0.10/kWh",
    ]


def test_a_fee_that_comes_later_is_no_start_fee() -> None:
    late = terms(element(fee(2), min_duration=1800), element(fee(3), min_kwh=10))
    assert _said(late) == ["Session fee € 2.00 after 30 minutes", "Session fee € 3.00 above 10 kWh"]


def test_reservations() -> None:
    found = terms(
        element(charging_time(2, step_size=600), fee(1), reservation="RESERVATION"),
        element(fee(4), reservation="RESERVATION_EXPIRES"),
        element(energy("0.3")),
    )
    assert _said(found) == [
        "Reservation: € 2.00 an hour in steps of 10 minutes",
        "Reservation fee € 1.00",
        "Unused reservation € 4.00",
        "Energy: € 0.30/kWh",
    ]


@pytest.mark.parametrize(
    ("currency", "said"),
    [
        ("DKK", "Energy: DKK 3.50/kWh"),
        ("JPY", "Energy: ¥ 3.5/kWh"),
        ("KWD", "Energy: KWD 3.500/kWh"),
    ],
)
def test_currencies(currency: str, said: str) -> None:
    assert _said(terms(element(energy("3.50")), currency=currency)) == [said]


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({}, []),
        ({"min_price": {"excl_vat": 2}}, ["At least € 2.00 a session, plus VAT"]),
        ({"min_price": {"excl_vat": 2, "incl_vat": "2.50"}},
         ["At least € 2.50 a session, incl. VAT"]),
        ({"min_price": {"incl_vat": 1}, "max_price": {"incl_vat": 40}},
         ["At least € 1.00 a session, incl. VAT", "At most € 40.00 a session, incl. VAT"]),
    ],
)  # fmt: skip
def test_limits_of_the_total(limits: dict[str, Any], said: list[str]) -> None:
    found = total_limits(terms(element(energy("0.49")), **limits))
    assert [plain(line) for line in found] == said


def test_limits_of_the_session() -> None:
    version = TariffVersion(max_energy_wh=60_000, max_duration_s=14_400, max_amount_minor=5000)
    assert [plain(line) for line in session_limits(version, "EUR")] == [
        "Charging stops at 60.0 kWh",
        "Charging stops after 4 h",
        "Charging stops at € 50.00",
    ]
    assert session_limits(TariffVersion(), "EUR") == []


@pytest.mark.parametrize(
    ("rates", "included", "said"),
    [
        ([None], False, ""),
        ([None], True, ""),
        (["25"], True, "incl. VAT"),
        (["25"], False, "plus 25 % VAT"),
        (["5.50", None], False, "plus 5.5 % VAT"),
        (["20", "10", "20"], False, "plus 10 % and 20 % VAT"),
        (["20", "10", "0"], False, "plus 0 %, 10 % and 20 % VAT"),
    ],
)
def test_vat(rates: list[str | None], included: bool, said: str) -> None:
    parts = [element(energy(Decimal(1), **({"vat": vat} if vat else {}))) for vat in rates]
    assert plain(vat_note(terms(*parts, tax_included=included))) == said
