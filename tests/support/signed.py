"""Sessions with signed meter values, checked."""

from __future__ import annotations

from datetime import datetime, timedelta

from chargers.models import SessionMeterCheck, SignedMeterValue, Transaction
from chargers.services.signed.checking import check_session
from chargers.services.signed.storing import digest_of
from common.tenancy import system_scope
from tests.support.ocmf import Meter, payload


def instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S},000+0000 S"


def documents(transaction: Transaction, meter: Meter) -> tuple[str, str]:
    """Begin and end of an hour with 11.04 kWh."""
    begin = transaction.started_at
    end = begin + timedelta(hours=1)
    return (
        meter.document(payload(tx="B", at=instant(begin), page="T7", value="100.000")),
        meter.document(payload(tx="E", at=instant(end), page="T8", value="111.040")),
    )


def give_signed(
    transaction: Transaction,
    meter: Meter | None = None,
    *,
    key: str | None = None,
    spoil: bool = False,
) -> SessionMeterCheck:
    """Signed values of a session as its station would have sent them, checked."""
    made = meter or Meter()
    begin, end = documents(transaction, made)
    if spoil:
        end = end.replace("111.040", "222.080")
    with system_scope("tests"):
        for context, raw in (("Transaction.Begin", begin), ("Transaction.End", end)):
            SignedMeterValue.objects.create(
                operator_id=transaction.operator_id,
                station_id=transaction.station_id,
                transaction=transaction,
                evse_number=1,
                context=context,
                received_at=transaction.started_at,
                raw=raw,
                digest=digest_of(raw),
                public_key=made.public_key if key is None else key,
            )
        return check_session(transaction_id=transaction.pk, now=transaction.started_at)
