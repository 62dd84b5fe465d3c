"""What running sessions cost: at most thirty seconds old, in bulk, by the one engine."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Operator
from chargers.models import Evse, Transaction
from chargers.ports import RunningCost
from common.tenancy import system_scope
from tariffs.models import PinnedTariff, RunningPrice
from tariffs.services.pinning import pin_missed
from tariffs.services.running import price_running, quote_running_cost
from tests.factories import (
    NOW,
    ChargingStateChangeFactory,
    DriverFactory,
    MeterValueFactory,
    SpotPriceFactory,
    TariffVersionFactory,
    TransactionFactory,
)
from tests.tariffs.support import give, make_group, make_plug, make_tariff

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def plug(operator: Operator) -> Evse:
    """Where a kWh costs 0.49 EUR and 25 % VAT."""
    give(make_group(operator), make_tariff(operator), created_at=at(-1))
    return make_plug(operator, max_power_w=22_000)


def session(plug: Evse, **values: Any) -> Transaction:
    row: Transaction = TransactionFactory.create(
        **{"station": plug.station, "evse": plug, "meter_start_wh": 1_000, **values}
    )
    pin_missed(now=at(1))
    return row


def read(row: Transaction, seconds: int, register_wh: int, **values: Any) -> None:
    """A reading, stored and shown as the ingest does."""
    MeterValueFactory.create(
        transaction=row,
        taken_at=at(seconds),
        device_at=values.pop("device_at", at(seconds)),
        energy_wh=register_wh,
        **values,
    )
    with system_scope("tests"):
        Transaction.objects.filter(pk=row.pk).update(
            energy_wh=register_wh - 1_000, last_energy_wh=register_wh, last_reading_at=at(seconds)
        )


def priced(row: Transaction) -> RunningPrice:
    with system_scope("tests"):
        return RunningPrice.objects.get(pk=row.pk)


def quote(row: Transaction, seconds: float) -> RunningCost | None:
    with system_scope("tests"):
        return quote_running_cost(transaction_id=row.pk, now=at(seconds))


def per_minute(operator: Operator, plug: Evse, **restrictions: Any) -> None:
    """There, a minute of charging costs 0.10 EUR, and one of parking 0.50."""
    components = [
        {"type": "TIME", "price": "0.10", "per_seconds": 60},
        {"type": "PARKING_TIME", "price": "0.50", "per_seconds": 60},
    ]
    tariff = make_tariff(operator, "By the minute")
    TariffVersionFactory.create(
        tariff=tariff,
        valid_from=at(-60),
        terms={
            "currency": "DKK",
            "tax_included": True,
            "elements": [{"price_components": components, **restrictions}],
        },
    )
    give(make_group(operator, "Here"), tariff, evse=plug, created_at=at(-1))
    with system_scope("tests"):
        operator.tariff_groups.filter(name="All").update(position=7)


def test_a_session_costs_what_its_energy_costs(plug: Evse) -> None:
    row = session(plug)
    read(row, 600, 3_000)

    assert price_running(now=at(605)) == 1

    found = priced(row)
    assert (found.currency, found.net_minor, found.gross_minor) == ("DKK", 98, 123)
    assert (found.computed_at, found.flags, found.checkpoint) == (at(605), [], None)
    assert found.lines == [
        {
            "kind": "ENERGY",
            "of": None,
            "element": 0,
            "is_reservation": False,
            "quantity": 2_000,
            "unit_price": "0.49",
            "per": 1_000,
            "vat": "25",
            "amount_minor": 98,
            "net_minor": 98,
        }
    ]


def test_time_goes_on_without_readings_and_parking_is_parking(
    operator: Operator, plug: Evse
) -> None:
    per_minute(operator, plug)
    row = session(plug)
    ChargingStateChangeFactory.create(transaction=row, at=at(600), state="SuspendedEV")
    price_running(now=at(300))
    assert priced(row).gross_minor == 50
    price_running(now=at(720))
    assert priced(row).gross_minor == 100 + 100


def test_only_what_is_due_is_priced(plug: Evse) -> None:
    row = session(plug)
    assert price_running(now=at(100)) == 1
    assert price_running(now=at(119)) == 0
    read(row, 101, 1_100)
    assert price_running(now=at(119)) == 1
    assert price_running(now=at(138)) == 0
    assert price_running(now=at(139)) == 1
    with system_scope("tests"):
        Transaction.objects.update(state="ended", ended_at=at(140))
    assert price_running(now=at(500)) == 0


def test_hundreds_cost_as_many_queries_as_one(plug: Evse, django_assert_num_queries: Any) -> None:
    for _ in range(5):
        row = session(make_plug(plug.operator))
        read(row, 60, 1_500)
    # sessions, states, reservations, terms (the first time), readings, prices, no more sessions
    with django_assert_num_queries(7):
        assert price_running(now=at(70)) == 5
    with system_scope("tests"):
        assert set(RunningPrice.objects.values_list("net_minor", flat=True)) == {25}


def test_a_session_that_cannot_be_priced_costs_the_others_nothing(
    plug: Evse, caplog: pytest.LogCaptureFixture
) -> None:
    broken, whole = session(plug), session(make_plug(plug.operator))
    with system_scope("tests"):
        PinnedTariff.objects.filter(pk=broken.pk).update(time_zone="Mars/Olympus")
    assert price_running(now=at(60)) == 1
    assert priced(whole).gross_minor == 0
    assert [record.message for record in caplog.records] == [
        f"session {broken.pk} cannot be priced"
    ]


def test_sessions_without_a_price_have_none(operator: Operator) -> None:
    row = session(make_plug(operator))
    assert price_running(now=at(60)) == 0
    assert quote(row, 60) is None


def test_the_driver_who_is_known_later_pays_the_own_price(operator: Operator, plug: Evse) -> None:
    row = session(plug)
    cheap = make_tariff(operator, "Members")
    give(make_group(operator, "Members", audience="registered"), cheap, created_at=at(-1))
    with system_scope("tests"):
        operator.tariff_groups.filter(name="All").update(position=7)
        Transaction.objects.update(driver=DriverFactory.create(operator=operator))
    price_running(now=at(60))
    with system_scope("tests"):
        pin = PinnedTariff.objects.select_related("version__tariff").get(pk=row.pk)
    assert pin.version is not None
    assert pin.version.tariff.name == "Members"


def test_a_market_price_is_read_for_the_session(operator: Operator, plug: Evse) -> None:
    spot = {"area": "DK1", "slot_minutes": 60, "fallback": "9"}
    tariff = make_tariff(operator, "Spot")
    TariffVersionFactory.create(
        tariff=tariff,
        valid_from=at(-60),
        terms={
            "currency": "DKK",
            "elements": [{"price_components": [{"type": "ENERGY", "price": "0.10", "spot": spot}]}],
        },
    )
    give(make_group(operator, "Here"), tariff, evse=plug, created_at=at(-1))
    with system_scope("tests"):
        operator.tariff_groups.filter(name="All").update(position=7)
    SpotPriceFactory.create(operator=operator, currency="DKK", starts_at=NOW, price=Decimal("0.40"))
    row = session(plug)
    read(row, 600, 3_000)
    price_running(now=at(600))
    assert (priced(row).net_minor, priced(row).flags) == (100, [])


# Long sessions -------------------------------------------------------------------------------------


def charge(row: Transaction, seconds: range) -> None:
    for second in seconds:
        read(row, second, 1_000 + second * 3)


def test_a_long_session_is_read_from_its_checkpoint_on(operator: Operator, plug: Evse) -> None:
    per_minute(operator, plug)
    row = session(plug)
    charge(row, range(10, 1_210, 10))
    price_running(now=at(1_200))
    checkpoint = priced(row).checkpoint
    assert checkpoint is not None
    assert checkpoint["register_wh"] == 1_000 + 600 * 3

    with system_scope("tests"):
        # nobody reads these again
        row.meter_values.filter(taken_at__lt=at(600)).delete()
    charge(row, range(1_210, 1_300, 10))
    price_running(now=at(1_300))
    assert priced(row).gross_minor == round(Decimal(1_300) / 60 * 10)
    assert sum(period[2] for period in checkpoint["periods"]) == 1_800


def test_a_clock_that_was_set_back_is_read_from_the_start(operator: Operator, plug: Evse) -> None:
    per_minute(operator, plug)
    row = session(plug)
    charge(row, range(10, 1_210, 10))
    price_running(now=at(1_200))
    read(row, 1_250, 4_800, device_at=NOW - timedelta(days=9_000))
    price_running(now=at(1_260))
    assert priced(row).gross_minor == 210


# Quotes --------------------------------------------------------------------------------------------


def test_a_fresh_row_is_quoted_and_an_old_one_worked_out(
    plug: Evse, django_assert_num_queries: Any
) -> None:
    row = session(plug)
    read(row, 60, 2_000)
    price_running(now=at(60))
    read(row, 61, 3_000)
    with django_assert_num_queries(1):
        assert quote(row, 89) == RunningCost(amount_minor=61, currency="DKK")
    with django_assert_num_queries(4):
        assert quote(row, 91) == RunningCost(amount_minor=123, currency="DKK")
    assert priced(row).computed_at == at(60)


def test_an_ended_session_costs_what_it_costs(plug: Evse) -> None:
    row = session(plug)
    read(row, 60, 2_000)
    price_running(now=at(60))
    with system_scope("tests"):
        Transaction.objects.update(
            state="ended", ended_at=at(70), meter_stop_wh=11_000, energy_wh=10_000
        )
    assert quote(row, 71) == RunningCost(amount_minor=613, currency="DKK")
