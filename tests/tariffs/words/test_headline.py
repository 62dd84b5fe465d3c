from __future__ import annotations

import pytest

from tariffs.pricing.terms import Terms
from tariffs.words import display_text, headline
from tests.tariffs.words.terms import charging_time, element, energy, fee, idle, plain, terms

NIGHT = {"start_time": "22:00", "end_time": "06:00"}
SPOT = {"spot": {"area": "DK1"}}
BUSY = terms(
    element(energy("0.39", vat=25), **NIGHT),
    element(energy("0.49", vat=25), fee("0.50", vat=25)),
    element(idle("0.10", per_seconds=60, vat=25), min_idle=900),
    tax_included=True,
)
ALL = (
    "Energy: € 0.39/kWh, 22:00-06:00; Energy: € 0.49/kWh, otherwise; Start fee € 0.50; "
    "Idle: € 0.10 a minute after 15 minutes; incl. VAT"
)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (terms(element(energy("0.49"))), "€ 0.49/kWh"),
        (terms(element(energy("0.49"), fee("0.5"), idle(6))), "€ 0.49/kWh"),
        (BUSY, "from € 0.39/kWh"),
        (terms(element(energy("0.49"), **NIGHT), element(energy("0.49"))), "€ 0.49/kWh"),
        (terms(element(energy(0), max_kwh=5), element(energy("0.49"))), "€ 0.49/kWh"),
        (terms(element(energy("0.49")), element(energy("0.1"))), "€ 0.49/kWh"),
        (
            terms(element(energy("0.30"), charging_time("0.05", per_seconds=60))),
            "€ 0.30/kWh + € 0.05 a minute",
        ),
        (
            terms(
                element(charging_time(3), max_average_power=22),
                element(charging_time("0.04", per_seconds=60)),
            ),
            "from € 0.04 a minute",
        ),
        (terms(element(charging_time("0.75", per_seconds=900))), "€ 0.75 per 15 minutes"),
        (terms(element(energy("0.05", **SPOT))), "spot price DK1 + € 0.05/kWh"),
        (
            terms(element(energy("0.2"), **NIGHT), element(energy("0.05", **SPOT))),
            "spot price DK1 + € 0.05/kWh",
        ),
        (terms(element(fee(5))), "€ 5.00 a session"),
        (terms(element(fee(5), **NIGHT), element(fee(7))), "from € 5.00 a session"),
        (terms(element(idle("0.10", per_seconds=60))), "idle € 0.10 a minute"),
        (terms(element(energy(0))), "Free"),
        (terms(element(fee(4), reservation="RESERVATION")), "Free"),
    ],
)
def test_headlines(found: Terms, said: str) -> None:
    assert plain(headline(found)) == said


@pytest.mark.parametrize(
    ("most", "said"),
    [
        (200, ALL),
        (80, "from € 0.39/kWh; start € 0.50; idle € 0.10/min after 15 minutes; incl. VAT"),
        (69, "from € 0.39/kWh; start € 0.50; idle € 0.10/min after 15 minutes"),
        (50, "from € 0.39/kWh; incl. VAT"),
        (25, "from € 0.39/kWh"),
        (13, "from€0.39/kWh"),
        (12, ""),
    ],
)
def test_a_display_gets_as_much_as_fits(most: int, said: str) -> None:
    assert plain(display_text(BUSY, most=most)) == said


def test_a_display_with_a_price_of_time() -> None:
    found = terms(element(charging_time(3, vat=20), fee("0.5", vat=20)))
    assert (
        display_text(found, most=60)
        == ("Charging time: € 3.00 an hour; Start fee € 0.50; plus 20 % VAT")[:0]
        + "€ 3.00 an hour; start € 0.50; plus 20 % VAT"
    )
    assert display_text(found, most=40) == "€ 3.00/h; start € 0.50; plus 20 % VAT"
    assert display_text(found, most=30) == "€ 3.00/h; start € 0.50"
    assert display_text(found, most=10) == "€ 3.00/h"
    assert display_text(terms(element(idle("0.1", per_seconds=60))), most=16) == "idle € 0.10/min"


@pytest.mark.parametrize("most", range(0, 200, 7))
def test_no_display_text_is_too_long(most: int) -> None:
    assert len(display_text(BUSY, most=most)) <= most
