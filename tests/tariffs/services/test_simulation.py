from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Operator
from chargers.models import Evse
from common.tenancy import operator_scope
from tariffs.exceptions import UnableToSimulate
from tariffs.models import Tariff
from tariffs.pricing.marginal import Shape
from tariffs.resolution import Customer, Reason
from tariffs.services.simulation import Asked, Moment, Simulation, simulate
from tests.factories import NOW, SpotPriceFactory, TariffFactory, TariffVersionFactory
from tests.tariffs.support import give, make_group, make_plug

_ZONE = ZoneInfo("Europe/Copenhagen")


@pytest.fixture(autouse=True)
def _scope(operator: Operator) -> Iterator[None]:
    with operator_scope(operator.pk):
        yield


@pytest.fixture
def plug(operator: Operator) -> Evse:
    return make_plug(operator)


def _component(kind: str, price: str, **values: Any) -> dict[str, Any]:
    return {"type": kind, "price": price, "vat": "25", **values}


def _terms(*elements: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {"currency": "EUR", "tax_included": False, "elements": list(elements), **values}


def _element(*components: dict[str, Any], **restrictions: Any) -> dict[str, Any]:
    element: dict[str, Any] = {"price_components": list(components)}
    return {**element, "restrictions": restrictions} if restrictions else element


def _clock(moment: Moment) -> str:
    return f"{moment.at.astimezone(_ZONE):%H:%M}"


_DAY_AND_NIGHT = _terms(
    _element(_component("ENERGY", "0.20"), start_time="22:00", end_time="06:00"),
    _element(_component("ENERGY", "0.40")),
    _element(_component("PARKING_TIME", "6", per_seconds=3600)),
)


def _tariff(operator: Operator, terms: dict[str, Any], name: str = "Day", **values: Any) -> Tariff:
    tariff = TariffFactory.create(operator=operator, name=name, currency="EUR")
    TariffVersionFactory.create(tariff=tariff, terms=terms, **values)
    return tariff


def _ask(plug: Evse, **values: Any) -> Simulation:
    given: dict[str, Any] = {
        "evse": plug,
        "customer": Customer.nobody(),
        "start": NOW,
        "energy_kwh": Decimal(20),
        "charging_minutes": 120,
        "idle_minutes": 10,
        **values,
    }
    return simulate(Asked(**given))


def _refused(plug: Evse, **values: Any) -> dict[str, str]:
    with pytest.raises(UnableToSimulate) as refused:
        _ask(plug, **values)
    return refused.value.errors


def test_a_session_is_priced_and_told(operator: Operator, plug: Evse) -> None:
    give(make_group(operator), _tariff(operator, _DAY_AND_NIGHT))
    found = _ask(plug)
    assert found.price is not None
    assert found.rounded is not None
    assert (found.price.net, found.price.gross) == (Fraction(9), Fraction(45, 4))
    assert (found.rounded.net_minor, found.rounded.gross_minor) == (900, 1125)
    assert [(line.title, line.amount_minor) for line in found.lines] == [
        ("Energy", 800),
        ("Idle", 100),
    ]
    assert [one.reason for one in found.resolution.verdicts] == [Reason.WON]
    assert list(found.warnings) == []
    assert (found.start, found.zone) == (NOW, _ZONE)
    assert found.end - found.start == timedelta(minutes=130)
    assert found.shape == Shape(energy_wh=20_000, charging_s=7_200, idle_s=600, power_w=10_000)


def test_prices_over_the_day(operator: Operator, plug: Evse) -> None:
    give(make_group(operator), _tariff(operator, _DAY_AND_NIGHT))
    day = _ask(plug).day
    assert len(day) == 96
    assert [_clock(moment) for moment in day[:2]] == ["00:00", "00:15"]
    kwh = [moment.kwh for moment in day]
    assert kwh == [Decimal("0.25")] * 24 + [Decimal("0.5")] * 64 + [Decimal("0.25")] * 8
    assert {moment.idle_minute for moment in day} == {Decimal("0.125")}
    assert {moment.minute for moment in day} == {Decimal(0)}
    at = {_clock(moment): moment.session_minor for moment in day}
    # from 05:00: an hour at night, an hour by day
    assert (at["04:00"], at["05:00"], at["06:00"]) == (625, 875, 1125)


@pytest.mark.parametrize(("month", "day", "count"), [(3, 29, 92), (10, 25, 100), (6, 1, 96)])
def test_days_have_as_many_quarters_as_the_clock_makes_them(
    operator: Operator, plug: Evse, month: int, day: int, count: int
) -> None:
    give(make_group(operator), _tariff(operator, _DAY_AND_NIGHT))
    found = _ask(plug, start=datetime(2026, month, day, 12, 0, tzinfo=UTC))
    assert len(found.day) == count


def test_another_price_may_hold_from_an_instant_within_the_day(
    operator: Operator, plug: Evse
) -> None:
    everyone = make_group(operator)
    noon = datetime(2026, 3, 14, 12, 0, tzinfo=_ZONE)
    cheap = _tariff(operator, _terms(_element(_component("ENERGY", "0.08"))), "Cheap")
    give(everyone, _tariff(operator, _terms(_element(_component("ENERGY", "0.40")))))
    give(everyone, cheap, evse=plug, valid_from=noon, valid_until=noon + timedelta(hours=6))
    TariffVersionFactory.create(
        tariff=cheap,
        terms=_terms(_element(_component("ENERGY", "0.16"))),
        valid_from=noon + timedelta(hours=3),
    )
    found = _ask(plug)
    assert [(moment.kwh, moment.currency) for moment in found.day[::12]] == [
        (Decimal(price), "EUR")
        for price in ("0.5", "0.5", "0.5", "0.5", "0.1", "0.2", "0.5", "0.5")
    ]
    assert found.price is not None
    assert found.price.gross == 2


def test_spot_prices_reach_session_and_chart(operator: Operator, plug: Evse) -> None:
    spot = {"area": "DK1", "slot_minutes": 60, "fallback": "1"}
    terms = _terms(_element(_component("ENERGY", "0.10", spot=spot)))
    give(make_group(operator), _tariff(operator, terms))
    for hour, price in enumerate(("0.30", "0.50")):
        SpotPriceFactory.create(
            operator=operator, starts_at=NOW + timedelta(hours=hour), price=Decimal(price)
        )
    found = _ask(plug, idle_minutes=0)
    assert found.price is not None
    assert found.price.net == 10 * Fraction("0.4") + 10 * Fraction("0.6")
    assert list(found.warnings) == []
    assert [moment.kwh for moment in found.day[48:64:4]] == [
        Decimal("1.25"), Decimal("0.5"), Decimal("0.75"), Decimal("1.25"),
    ]  # fmt: skip
    late = _ask(plug, start=NOW + timedelta(hours=1))
    assert list(late.warnings) == [
        "A spot price was not known; the tariff's fallback price was used."
    ]


def test_without_a_price_that_is_said(operator: Operator, plug: Evse) -> None:
    found = _ask(plug)
    assert (found.price, found.rounded, list(found.lines)) == (None, None, [])
    assert list(found.warnings) == [
        "No price is known: such a session waits for a person before it is billed."
    ]
    assert {(moment.kwh, moment.session_minor) for moment in found.day} == {(None, None)}
    give(make_group(operator), None)
    denied = _ask(plug)
    assert (denied.price, denied.resolution.denied) == (None, True)
    assert list(denied.warnings) == ["Charging is not allowed here."]


def test_a_start_without_zone_is_the_clock_of_the_site(plug: Evse) -> None:
    naive = datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001 -- what the clock shows
    found = _ask(plug, start=naive)
    assert found.start == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert list(found.warnings)[1:] == [
        "The clock shows this time twice on that day; the first time is meant."
    ]
    skipped = naive.replace(month=3, day=29)
    assert _refused(plug, start=skipped) == {
        "start": "There is no 02:30 there on that day: the clock goes from 02:00 to 03:00."
    }


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"start": datetime(1999, 12, 31, tzinfo=UTC)}, "start"),
        ({"energy_kwh": Decimal(-1)}, "energy_kwh"),
        ({"energy_kwh": Decimal("10000.001")}, "energy_kwh"),
        ({"energy_kwh": Decimal("0.0001")}, "energy_kwh"),
        ({"charging_minutes": -1}, "charging_minutes"),
        ({"charging_minutes": 44_641}, "charging_minutes"),
        ({"charging_minutes": 44_631}, "charging_minutes"),
        ({"idle_minutes": -1}, "idle_minutes"),
        ({"charging_minutes": 0}, "charging_minutes"),
        ({"charging_minutes": None}, "charging_minutes"),
        ({"charging_minutes": 0, "idle_minutes": 0, "energy_kwh": Decimal(0)}, "charging_minutes"),
        ({"power_kw": Decimal(-1)}, "power_kw"),
        ({"power_kw": Decimal("9.9")}, "power_kw"),
    ],
)
def test_bad_input_names_the_field(plug: Evse, values: dict[str, Any], field: str) -> None:
    assert set(_refused(plug, **values)) == {field}


