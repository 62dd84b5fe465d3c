"""How safely a station is connected: minimum profile, key, refused handshakes, security events."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import actor_of
from accounts.policy import Permission
from chargers.models import ChargingStation, FailedHandshake, SecurityEvent
from chargers.selectors.security import failed_handshakes, security_events
from chargers.services.security_events import acknowledge_security_events
from chargers.services.station_keys import discard_pending_key
from chargers.services.station_security import (
    allow_unauthenticated,
    forbid_unauthenticated,
    update_security,
)
from common.api.serializers import BodySerializer, Serializer
from common.api.views import ApiView, ApiViewSet, found
from common.clock import utc_now

_VIEW, _MANAGE = Permission.STATIONS_VIEW, Permission.STATIONS_MANAGE


class FailedHandshakeSerializer(serializers.ModelSerializer[FailedHandshake]):
    """Refused upgrades of one cause."""

    class Meta:
        model = FailedHandshake
        fields = ("fault", "count", "first_at", "last_at", "last_address")
        read_only_fields = fields


class StationSecuritySerializer(Serializer):
    security_profile = serializers.IntegerField(
        allow_null=True, help_text="OCPP security profile, 0 to 3, of the latest connection."
    )
    tls_version = serializers.CharField(help_text='Such as TLSv1.3; "" without TLS.')
    min_security_profile = serializers.IntegerField(help_text="A lower one is refused.")
    assumed_protocol = serializers.CharField(
        help_text='What it speaks when it offers no subprotocol; "": it is refused then.'
    )
    allow_unauthenticated_until = serializers.DateTimeField(
        allow_null=True, help_text="Until then it may connect without a key (profile 0)."
    )
    held_down_until = serializers.DateTimeField(
        allow_null=True,
        help_text="Its connection is contested: newcomers are refused while it lives.",
    )
    key_set_at = serializers.DateTimeField(allow_null=True)
    pending_key_set_at = serializers.DateTimeField(
        allow_null=True, help_text="A new key was sent; the old one works until it is used."
    )
    failed_handshakes = FailedHandshakeSerializer(many=True)


class SecurityBody(BodySerializer):
    min_security_profile = serializers.IntegerField(min_value=1, max_value=3)
    assumed_protocol = serializers.CharField(
        max_length=12, allow_blank=True, help_text="Such as ocpp1.6; empty: refuse it."
    )


class ChangedSecuritySerializer(StationSecuritySerializer):
    warnings = serializers.ListField(child=serializers.CharField())


class _StationView(ApiView):
    serializer_class: type[Serializer] = StationSecuritySerializer

    def station(self, pk: UUID) -> ChargingStation:
        station: ChargingStation = found(ChargingStation.objects.select_related("operator"), pk=pk)
        return station

    def answer(self, station: ChargingStation) -> Response:
        return Response(self.shown(_state(station)))


def _state(station: ChargingStation) -> dict[str, Any]:
    names = set(StationSecuritySerializer().fields) - {"failed_handshakes"}
    state = {name: getattr(station, name) for name in names}
    return {**state, "failed_handshakes": failed_handshakes(station.pk)}


@extend_schema(tags=["Stations"])
class StationSecurity(_StationView, ApiViewSet):
    permission = {"retrieve": _VIEW, "partial_update": _MANAGE}

    @extend_schema(summary="How safely a station is connected")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return self.answer(self.station(pk))

    @extend_schema(
        summary="Change what a station must show",
        description="Counts from the next handshake on.",
        request=SecurityBody,
        responses=ChangedSecuritySerializer,
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        station = self.station(pk)
        changes = self.body(SecurityBody, partial=True)
        warnings = update_security(
            station=station, actor=actor_of(request), now=utc_now(), **changes
        )
        shown = {**_state(station), "warnings": list(warnings)}
        return Response(self.shown(shown, ChangedSecuritySerializer))


class OpenDoorBody(BodySerializer):
    until = serializers.DateTimeField(help_text="Within the next seven days.")


@extend_schema(tags=["Stations"])
class AllowUnauthenticated(_StationView):
    permission = _MANAGE

    @extend_schema(
        summary="Let a station in without a key for a while",
        description="Security profile 0: whoever knows its identity can be this station.",
        request=OpenDoorBody,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        station = self.station(pk)
        until = self.body(OpenDoorBody)["until"]
        allow_unauthenticated(station=station, until=until, actor=actor_of(request), now=utc_now())
        return self.answer(station)


@extend_schema(tags=["Stations"])
class ForbidUnauthenticated(_StationView):
    permission = _MANAGE

    @extend_schema(summary="Ask a station for its key again", request=None)
    def post(self, request: Request, pk: UUID) -> Response:
        station = self.station(pk)
        forbid_unauthenticated(station=station, actor=actor_of(request), now=utc_now())
        return self.answer(station)


@extend_schema(tags=["Stations"])
class DiscardPendingKey(_StationView):
    permission = _MANAGE

    @extend_schema(
        summary="Give up a key that was sent",
        description="Only when the station surely did not take it: it is outside otherwise.",
        request=None,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        station = self.station(pk)
        discard_pending_key(station=station, actor=actor_of(request), now=utc_now())
        return self.answer(station)


class SecurityEventSerializer(serializers.ModelSerializer[SecurityEvent]):
    """A security event; repetitions within a minute are counted."""

    class Meta:
        model = SecurityEvent
        fields = (
            "id",
            "type",
            "is_noticed",
            "is_critical",
            "needs_attention",
            "tech_info",
            "device_at",
            "received_at",
            "last_at",
            "count",
            "acknowledged_at",
        )
        read_only_fields = fields
        extra_kwargs = {
            "is_noticed": {"help_text": "true: seen here; false: reported by the station."},
            "is_critical": {"help_text": "By the standard's own list."},
        }


class AcknowledgeBody(BodySerializer):
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        max_length=1000,
        help_text="Only these; all of the station when left out.",
    )


class AcknowledgedSerializer(Serializer):
    acknowledged = serializers.IntegerField()


@extend_schema(tags=["Stations"])
class StationSecurityEvents(_StationView):
    permission = _VIEW
    serializer_class = SecurityEventSerializer
    paging_order = ("-id",)

    @extend_schema(
        summary="Security events of a station, latest first",
        responses=SecurityEventSerializer(many=True),
    )
    def get(self, _request: Request, pk: UUID) -> Response:
        self.query()
        return self.page(security_events(self.station(pk).pk))


@extend_schema(tags=["Stations"])
class AcknowledgeSecurityEvents(_StationView):
    permission = _MANAGE
    serializer_class = AcknowledgedSerializer

    @extend_schema(summary="Take security events off the attention list", request=AcknowledgeBody)
    def post(self, request: Request, pk: UUID) -> Response:
        station = self.station(pk)
        ids = self.body(AcknowledgeBody).get("ids")
        count = acknowledge_security_events(
            station=station, actor=actor_of(request), now=utc_now(), ids=ids
        )
        return Response(self.shown({"acknowledged": count}))


ROUTES = {
    "security": StationSecurity.as_view({"get": "retrieve", "patch": "partial_update"}),
    "security-events": StationSecurityEvents.as_view(),
    "actions/allow-unauthenticated": AllowUnauthenticated.as_view(),
    "actions/forbid-unauthenticated": ForbidUnauthenticated.as_view(),
    "actions/discard-pending-key": DiscardPendingKey.as_view(),
    "actions/acknowledge-security-events": AcknowledgeSecurityEvents.as_view(),
}
