"""Ended sessions for tests of billing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Operator
from billing.models import Cdr
from chargers.models import Transaction
from common.tenancy import system_scope
from tests.factories import (
    NOW,
    PinnedTariffFactory,
    StationFactory,
    TariffAssignmentFactory,
    TariffVersionFactory,
    TransactionFactory,
)

LASTED = timedelta(minutes=20)


def ended_session(operator: Operator | None = None, **values: Any) -> Transaction:
    """5 kWh in the 20 minutes before `NOW`."""
    if "station" not in values:
        values["station"] = StationFactory.create(**({"operator": operator} if operator else {}))
    return TransactionFactory.create(
        **{
            "state": "ended",
            "started_at": NOW - LASTED,
            "ended_at": NOW,
            "energy_wh": 5000,
            "meter_start_wh": 0,
            "meter_stop_wh": 5000,
            **values,
        }
    )


def sold_session(operator: Operator | None = None, **values: Any) -> Transaction:
    """Ended, with a tariff of 0.49 a kWh pinned at its start."""
    row = ended_session(operator, **values)
    pin(row)
    return row


def pin(row: Transaction, **version: Any) -> None:
    made = TariffVersionFactory.create(tariff__operator=row.operator, **version)
    PinnedTariffFactory.create(
        transaction=row,
        version=made,
        resolved_for=row.started_at,
        resolved_from=f"{row.evse_id or ''} {row.driver_id or row.id_token_type}",
    )


def sells(operator: Operator, *, since: datetime = NOW - timedelta(days=60)) -> None:
    """Has an assignment, of a tariff without a price."""
    TariffAssignmentFactory.create(group__operator=operator, created_at=since)


def change(row: Transaction, **values: Any) -> None:
    with system_scope("tests"):
        Transaction.objects.filter(pk=row.pk).update(**values)


def records(row: Transaction) -> list[Cdr]:
    with system_scope("tests"):
        return list(Cdr.objects.filter(transaction=row).order_by("version"))
