"""Payments at the station itself, as far as chargers know of them (OCPP 2.1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chargers import ports
from chargers.domain.context import StationContext
from chargers.domain.messages import (
    NotifySettlement,
    NotifyWebPaymentStarted,
    VatNumberValidation,
)
from chargers.domain.results import Acknowledged, SettlementResult, VatResult
from chargers.events import SettlementReported, WebPaymentStarted
from chargers.models import ReportedSettlement, Transaction
from events.outbox import publish


@transaction.atomic
def record_settlement(
    message: NotifySettlement, *, station: StationContext, received_at: datetime
) -> SettlementResult:
    """NotifySettlement: kept as told, once for each payment and outcome.

    A transaction of another station is not linked.
    """
    charged = _transaction(message, station)
    _row, is_new = ReportedSettlement.objects.get_or_create(
        station_id=station.station_id,
        psp_ref=message.psp_ref,
        status=message.status,
        defaults={
            "operator_id": station.operator_id,
            "transaction": charged,
            "transaction_ref": message.transaction_ref[:40],
            "amount": message.amount,
            "settled_at": message.settled_at,
            "details": dict(message.details),
            "received_at": received_at,
        },
    )
    if is_new:
        event = SettlementReported(
            operator_id=station.operator_id,
            subject_id=station.station_id,
            psp_ref=message.psp_ref,
            status=message.status,
            amount="" if message.amount is None else f"{message.amount.normalize():f}",
            transaction_id=charged.pk if charged else None,
        )
        publish(event, now=received_at)
    return SettlementResult()


def _transaction(message: NotifySettlement, station: StationContext) -> Transaction | None:
    if not message.transaction_ref:
        return None
    return Transaction.objects.filter(
        station_id=station.station_id, station_ref=message.transaction_ref[:40]
    ).first()


def validate_vat_number(
    message: VatNumberValidation,
    *,
    station: StationContext,  # noqa: ARG001 -- numbers are the same everywhere
    received_at: datetime,
) -> VatResult:
    """VatNumberValidation: whoever looks numbers up decides; without one, none is valid."""
    validate = ports.vat_number_validator()
    company = validate(vat_number=message.vat_number, now=received_at)
    if company is not None:
        return VatResult(company=company)
    return VatResult(reason="NotValidated" if validate is ports.no_vat_number else "InvalidNumber")


@transaction.atomic
def record_web_payment(
    message: NotifyWebPaymentStarted, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """NotifyWebPaymentStarted: whoever takes web payments listens to the event."""
    event = WebPaymentStarted(
        operator_id=station.operator_id,
        subject_id=station.station_id,
        evse=message.evse,
        timeout_seconds=message.timeout_seconds,
    )
    publish(event, now=received_at)
    return Acknowledged()
