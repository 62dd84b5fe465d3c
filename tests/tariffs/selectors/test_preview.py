from __future__ import annotations

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tariffs.pricing import Terms
from tariffs.selectors.preview import SESSIONS, charging_of, examples
from tests.tariffs.words.terms import element, energy, fee, idle, plain, terms

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
DAY = date(2026, 3, 14)


def _told(found: Terms, *, spot: dict[tuple[str, int, int], Decimal] | None = None) -> list[str]:
    return [
        plain(f"{each.title}: {each.net} + {each.tax} = {each.gross}")
        for each in examples(found, zone=COPENHAGEN, day=DAY, spot=spot)
    ]


def test_three_sessions_at_a_simple_price() -> None:
    assert _told(terms(element(energy("0.50", vat=25)))) == [
        "Overnight, AC: € 11.00 + € 2.75 = € 13.75",
        "Fast charging, DC: € 20.00 + € 5.00 = € 25.00",
        "Short stop: € 6.00 + € 1.50 = € 7.50",
    ]


def test_idling_power_and_the_time_of_day_show() -> None:
    found = terms(
        element(energy("0.60", vat=25), min_peak_power=50),
        element(energy("0.30", vat=25), start_time="22:00", end_time="06:00"),
        element(energy("0.45", vat=25), fee("0.50", vat=25)),
        element(idle("0.10", per_seconds=60, vat=25), min_idle=900,
                start_time="08:00", end_time="20:00"),
    )  # fmt: skip
    overnight, fast, stop = examples(found, zone=COPENHAGEN, day=DAY)
    assert [plain(line.quantity) for line in overnight.lines] == ["€ 0.50", "22 kWh \u00d7 € 0.30"]
    assert [plain(line.quantity) for line in fast.lines] == ["€ 0.50", "40 kWh \u00d7 € 0.60"]
    assert [plain(line.quantity) for line in stop.lines] == [
        "€ 0.50",
        "12 kWh \u00d7 € 0.45",
        "30 min \u00d7 € 0.10 a minute",
    ]
    assert plain(stop.gross) == "€ 11.13"
    assert stop.price.gross_minor == 1113
    assert str(overnight.started_at) == "2026-03-14 22:00:00+01:00"
    assert [each.notes for each in (overnight, fast, stop)] == [[], [], []]


def test_what_is_odd_is_noted() -> None:
    spot = terms(element(energy("0.05", spot={"area": "DK1", "fallback": "0.40"})))
    missing = "A spot price was not known; the tariff's fallback price was used."
    assert [each.notes for each in examples(spot, zone=COPENHAGEN, day=DAY)] == [[missing]] * 3
    monday = terms(element(energy(1), day_of_week=["MONDAY"]))
    (first, *_rest) = examples(monday, zone=COPENHAGEN, day=DAY)
    assert first.notes == ["No part of the tariff applies to this session."]
    assert (first.lines, plain(first.gross)) == ([], "€ 0.00")


def test_prices_of_the_market_are_used_where_they_are_known() -> None:
    found = terms(element(energy("0.05", spot={"area": "DK1", "fallback": "0.40"})))
    start = int(examples(found, zone=COPENHAGEN, day=DAY)[1].started_at.timestamp())
    assert _told(found, spot={("DK1", 60, start): Decimal("0.10")})[1] == (
        "Fast charging, DC: € 6.00 + € 0.00 = € 6.00"
    )


@pytest.mark.parametrize(
    ("key", "minutes", "energy_wh"),
    [("overnight", 480, 22_000), ("fast", 35, 40_000), ("stop", 81, 12_000)],
)
def test_the_sessions_are_what_they_say(key: str, minutes: int, energy_wh: int) -> None:
    (session,) = (each for each in SESSIONS if each.key == key)
    (shown,) = (
        each
        for each in examples(terms(element(energy(1))), zone=COPENHAGEN, day=DAY)
        if each.key == key
    )
    periods = charging_of(session, shown.started_at).periods
    assert periods[-1].end - periods[0].start == minutes * 60
    assert sum(period.energy_wh for period in periods) == energy_wh
    assert f"{energy_wh // 1000} kWh" in shown.about
