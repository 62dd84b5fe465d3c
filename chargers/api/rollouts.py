"""Roll-outs of configuration templates: progress, results, cancelling, trying again."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import actor_of
from accounts.policy import Permission
from chargers.domain.rollouts import ItemResult, RolloutState
from chargers.models import ConfigurationRollout, RolloutStation, RolloutStatus
from chargers.services.templates.rollouts import cancel_rollout, counts_of, retry_failed
from common.api.serializers import QuerySerializer, Serializer
from common.api.views import ApiViewSet, found
from common.clock import utc_now

_VIEW, _COMMAND = Permission.STATIONS_VIEW, Permission.STATIONS_COMMAND
_STATES = [each.value for each in RolloutState]


class RolloutSerializer(serializers.ModelSerializer[ConfigurationRollout]):
    """A template on its way to stations."""

    template_id = serializers.UUIDField(read_only=True, allow_null=True)

    class Meta:
        model = ConfigurationRollout
        fields = (
            "id",
            "template_id",
            "template_name",
            "status",
            "is_automatic",
            "reset_when_idle",
            "stations_total",
            "created_at",
            "expires_at",
            "finished_at",
        )
        read_only_fields = fields


class RolloutProgressSerializer(RolloutSerializer):
    """With how many stations are in each state."""

    counts = serializers.SerializerMethodField()

    class Meta:
        model = ConfigurationRollout
        fields = (*RolloutSerializer.Meta.fields, "counts")
        read_only_fields = fields

    def get_counts(self, row: ConfigurationRollout) -> dict[str, int]:
        return counts_of(row)


class ItemResultSerializer(Serializer):
    """What came of one value."""

    name = serializers.CharField()
    own = serializers.CharField(help_text="As the station calls it.")
    attribute = serializers.CharField()
    want = serializers.CharField()
    have = serializers.CharField(help_text="Before it was set; once read back, after it.")
    result = serializers.ChoiceField([each.value for each in ItemResult])
    word = serializers.CharField(help_text="The station's own, or why nothing was sent.")


class RolloutStationSerializer(serializers.ModelSerializer[RolloutStation]):
    """One station of a roll-out."""

    station_id = serializers.UUIDField(read_only=True)
    station_name = serializers.CharField(source="station.name", read_only=True)
    state = serializers.ChoiceField(_STATES, read_only=True)
    results = ItemResultSerializer(many=True, read_only=True)

    class Meta:
        model = RolloutStation
        fields = (
            "station_id",
            "station_name",
            "state",
            "attempts",
            "results",
            "word",
            "changed_at",
        )
        read_only_fields = fields


class RolloutQuery(QuerySerializer):
    template = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(RolloutStatus.choices, required=False)


class RolloutStationQuery(QuerySerializer):
    state = serializers.ChoiceField(_STATES, required=False)


def _rollout(pk: UUID) -> ConfigurationRollout:
    row: ConfigurationRollout = found(ConfigurationRollout.objects.all(), pk=pk)
    return row


@extend_schema(tags=["Configuration templates"])
class RolloutViewSet(ApiViewSet):
    permission = {
        "list": _VIEW,
        "retrieve": _VIEW,
        "stations": _VIEW,
        "cancel": _COMMAND,
        "retry": _COMMAND,
    }
    serializer_class = RolloutProgressSerializer

    @property
    def paging_order(self) -> tuple[str, ...]:
        return ("id",) if self.action == "stations" else ("-id",)

    @extend_schema(
        summary="List roll-outs, latest first",
        parameters=[RolloutQuery],
        responses=RolloutSerializer(many=True),
    )
    def list(self, _request: Request) -> Response:
        query = self.query(RolloutQuery)
        rows = ConfigurationRollout.objects.defer("items")
        if "template" in query:
            rows = rows.filter(template_id=query["template"])
        if "status" in query:
            rows = rows.filter(status=query["status"])
        return self.page(rows, RolloutSerializer)

    @extend_schema(summary="Get a roll-out with its progress")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(_rollout(pk)))

    @extend_schema(
        summary="The stations of a roll-out with what came of each value",
        parameters=[RolloutStationQuery],
        responses=RolloutStationSerializer(many=True),
    )
    @action(detail=True)
    def stations(self, _request: Request, pk: UUID) -> Response:
        rows = RolloutStation.objects.filter(rollout=_rollout(pk)).select_related("station")
        state = self.query(RolloutStationQuery).get("state")
        return self.page(rows.filter(state=state) if state else rows, RolloutStationSerializer)

    @extend_schema(summary="Start with no further station", request=None)
    @action(detail=True, methods=["post"], url_path="actions/cancel")
    def cancel(self, request: Request, pk: UUID) -> Response:
        row = cancel_rollout(rollout=_rollout(pk), actor=actor_of(request), now=utc_now())
        return Response(self.shown(row))

    @extend_schema(summary="Try again wherever it did not succeed", request=None)
    @action(detail=True, methods=["post"], url_path="actions/retry")
    def retry(self, request: Request, pk: UUID) -> Response:
        row = retry_failed(rollout=_rollout(pk), actor=actor_of(request), now=utc_now())
        return Response(self.shown(row))
