"""Unlock, reset, availability and triggers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from chargers.api.actions.base import (
    MAX_NUMBER,
    MaybeEvseBody,
    StationActionView,
    evse_number,
    evse_of,
)
from chargers.domain.vocabulary import RequestedMessage, ResetType
from chargers.models import ChargingStation, Connector, StationCommand
from chargers.services import commands
from common.api.serializers import BodySerializer
from common.clock import utc_now


class UnlockBody(BodySerializer):
    evse = evse_number()
    connector = serializers.IntegerField(
        min_value=1, max_value=MAX_NUMBER, default=1, help_text="Its number within the EVSE."
    )


class Unlock(StationActionView):
    """Free a stuck cable. A station may refuse while it charges."""

    body_class = UnlockBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        connector = (
            Connector.objects.filter(evse=evse_of(station, data["evse"]), number=data["connector"])
            .select_related("evse__station__operator", "evse__active_transaction")
            .first()
        )
        if connector is None:
            message = f"This EVSE has no connector {data['connector']}."
            raise ValidationError({"connector": message})
        return commands.unlock(connector=connector, actor=self.actor, now=utc_now())


class ResetBody(MaybeEvseBody):
    type = serializers.ChoiceField(
        [str(value) for value in ResetType],
        default=str(ResetType.ON_IDLE),
        help_text="Immediate ends running transactions, OnIdle waits for their end.",
    )


class Reset(StationActionView):
    """Restart the station, or one EVSE where it can."""

    body_class = ResetBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return commands.reset(
            station=station,
            type=ResetType(data["type"]),
            evse=evse_of(station, data["evse"]),
            actor=self.actor,
            now=utc_now(),
        )


class AvailabilityBody(MaybeEvseBody):
    operative = serializers.BooleanField(help_text="false: out of service.")


class ChangeAvailability(StationActionView):
    """Take the station or one EVSE out of service, or back. Running transactions go on."""

    body_class = AvailabilityBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return commands.change_availability(
            station=station,
            operative=data["operative"],
            evse=evse_of(station, data["evse"]),
            actor=self.actor,
            now=utc_now(),
        )


class TriggerBody(MaybeEvseBody):
    requested_message = serializers.ChoiceField([str(value) for value in RequestedMessage])


class TriggerMessage(StationActionView):
    """Have a message sent now instead of at the station's own time."""

    body_class = TriggerBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return commands.trigger(
            station=station,
            requested_message=RequestedMessage(data["requested_message"]),
            evse=evse_of(station, data["evse"]),
            actor=self.actor,
            now=utc_now(),
        )
