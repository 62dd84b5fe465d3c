"""Stations with their hardware, keys, frames, variables and timeline."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import actor_of, operator_of
from accounts.policy import Permission, granted
from chargers.api import bodies
from chargers.api import serializers as s
from chargers.api.certificate_serializers import InstalledCertificateSerializer
from chargers.api.pages import before_of, events_response, limit_of, page_response
from chargers.models import ChargingStation, ConnectorType, CurrentType, InstalledCertificate
from chargers.selectors import (
    FrameFilters,
    StationFilters,
    frame_page,
    stations,
    stations_with_parts,
)
from chargers.selectors.configuration import station_variables
from chargers.services.replacement import replace_hardware
from chargers.services.station_keys import rotate_key
from chargers.services.stations import (
    NewEvse,
    add_station,
    delete_station,
    set_enabled,
    update_station,
)
from common.api.views import ApiViewSet, found
from common.clock import utc_now

_ORDERS = {
    "variables": ("name", "evse", "connector"),
    "installed_certificates": ("use", "id"),
}
_VIEW, _MANAGE = Permission.STATIONS_VIEW, Permission.STATIONS_MANAGE


@extend_schema(tags=["Stations"])
class StationViewSet(ApiViewSet):
    permission = {
        **dict.fromkeys(
            ("list", "retrieve", "variables", "events", "installed_certificates"), _VIEW
        ),
        **dict.fromkeys(("create", "partial_update", "destroy"), _MANAGE),
        **dict.fromkeys(("rotate_key", "enable", "disable", "replace_hardware"), _MANAGE),
        "frames": Permission.LOGS_VIEW,
    }
    serializer_class = s.StationSerializer

    @property
    def paging_order(self) -> tuple[str, ...]:
        return _ORDERS.get(self.action, ("name", "id"))

    def station(self, pk: UUID) -> ChargingStation:
        rows = stations_with_parts(ChargingStation.objects.select_related("operator"))
        station: ChargingStation = found(rows, pk=pk)
        return station

    @extend_schema(summary="List stations", parameters=[bodies.StationQuery])
    def list(self, request: Request) -> Response:
        rows = _station_rows(self.query(bodies.StationQuery), may_know=_MANAGE in granted(request))
        return self.page(stations_with_parts(rows))

    @extend_schema(summary="Get a station with its live status")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(self.station(pk)))

    @extend_schema(
        summary="Add a station",
        description="The answer holds the key of the station's socket, shown this once.",
        request=bodies.StationBody,
        responses={201: s.NewStationSerializer},
    )
    def create(self, request: Request) -> Response:
        data = self.body(bodies.StationBody)
        evses = [_new_evse(evse) for evse in data.pop("evses")]
        added = add_station(
            operator=operator_of(request),
            **data,
            evses=evses,
            actor=actor_of(request),
            now=utc_now(),
        )
        shown = self.shown(self.station(added.station.pk))
        once = {"key": added.key, "warnings": list(added.warnings)}
        return self.created(added.station, at="api:station-detail", data={**shown, **once})

    @extend_schema(summary="Change a station", request=bodies.StationChangeBody)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        station = self.station(pk)
        changes = self.body(bodies.StationChangeBody, partial=True)
        changed = update_station(
            station=station, changes=changes, actor=actor_of(request), now=utc_now()
        )
        return Response(self.shown(changed))

    @extend_schema(summary="Delete a station that never charged", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        delete_station(station=self.station(pk), actor=actor_of(request), now=utc_now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Give a station a new key",
        description="The old key opens no new connection from now on.",
        request=None,
        responses=s.StationKeySerializer,
    )
    @action(detail=True, methods=["post"], url_path="actions/rotate-key")
    def rotate_key(self, request: Request, pk: UUID) -> Response:
        station = self.station(pk)
        key = rotate_key(station=station, actor=actor_of(request), now=utc_now())
        shown = {"key": key, "key_set_at": station.key_set_at}
        return Response(self.shown(shown, s.StationKeySerializer))

    @extend_schema(
        summary="Replace a station's hardware",
        description="Name, code, location and sessions stay. The old key opens nothing from now"
        " on; the answer holds the new one, shown this once.",
        request=bodies.ReplacementBody,
        responses=s.NewStationSerializer,
    )
    @action(detail=True, methods=["post"], url_path="actions/replace-hardware")
    def replace_hardware(self, request: Request, pk: UUID) -> Response:
        station = self.station(pk)
        data = self.body(bodies.ReplacementBody)
        evses = [_new_evse(evse) for evse in data.pop("evses")]
        replaced = replace_hardware(
            station=station, evses=evses, actor=actor_of(request), now=utc_now(), **data
        )
        once = {"key": replaced.key, "warnings": list(replaced.warnings)}
        return Response({**self.shown(self.station(pk)), **once})

    @extend_schema(summary="Let a station connect", request=None)
    @action(detail=True, methods=["post"], url_path="actions/enable")
    def enable(self, request: Request, pk: UUID) -> Response:
        return self._enable(request, pk, is_enabled=True)

    @extend_schema(summary="Refuse a station from now on", request=None)
    @action(detail=True, methods=["post"], url_path="actions/disable")
    def disable(self, request: Request, pk: UUID) -> Response:
        return self._enable(request, pk, is_enabled=False)

    def _enable(self, request: Request, pk: UUID, *, is_enabled: bool) -> Response:
        station = self.station(pk)
        set_enabled(station=station, is_enabled=is_enabled, actor=actor_of(request), now=utc_now())
        return Response(self.shown(self.station(pk)))

    @extend_schema(
        summary="Message log of a station, newest first",
        parameters=[bodies.FrameQuery],
        responses=s.FrameSerializer(many=True),
    )
    @action(detail=True)
    def frames(self, request: Request, pk: UUID) -> Response:
        page = frame_page(
            station_id=self.station(pk).pk,
            filters=FrameFilters(**self.query(bodies.FrameQuery)),
            before_id=before_of(request),
            limit=limit_of(request),
        )
        return page_response(
            request, self.shown(page.frames, s.FrameSerializer), before=page.before
        )

    @extend_schema(
        summary="Variables (2.x) or configuration keys (1.6) as last reported",
        parameters=[bodies.VariableQuery],
        responses=s.VariableSerializer(many=True),
    )
    @action(detail=True)
    def variables(self, _request: Request, pk: UUID) -> Response:
        search = self.query(bodies.VariableQuery).get("search", "")
        rows = station_variables(station_id=self.station(pk).pk, search=search)
        return self.page(rows.select_related("station"), s.VariableSerializer)

    @extend_schema(
        summary="Certificates that the station said it holds, when last asked",
        responses=InstalledCertificateSerializer(many=True),
    )
    @action(detail=True, url_path="installed-certificates")
    def installed_certificates(self, _request: Request, pk: UUID) -> Response:
        self.query()
        rows = InstalledCertificate.objects.filter(station=self.station(pk))
        return self.page(rows, InstalledCertificateSerializer)

    @extend_schema(
        summary="What happened at a station, newest first",
        responses=s.EventSerializer(many=True),
    )
    @action(detail=True)
    def events(self, request: Request, pk: UUID) -> Response:
        self.query()
        return events_response(request, subject_id=self.station(pk).pk)


def _new_evse(data: dict[str, Any]) -> NewEvse:
    return NewEvse(
        current_type=CurrentType(data["current_type"]),
        max_power_w=data["max_power_w"],
        connectors=tuple(ConnectorType(kind) for kind in data["connectors"]),
    )


def _station_rows(query: dict[str, Any], *, may_know: bool) -> QuerySet[ChargingStation]:
    filters = StationFilters(
        search=query.pop("search", ""),
        state=query.pop("state", ""),
        location_id=query.pop("location", None),
        protocol=query.pop("protocol", ""),
        is_drifting=query.pop("is_drifting", False),
        search_identity=may_know,
    )
    return stations(filters).filter(**query)
