"""Reservations: asked for, listed, cancelled."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.http import actor_of
from accounts.policy import Permission
from chargers.api.actions import accepted
from chargers.api.actions.base import evse_number, evse_of
from chargers.api.actions.transactions import TokenBody
from chargers.api.serializers import CommandSerializer
from chargers.models import ChargingStation, ConnectorType, Reservation, ReservationStatus
from chargers.selectors.reservations import with_parts
from chargers.services.reservations.booking import cancel_reservation, reserve
from common.api.fields import JsonObjectField
from common.api.serializers import QuerySerializer, Serializer
from common.api.views import ApiViewSet, found
from common.clock import utc_now

_VIEW, _COMMAND = Permission.STATIONS_VIEW, Permission.STATIONS_COMMAND


class ReservationSerializer(Serializer):
    id = serializers.UUIDField()
    number = serializers.IntegerField(help_text="reservationId at its station.")
    station_id = serializers.UUIDField()
    evse = serializers.IntegerField(
        source="evse.number", allow_null=True, default=None, help_text="null: any EVSE."
    )
    connector_type = serializers.CharField(help_text='"" for any.')
    id_token_id = serializers.UUIDField(allow_null=True)
    id_token_uid = serializers.CharField()
    driver_id = serializers.UUIDField(allow_null=True)
    expires_at = serializers.DateTimeField()
    status = serializers.ChoiceField(ReservationStatus.choices)
    note = serializers.CharField(help_text="The station's own word of why it ended.")
    transaction_id = serializers.UUIDField(allow_null=True, help_text="Which has used it.")
    command_id = serializers.UUIDField(allow_null=True, help_text="The request to the station.")
    ended_at = serializers.DateTimeField(allow_null=True)
    external_id = serializers.CharField()
    metadata = JsonObjectField()
    created_at = serializers.DateTimeField()


class ReservationBody(TokenBody):
    station_id: Any = serializers.PrimaryKeyRelatedField(
        queryset=ChargingStation.objects, source="station"
    )
    evse = evse_number(required=False, allow_null=True, default=None)
    connector_type = serializers.ChoiceField(
        ConnectorType.choices, required=False, default="", allow_blank=True
    )
    expires_at = serializers.DateTimeField(help_text="At most a day ahead.")


class ReservationQuery(QuerySerializer):
    station = serializers.UUIDField(required=False)
    driver = serializers.UUIDField(required=False)
    transaction = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(ReservationStatus.choices, required=False)


@extend_schema(tags=["Reservations"])
class ReservationViewSet(ApiViewSet):
    permission = {"list": _VIEW, "retrieve": _VIEW, "create": _COMMAND, "cancel": _COMMAND}
    serializer_class = ReservationSerializer
    paging_order = ("-created_at", "-id")

    def rows(self) -> QuerySet[Reservation]:
        return with_parts(Reservation.objects.all())

    @extend_schema(summary="List reservations, latest first", parameters=[ReservationQuery])
    def list(self, _request: Request) -> Response:
        return self.page(self.rows().filter(**self.query(ReservationQuery)))

    @extend_schema(summary="Get a reservation")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(found(self.rows(), pk=pk)))

    @extend_schema(
        summary="Reserve an EVSE, or any, for a token",
        description="202: the station is asked; `status` of the reservation tells its answer.",
        request=ReservationBody,
        responses={202: ReservationSerializer},
    )
    def create(self, request: Request) -> Response:
        data = self.body(ReservationBody)
        row = reserve(
            station=data["station"],
            evse=evse_of(data["station"], data["evse"]),
            id_token=data["id_token"],
            connector_type=data["connector_type"],
            expires_at=data["expires_at"],
            actor=actor_of(request),
            now=utc_now(),
        )
        location = reverse("api:reservation-detail", args=[row.pk], request=request)
        return Response(self.shown(row), status.HTTP_202_ACCEPTED, headers={"Location": location})

    @extend_schema(
        tags=["Reservations"],
        summary="Give a reserved EVSE free",
        request=None,
        responses={202: CommandSerializer},
    )
    @action(detail=True, methods=["post"], url_path="actions/cancel")
    def cancel(self, request: Request, pk: UUID) -> Response:
        row = found(Reservation.objects.select_related("station__operator"), pk=pk)
        command = cancel_reservation(reservation=row, actor=actor_of(request), now=utc_now())
        return accepted(command, request)
