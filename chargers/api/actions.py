"""Commands to stations: each address takes its body, asks one service, answers 202."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.http import actor_of
from accounts.models import IdToken
from accounts.policy import Permission
from chargers.api.serializers import CommandSerializer
from chargers.domain import commands as wire
from chargers.domain.vocabulary import RequestedMessage, ResetType
from chargers.models import ChargingStation, Connector, Evse, StationCommand
from chargers.services import commands
from common.api.fields import JsonObjectField
from common.api.serializers import BodySerializer
from common.api.views import ApiView, found
from common.clock import utc_now
from common.ids import random_int31

_MAX_NUMBER = 255
_UPLOAD_URL = serializers.RegexField(
    r"^(?:https?|ftps?|sftp)://[^\s/]+(?:/\S*)?$",
    max_length=512,
    help_text="Where the station uploads to; it must be able to reach it.",
)


def _evse_number(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=1, max_value=_MAX_NUMBER, help_text="Number of the EVSE.", **kwargs
    )


class NoBody(BodySerializer):
    """Nothing, or an empty object."""


class MaybeEvseBody(BodySerializer):
    evse = _evse_number(required=False, allow_null=True, default=None)


def accepted(command: StationCommand, request: Request) -> Response:
    """202: the command is under way, its resource tells how it ends."""
    location = reverse("api:command-detail", args=[command.pk], request=request)
    data = CommandSerializer(command, context={"request": request}).data
    return Response(data, status.HTTP_202_ACCEPTED, headers={"Location": location})


class StationActionView(ApiView):
    """Base of all.

    Attributes:
        body_class: what the caller says.
        summary: for the documentation.
    """

    permission = Permission.STATIONS_COMMAND
    serializer_class = CommandSerializer
    body_class: ClassVar[type[BodySerializer]] = NoBody

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


def evse_of(station: ChargingStation, number: int | None) -> Evse | None:
    """The EVSE of this number, None for None (the whole station)."""
    if number is None:
        return None
    evse = Evse.objects.filter(station=station, number=number).first()
    if evse is None:
        raise ValidationError({"evse": f"This station has no EVSE {number}."})
    return evse


class RemoteStartBody(MaybeEvseBody):
    id_token_id: Any = serializers.PrimaryKeyRelatedField(
        queryset=IdToken.objects, required=False, help_text="The token, or else id_token_uid."
    )
    id_token_uid = serializers.CharField(
        required=False, max_length=255, help_text="Number of a known token, in any case."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = [name for name in ("id_token_id", "id_token_uid") if name in attrs]
        if len(given) != 1:
            raise ValidationError({"id_token_uid": "Give either id_token_uid or id_token_id."})
        token = attrs.pop("id_token_id", None) or _token_by_uid(attrs.pop("id_token_uid"))
        return {**attrs, "id_token": token}


def _token_by_uid(uid: str) -> IdToken:
    token = IdToken.objects.filter(uid__iexact=uid).select_related("driver").first()
    if token is None:
        raise ValidationError({"id_token_uid": "There is no such token."})
    return token


class RemoteStart(StationActionView):
    """Charge for a token, as if it had been shown at the station."""

    body_class = RemoteStartBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return commands.start_charging(
            station=station,
            evse=evse_of(station, data["evse"]),
            id_token=data["id_token"],
            actor=self.actor,
            now=utc_now(),
        )


class UnlockBody(BodySerializer):
    evse = _evse_number()
    connector = serializers.IntegerField(
        min_value=1, max_value=_MAX_NUMBER, default=1, help_text="Its number within the EVSE."
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


class ClearCache(StationActionView):
    """Have the station forget which tokens it has seen."""

    def command(self, data: dict[str, Any]) -> wire.Command:  # noqa: ARG002
        return wire.ClearCache()


class GetVariablesBody(BodySerializer):
    names = serializers.ListField(
        child=serializers.CharField(max_length=255),
        default=list,
        max_length=100,
        help_text="Component.Variable (2.x) or configuration keys (1.6, where none means all).",
    )


class GetVariables(StationActionView):
    """Read variables (2.x) or configuration keys (1.6); they come as the command's result."""

    body_class = GetVariablesBody

    def command(self, data: dict[str, Any]) -> wire.Command:
        return wire.GetVariables(names=tuple(data["names"]))


class SetVariableBody(BodySerializer):
    name = serializers.CharField(max_length=255)
    value = serializers.CharField(max_length=2500, allow_blank=True, trim_whitespace=False)


class SetVariable(StationActionView):
    """Set one variable (2.x) or configuration key (1.6)."""

    body_class = SetVariableBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return commands.set_variable(station=station, **data, actor=self.actor, now=utc_now())


class BaseReport(StationActionView):
    """Ask for every variable; they arrive later and are then listed under the station."""

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:  # noqa: ARG002
        return commands.get_base_report(station=station, actor=self.actor, now=utc_now())


class GetLogBody(BodySerializer):
    upload_url = _UPLOAD_URL
    log_type = serializers.ChoiceField(["DiagnosticsLog", "SecurityLog"], default="DiagnosticsLog")


class GetLog(StationActionView):
    """Have the station upload its log to a server of yours."""

    body_class = GetLogBody

    def command(self, data: dict[str, Any]) -> wire.Command:
        return wire.GetLog(request_id=random_int31(), **data)


class DataTransferBody(BodySerializer):
    vendor_id = serializers.CharField(max_length=255)
    message_id = serializers.CharField(max_length=50, default="", allow_blank=True)
    data = serializers.CharField(  # type: ignore[assignment]  # the standard's own word
        max_length=10_000, default="", allow_blank=True, trim_whitespace=False
    )


class DataTransfer(StationActionView):
    """Send data that only this vendor's stations understand."""

    body_class = DataTransferBody

    def command(self, data: dict[str, Any]) -> wire.Command:
        return wire.DataTransfer(**data)


class CustomBody(BodySerializer):
    action = serializers.RegexField(r"^[A-Za-z][A-Za-z0-9]{0,49}$", help_text="An OCPP action.")
    payload = JsonObjectField(default=dict)


class Custom(StationActionView):
    """For experts: any action with any payload, sent as it stands."""

    body_class = CustomBody

    def command(self, data: dict[str, Any]) -> wire.Command:
        return wire.Custom(**data)


ACTIONS: dict[str, type[StationActionView]] = {
    "remote-start": RemoteStart,
    "unlock": Unlock,
    "reset": Reset,
    "change-availability": ChangeAvailability,
    "trigger-message": TriggerMessage,
    "clear-cache": ClearCache,
    "get-variables": GetVariables,
    "set-variable": SetVariable,
    "base-report": BaseReport,
    "get-log": GetLog,
    "data-transfer": DataTransfer,
    "custom": Custom,
}


def _documented(name: str, view: type[StationActionView]) -> type[StationActionView]:
    decorate = extend_schema(
        tags=["Commands"],
        summary=name.replace("-", " ").capitalize(),
        description=view.__doc__,
        request=None if view.body_class is NoBody else view.body_class,
        responses={202: CommandSerializer},
    )
    return decorate(view)


for _name, _view in ACTIONS.items():
    _documented(_name, _view)
