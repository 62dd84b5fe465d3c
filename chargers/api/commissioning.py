"""The way of a station into service: its list, a test charge, the end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import actor_of
from accounts.policy import Permission
from chargers.domain.commissioning.facts import CheckKey, CheckState, Remedy
from chargers.models import ChargingStation
from chargers.selectors import stations_with_parts
from chargers.selectors.commissioning import progress_of
from chargers.services.commissioning import begin_commissioning, finish_commissioning
from common.api.serializers import BodySerializer, Serializer
from common.api.views import ApiView, found
from common.clock import utc_now


class NoteSerializer(Serializer):
    text = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)


class CheckSerializer(Serializer):
    """One item of the list."""

    key = serializers.ChoiceField([key.value for key in CheckKey])
    state = serializers.ChoiceField(
        [state.value for state in CheckState],
        help_text="attention: it came, and should be looked at; problem: it did not come, and why.",
    )
    text = serializers.CharField(help_text="What is known, in a sentence.")
    at = serializers.DateTimeField(allow_null=True)
    notes = NoteSerializer(many=True, help_text="What else was seen, such as refused handshakes.")
    advice = serializers.ListField(child=serializers.CharField(), help_text="What to do next.")
    remedy = serializers.ChoiceField(
        [remedy.value for remedy in Remedy],
        allow_null=True,
        help_text="What can be asked of the station now: trigger-message or test-charge.",
    )


class RunSerializer(Serializer):
    """The open run, or the one that was finished last."""

    vendor = serializers.CharField(help_text="As planned.")
    model = serializers.CharField(help_text="As planned.")
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField()


class CommissioningSerializer(Serializer):
    """A list that ticks itself: it may be read at any time, finished or not."""

    checks = CheckSerializer(many=True)
    open_items = serializers.IntegerField(source="open_count", help_text="What has not come yet.")
    run = RunSerializer(allow_null=True)


class StartBody(BodySerializer):
    vendor = serializers.CharField(max_length=50, required=False, allow_blank=True, default="")
    model = serializers.CharField(max_length=50, required=False, allow_blank=True, default="")
    evses = serializers.IntegerField(
        min_value=0, max_value=64, required=False, default=0, help_text="As planned; 0: not said."
    )


class FinishBody(BodySerializer):
    accept_open = serializers.BooleanField(
        required=False, default=False, help_text="Finish although items have not come."
    )
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class _CommissioningView(ApiView):
    permission = Permission.STATIONS_MANAGE
    serializer_class = CommissioningSerializer

    def station(self, pk: UUID) -> ChargingStation:
        rows = stations_with_parts(ChargingStation.objects.select_related("operator"))
        station: ChargingStation = found(rows, pk=pk)
        return station

    def answer(self, pk: UUID) -> Response:
        """Read again: what was done may have changed it."""
        progress: Any = progress_of(self.station(pk), now=utc_now())
        return Response(self.shown(progress))


@extend_schema(tags=["Stations"])
class StationCommissioning(_CommissioningView):
    @extend_schema(summary="How far a station is on its way into service")
    def get(self, _request: Request, pk: UUID) -> Response:
        self.query()
        return self.answer(pk)


@extend_schema(tags=["Stations"])
class StartCommissioning(_CommissioningView):
    @extend_schema(
        summary="Begin to commission a station",
        description="Adding one in the portal, an import and a replacement do it by themselves."
        " An open run goes on under what is told here.",
        request=StartBody,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        station = self.station(pk)
        told = self.body(StartBody)
        begin_commissioning(station=station, actor=actor_of(request), now=utc_now(), **told)
        return self.answer(pk)


@extend_schema(tags=["Stations"])
class FinishCommissioning(_CommissioningView):
    @extend_schema(
        summary="Say that a station is ready",
        description="Keeps the list as it is now and accepts a station that was told to wait.",
        request=FinishBody,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        station = self.station(pk)
        told = self.body(FinishBody)
        finish_commissioning(station=station, actor=actor_of(request), now=utc_now(), **told)
        return self.answer(pk)


ROUTES = {
    "commissioning": StationCommissioning.as_view(),
    "actions/start-commissioning": StartCommissioning.as_view(),
    "actions/finish-commissioning": FinishCommissioning.as_view(),
}
