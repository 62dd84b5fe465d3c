"""Which price somebody was shown before a session began."""

from __future__ import annotations

from chargers.models import StationCommand, Transaction
from tariffs.models import TariffOffer

_REMOTE_START = "request_start_transaction"


def offer_of(transaction: Transaction) -> TariffOffer | None:
    """The offer that a session was started with: of its driver, at its EVSE, not expired by then.

    Two queries at most. A station that tells no number of the remote start (OCPP 1.6) is found by
    the command that ingest has linked to the session.
    """
    number = _remote_start_id(transaction)
    if number is None:
        return None
    offers = TariffOffer.objects.filter(
        operator_id=transaction.operator_id,
        remote_start_id=number,
        evse__station_id=transaction.station_id,
        driver=transaction.driver_id,
        expires_at__gt=transaction.started_at,
    )
    if transaction.evse_id is not None:
        offers = offers.filter(evse_id=transaction.evse_id)
    return offers.select_related("version__tariff", "group").order_by("-created_at", "-pk").first()


def _remote_start_id(transaction: Transaction) -> int | None:
    if transaction.remote_start_id is not None:
        return transaction.remote_start_id
    asked = StationCommand.objects.filter(transaction=transaction, kind=_REMOTE_START)
    arguments = asked.order_by("-pk").values_list("arguments", flat=True).first()
    return None if arguments is None else arguments.get("remote_start_id")
