"""Chargings that cannot be priced are refused, with the place named."""

from __future__ import annotations

import pytest

from tariffs.pricing import price
from tariffs.pricing.charging import BadChargingError, Charging, Period, State
from tests.tariffs.build import COPENHAGEN, energy, tariff

TERMS = tariff(energy("0.25"))
FIRST = Period(3600, 7200, 1000)


@pytest.mark.parametrize(
    ("periods", "field"),
    [
        # out of order
        ((FIRST, Period(0, 1800)), "periods[1].start"),
        # overlapping by a second
        ((FIRST, Period(7199, 9000)), "periods[1].start"),
        ((FIRST, FIRST), "periods[1].start"),
        # without length, or less
        ((Period(3600, 3600),), "periods[0].end"),
        ((FIRST, Period(7200, 7200)), "periods[1].end"),
        ((FIRST, Period(7200, 7100)), "periods[1].end"),
        # negative energy
        ((Period(3600, 7200, -1),), "periods[0].energy_wh"),
        ((FIRST, Period(7200, 7300, -1, State.IDLE)), "periods[1].energy_wh"),
        # reserved after the session has begun
        ((FIRST, Period(7200, 7300, 0, State.RESERVED)), "periods[1].state"),
        (
            (Period(0, 3600, 0, State.RESERVED), FIRST, Period(7200, 7300, 0, State.RESERVED)),
            "periods[2].state",
        ),
    ],
)
def test_refused(periods: tuple[Period, ...], field: str) -> None:
    with pytest.raises(BadChargingError) as raised:
        price(TERMS, Charging(periods=periods), COPENHAGEN)

    assert raised.value.field == field
    assert str(raised.value).startswith(f"{field}: ")


@pytest.mark.parametrize(
    "periods",
    [
        (),
        (FIRST, Period(7200, 7201)),
        (FIRST, Period(9000, 9001)),
        (Period(0, 1, 0, State.RESERVED), FIRST),
    ],
)
def test_accepted(periods: tuple[Period, ...]) -> None:
    found = price(TERMS, Charging(periods=periods), COPENHAGEN)

    assert found.net * 4 == (1 if periods else 0)
