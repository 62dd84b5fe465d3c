"""What the second process does about prices; imported by `site_actions`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chargers.models import ChargingStation, Transaction
from chargers.services.display.refresh import refresh_displays
from common.clock import utc_now
from events.dispatch import dispatch_pending
from tariffs.models import (
    PinnedTariff,
    RunningPrice,
    Tariff,
    TariffAssignment,
    TariffGroup,
    TariffVersion,
)
from tariffs.services.running import price_running, quote_running_cost


def sell(identity: str, fee: str) -> None:
    """Sell sessions at a station for a fee, VAT included."""
    station = ChargingStation.objects.select_related("operator").get(identity=identity)
    now, operator = utc_now(), station.operator
    tariff = Tariff.objects.create(
        operator=operator, name=f"Fee at {identity}", currency="EUR", created_at=now
    )
    component = {"type": "FLAT", "price": fee, "vat": "25"}
    TariffVersion.objects.create(
        operator=operator,
        tariff=tariff,
        number=1,
        terms={
            "currency": "EUR",
            "tax_included": True,
            "elements": [{"price_components": [component]}],
        },
        valid_from=now - timedelta(days=1),
        created_at=now,
    )
    group = TariffGroup.objects.create(
        operator=operator, name=f"All at {identity}", audience="everyone", created_at=now
    )
    TariffAssignment.objects.create(
        operator=operator, group=group, tariff=tariff, station=station, created_at=now
    )


def price_and_show(seconds: float) -> None:
    """What the worker does every few seconds, as if so many had gone by."""
    now = utc_now() + timedelta(seconds=seconds)
    while dispatch_pending(now=utc_now()):
        pass
    price_running(now=now)
    refresh_displays(now=now)


def price_of(identity: str) -> dict[str, Any]:
    """What is locked and known about the one session of a station."""
    row = Transaction.objects.get(station__identity=identity)
    pin = PinnedTariff.objects.select_related("version__tariff").get(pk=row.pk)
    last = RunningPrice.objects.filter(pk=row.pk).first()
    quoted = quote_running_cost(transaction_id=row.pk, now=utc_now())
    return {
        "tariff": pin.version.tariff.name if pin.version else None,
        "running": last.gross_minor if last else None,
        "quoted": quoted.amount_minor if quoted else None,
    }


def stop_selling() -> None:
    """Leave nothing that would price or flag the sessions of other journeys."""
    for model in (RunningPrice, PinnedTariff, TariffAssignment):
        model.objects.all().delete()


PRICE_ACTIONS = (sell, price_and_show, price_of, stop_selling)
