"""Tariffs given to stations that price by themselves (OCPP 2.1 I07 to I11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accounts.services.audit import Actor
from chargers.domain import commands as wire
from chargers.exceptions import UnableToCommand
from chargers.models import ChargingStation, Evse, StationCommand, Transaction
from chargers.ocpp.tariff import tariff_faults
from chargers.services.commands import request_command

Tariff = dict[str, Any]


def set_default_tariff(
    *,
    station: ChargingStation,
    tariff: Tariff,
    now: datetime,
    evse: Evse | None = None,
    actor: Actor | None = None,
) -> StationCommand:
    """The tariff of everybody at an EVSE, or at all of them (I07).

    Args:
        tariff: a TariffType of OCPP 2.1.

    Raises:
        UnableToCommand: unreachable, or no tariff: errors by field.
    """
    _check(tariff)
    command = wire.SetDefaultTariff(tariff=tariff, evse=_number(station, evse) or 0)
    return request_command(station=station, command=command, now=now, actor=actor)


def _check(tariff: Tariff) -> None:
    faults = tariff_faults(tariff)
    if faults:
        message = f"This is no tariff: {'; '.join(faults[:5])}."
        raise UnableToCommand(message, errors={"tariff": message})


def _number(station: ChargingStation, evse: Evse | None) -> int | None:
    if evse is None:
        return None
    if evse.station_id != station.pk:
        message = "This EVSE belongs to another station."
        raise UnableToCommand(message, errors={"evse": message})
    return evse.number


def get_tariffs(
    *,
    station: ChargingStation,
    now: datetime,
    evse: Evse | None = None,
    actor: Actor | None = None,
) -> StationCommand:
    """Which tariffs a station has; they come as the command's result (I09)."""
    command = wire.GetTariffs(evse=_number(station, evse) or 0)
    return request_command(station=station, command=command, now=now, actor=actor)


def clear_tariffs(
    *,
    station: ChargingStation,
    now: datetime,
    tariff_ids: Sequence[str] = (),
    evse: Evse | None = None,
    actor: Actor | None = None,
) -> StationCommand:
    """Have a station forget tariffs: these, or all of an EVSE, or all (I10)."""
    command = wire.ClearTariffs(tariff_ids=tuple(tariff_ids), evse=_number(station, evse))
    return request_command(station=station, command=command, now=now, actor=actor)


def change_transaction_tariff(
    *, transaction: Transaction, tariff: Tariff, now: datetime, actor: Actor | None = None
) -> StationCommand:
    """Another tariff for a session that runs (I11).

    Raises:
        UnableToCommand: unreachable, the transaction has ended, or no tariff: errors by field.
    """
    if not transaction.is_active:
        message = "This transaction has already ended."
        raise UnableToCommand(message, errors={"transaction": message})
    _check(tariff)
    command = wire.ChangeTransactionTariff(transaction_ref=transaction.station_ref, tariff=tariff)
    return request_command(
        station=transaction.station,
        command=command,
        now=now,
        actor=actor,
        transaction=transaction,
    )
