"""Signed meter values as pages, the API and the public check show them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chargers.models import MeterPublicKey, SessionMeterCheck, SignedMeterValue
from chargers.ocmf import unwrap
from chargers.ocmf.export import ExportedValue, transparency_xml


def signed_values(transaction_id: UUID) -> list[SignedMeterValue]:
    """The signed values of a session with their keys, in the order in which they came."""
    rows = SignedMeterValue.objects.filter(transaction_id=transaction_id)
    return list(rows.select_related("key").order_by("id"))


def meter_check(transaction_id: UUID) -> SessionMeterCheck | None:
    """What came of the check of a session; None before there was one."""
    return SessionMeterCheck.objects.filter(transaction_id=transaction_id).first()


def meter_check_by_token(token: str, *, operator_id: UUID | None) -> SessionMeterCheck | None:
    """The check behind a public link.

    Args:
        operator_id: whose brand the host shows; another operator's link is none there. None on
            a neutral host.
    """
    rows = SessionMeterCheck.objects.filter(token=token)
    if operator_id is not None:
        rows = rows.filter(operator_id=operator_id)
    return rows.select_related("transaction__location").first()


def meter_keys(station_id: UUID) -> list[MeterPublicKey]:
    """The public keys of a station's meters: those in force first."""
    rows = MeterPublicKey.objects.filter(station_id=station_id)
    return sorted(rows, key=lambda row: (row.replaced_at is not None, row.evse_number, -row.pk))


def transparency_file(number: str, values: Sequence[SignedMeterValue]) -> str:
    """The values of a session for the makers' transparency software; `number` names the session."""
    return transparency_xml(
        ExportedValue(
            number=number,
            context=value.context if value.context.startswith("Transaction.") else "",
            format=one.format,
            text=one.text,
            public_key=value.key.key if value.key else value.public_key or one.public_key,
        )
        for value in values
        for one in unwrap(value.raw, encoding_method=value.encoding_method)
    )