def test_power_tells_how_long_charging_takes(plug: Evse) -> None:
    found = _ask(plug, charging_minutes=None, power_kw=Decimal(40))
    assert found.shape == Shape(energy_wh=20_000, charging_s=1_800, idle_s=600, power_w=40_000)
    assert "This plug gives at most 22.0\u00a0kW." in found.warnings
    idle = _ask(plug, energy_kwh=Decimal(0), charging_minutes=None)
    assert (idle.shape.charging_s, idle.shape.power_w) == (0, None)


def test_where_the_session_would_be_stopped(operator: Operator, plug: Evse) -> None:
    tariff = _tariff(
        operator,
        _DAY_AND_NIGHT,
        max_energy_wh=19_999,
        max_duration_s=7_799,
        max_amount_minor=1_124,
    )
    give(make_group(operator), tariff)
    assert len(list(_ask(plug).warnings)) == 3
    TariffVersionFactory.create(
        tariff=tariff,
        terms=_DAY_AND_NIGHT,
        valid_from=NOW,
        max_energy_wh=20_000,
        max_duration_s=7_800,
        max_amount_minor=1_125,
    )
    assert list(_ask(plug).warnings) == []


def test_a_simulation_takes_few_queries(operator: Operator, plug: Evse) -> None:
    give(make_group(operator), _tariff(operator, _DAY_AND_NIGHT))
    row = Evse.objects.select_related("station__location").get(pk=plug.pk)
    with CaptureQueriesContext(connection) as queries:
        _ask(row)
    assert len(queries) == 3
