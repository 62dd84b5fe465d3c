"""Costs and tariffs, told to stations and their drivers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from chargers.api.actions.base import MaybeEvseBody, StationActionView, evse_of
from chargers.models import ChargingStation, StationCommand, Transaction
from chargers.services.display import requests, tariffs
from common.api.fields import JsonObjectField
from common.api.serializers import BodySerializer
from common.clock import utc_now


class OfTransactionBody(BodySerializer):
    transaction_id: Any = serializers.PrimaryKeyRelatedField(
        queryset=Transaction.objects, source="transaction"
    )


def own_transaction(station: ChargingStation, data: dict[str, Any]) -> Transaction:
    """The transaction of the body, which has to run at this station."""
    row: Transaction = data["transaction"]
    if row.station_id != station.pk:
        message = "This transaction runs at another station."
        raise ValidationError({"transaction_id": message})
    return row


class ShowCostBody(OfTransactionBody):
    cost = serializers.DecimalField(
        max_digits=12,
        decimal_places=3,
        min_value=Decimal(0),
        help_text="With tax, in the operator's currency.",
    )


class ShowCost(StationActionView):
    """Show what a running transaction has cost so far (2.x; 1.6 by the make's own message)."""

    body_class = ShowCostBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return requests.show_cost(
            transaction=own_transaction(station, data),
            cost=data["cost"],
            actor=self.actor,
            now=utc_now(),
        )


class ShowTariffBody(OfTransactionBody):
    text = serializers.CharField(max_length=512, help_text="What charging costs, in words.")


class ShowTariff(StationActionView):
    """Show a driver what charging costs, in words (2.x; 1.6 by the make's own message)."""

    body_class = ShowTariffBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return requests.show_tariff(
            transaction=own_transaction(station, data),
            text=data["text"],
            actor=self.actor,
            now=utc_now(),
        )


class DefaultTariffBody(MaybeEvseBody):
    tariff = JsonObjectField(help_text="TariffType of OCPP 2.1.")


class SetDefaultTariff(StationActionView):
    """The tariff of everybody at a station that computes costs itself (2.1)."""

    body_class = DefaultTariffBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return tariffs.set_default_tariff(
            station=station,
            tariff=data["tariff"],
            evse=evse_of(station, data["evse"]),
            actor=self.actor,
            now=utc_now(),
        )


class GetTariffs(StationActionView):
    """Which tariffs the station has; they come as the command's result (2.1)."""

    body_class = MaybeEvseBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return tariffs.get_tariffs(
            station=station,
            evse=evse_of(station, data["evse"]),
            actor=self.actor,
            now=utc_now(),
        )


class ClearTariffsBody(MaybeEvseBody):
    tariff_ids = serializers.ListField(
        child=serializers.CharField(max_length=60),
        default=list,
        max_length=100,
        help_text="None: all of them.",
    )


class ClearTariffs(StationActionView):
    """Have the station forget tariffs (2.1)."""

    body_class = ClearTariffsBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return tariffs.clear_tariffs(
            station=station,
            tariff_ids=data["tariff_ids"],
            evse=evse_of(station, data["evse"]),
            actor=self.actor,
            now=utc_now(),
        )


class SessionTariffBody(OfTransactionBody):
    tariff = JsonObjectField(help_text="TariffType of OCPP 2.1.")


class ChangeTransactionTariff(StationActionView):
    """Another tariff for a transaction that runs (2.1)."""

    body_class = SessionTariffBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return tariffs.change_transaction_tariff(
            transaction=own_transaction(station, data),
            tariff=data["tariff"],
            actor=self.actor,
            now=utc_now(),
        )
