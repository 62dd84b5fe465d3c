"""What every action is: take the body, ask one service, answer 202."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.http import actor_of
from accounts.policy import Permission
from chargers.api.serializers import CommandSerializer
from chargers.domain import commands as wire
from chargers.models import ChargingStation, Evse, StationCommand
from chargers.services import commands
from common.api.serializers import BodySerializer
from common.api.views import ApiView, found
from common.clock import utc_now

MAX_NUMBER = 255


def evse_number(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=1, max_value=MAX_NUMBER, help_text="Number of the EVSE.", **kwargs
    )


class NoBody(BodySerializer):
    """Nothing, or an empty object."""


class MaybeEvseBody(BodySerializer):
    evse = evse_number(required=False, allow_null=True, default=None)


def accepted(command: StationCommand, request: Request) -> Response:
    """202: the command is under way, its resource tells how it ends."""
    location = reverse("api:command-detail", args=[command.pk], request=request)
    data = CommandSerializer(command, context={"request": request}).data
    return Response(data, status.HTTP_202_ACCEPTED, headers={"Location": location})


class StationActionView(ApiView):
    """Base of all.

    Attributes:
        body_class: what the caller says.
        several: the answer is a list of commands.
    """

    permission = Permission.STATIONS_COMMAND
    serializer_class = CommandSerializer
    body_class: ClassVar[type[BodySerializer]] = NoBody
    several: ClassVar[bool] = False

    def post(self, request: Request, pk: UUID) -> Response:
        rows = ChargingStation.objects.select_related("operator", "location")
        station = found(rows, pk=pk)
        return accepted(self.ask(station, self.body(self.body_class)), request)

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        """By default the command is made of the body alone."""
        return commands.request_command(
            station=station, command=self.command(data), actor=self.actor, now=utc_now()
        )

    def command(self, data: dict[str, Any]) -> wire.Command:
        raise NotImplementedError

    @property
    def actor(self) -> Any:
        return actor_of(self.request)


class SeveralCommandsView(StationActionView):
    """Base of actions that may take several messages, by the station's version and limits."""

    several = True

    def post(self, request: Request, pk: UUID) -> Response:
        rows = ChargingStation.objects.select_related("operator", "location")
        sent = self.ask_several(found(rows, pk=pk), self.body(self.body_class))
        data = CommandSerializer(sent, many=True, context={"request": request}).data
        return Response({"data": data}, status.HTTP_202_ACCEPTED)

    def ask_several(self, station: ChargingStation, data: dict[str, Any]) -> list[StationCommand]:
        raise NotImplementedError


def evse_of(station: ChargingStation, number: int | None) -> Evse | None:
    """The EVSE of this number, None for None (the whole station)."""
    if number is None:
        return None
    evse = Evse.objects.filter(station=station, number=number).first()
    if evse is None:
        raise ValidationError({"evse": f"This station has no EVSE {number}."})
    return evse
