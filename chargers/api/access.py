"""What a station does with tokens by itself: its local list, its settings, Autocharge."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import actor_of, operator_of
from accounts.policy import Permission
from chargers.domain.vocabulary import AuthorizationStatus
from chargers.models import Autocharge, ChargingStation, LocalList, LocalListState
from chargers.ocpp.access import SWITCHES, AccessSetting
from chargers.selectors.access import (
    access_settings,
    list_limits,
    operator_allows_autocharge,
)
from chargers.services.local_lists import control
from chargers.services.local_lists.answers import held_entries
from common.api.serializers import BodySerializer, Serializer
from common.api.views import ApiView, found
from common.clock import utc_now

_POLICY = {"get": Permission.STATIONS_VIEW, "patch": Permission.STATIONS_MANAGE}
_INHERIT = "inherit"


class EntrySerializer(Serializer):
    """A token as the station knows it."""

    uid = serializers.CharField()
    type = serializers.CharField(help_text="OCPP IdTokenEnumType.")
    status = serializers.ChoiceField([str(status) for status in AuthorizationStatus])
    expires_at = serializers.DateTimeField(allow_null=True, default=None)


class LocalListSerializer(Serializer):
    """The local authorisation list of one station."""

    station_id = serializers.UUIDField()
    is_managed = serializers.BooleanField(help_text="Kept in step with your tokens by itself.")
    state = serializers.ChoiceField(LocalListState.choices)
    version = serializers.IntegerField(help_text="That the station has confirmed; 0 none.")
    entry_count = serializers.IntegerField()
    checksum = serializers.CharField(help_text="Of the entries, whatever their order.")
    max_entries = serializers.SerializerMethodField(help_text="Room in the station's list.")
    last_error = serializers.CharField(help_text='The last refusal, "" after a success.')
    synced_at = serializers.DateTimeField(allow_null=True)
    verified_at = serializers.DateTimeField(
        allow_null=True, help_text="When the station last told its version."
    )
    entries = serializers.SerializerMethodField(
        help_text="What the station holds; null when that is not known."
    )

    @extend_schema_field(EntrySerializer(many=True, allow_null=True))
    def get_entries(self, row: LocalList) -> Any:
        held = held_entries(row)
        return None if held is None else EntrySerializer(held, many=True).data

    @extend_schema_field({"type": "integer"})
    def get_max_entries(self, row: LocalList) -> int | None:
        return list_limits(access_settings(row.station)).entries


class LocalListBody(BodySerializer):
    is_managed = serializers.BooleanField(help_text="Keep it in step with your tokens.")


class AccessSerializer(Serializer):
    """Settings as last reported; null where the station never told."""

    autocharge = serializers.ChoiceField([_INHERIT, "on", "off"])
    is_autocharge_allowed = serializers.BooleanField(
        help_text="What holds at this station, by its own rule or the operator's."
    )
    settings = serializers.DictField(
        child=serializers.BooleanField(allow_null=True),
        help_text="Switch -> on or off: " + ", ".join(str(setting) for setting in SWITCHES) + ".",
    )


class AccessBody(BodySerializer):
    autocharge = serializers.ChoiceField(
        [_INHERIT, "on", "off"],
        help_text="May vehicles identify themselves by a MAC address? Anybody can clone one.",
    )


class AccessPolicySerializer(Serializer):
    is_autocharge_allowed = serializers.BooleanField(
        help_text="For every station without a rule of its own."
    )


class AccessPolicyBody(BodySerializer):
    is_autocharge_allowed = serializers.BooleanField()


def _station(pk: UUID) -> ChargingStation:
    station: ChargingStation = found(ChargingStation.objects.select_related("operator"), pk=pk)
    return station


@extend_schema(tags=["Access"])
class LocalListView(ApiView):
    permission = _POLICY
    serializer_class = LocalListSerializer

    @extend_schema(summary="Get the local list of a station")
    def get(self, _request: Request, pk: UUID) -> Response:
        return Response(self._shown(_station(pk)))

    @extend_schema(summary="Keep a local list in step, or leave it alone", request=LocalListBody)
    def patch(self, request: Request, pk: UUID) -> Response:
        station = _station(pk)
        body = self.body(LocalListBody)
        control.manage_list(
            station=station,
            is_managed=body["is_managed"],
            actor=actor_of(request),
            now=utc_now(),
        )
        return Response(self._shown(station))

    def _shown(self, station: ChargingStation) -> Any:
        row = LocalList.objects.filter(station=station).first()
        if row is None:
            row = LocalList(operator_id=station.operator_id, station=station)
        row.station = station
        return self.shown(row)


@extend_schema(tags=["Access"])
class StationAccessView(ApiView):
    permission = _POLICY
    serializer_class = AccessSerializer

    @extend_schema(summary="Get what a station does with tokens by itself")
    def get(self, _request: Request, pk: UUID) -> Response:
        return Response(self._shown(_station(pk)))

    @extend_schema(summary="Allow Autocharge at a station, or not", request=AccessBody)
    def patch(self, request: Request, pk: UUID) -> Response:
        station = _station(pk)
        wanted = self.body(AccessBody)["autocharge"]
        control.set_autocharge(
            station=station,
            autocharge=Autocharge.INHERIT if wanted == _INHERIT else Autocharge(wanted),
            actor=actor_of(request),
            now=utc_now(),
        )
        return Response(self._shown(station))

    def _shown(self, station: ChargingStation) -> Any:
        reported = access_settings(station)
        inherited = station.autocharge == Autocharge.INHERIT
        allowed = (
            operator_allows_autocharge(station.operator_id)
            if inherited
            else station.autocharge == Autocharge.ON
        )
        return self.shown(
            {
                "autocharge": station.autocharge or _INHERIT,
                "is_autocharge_allowed": allowed,
                "settings": {str(setting): _flag(reported, setting) for setting in SWITCHES},
            }
        )


def _flag(reported: dict[AccessSetting, str], setting: AccessSetting) -> bool | None:
    value = reported.get(setting)
    return None if value is None else value.lower() == "true"


@extend_schema(tags=["Access"])
class AccessPolicyView(ApiView):
    permission = _POLICY
    serializer_class = AccessPolicySerializer

    @extend_schema(summary="Get the rule for stations without one of their own")
    def get(self, request: Request) -> Response:
        return Response(self._shown(request))

    @extend_schema(summary="Allow Autocharge everywhere, or not", request=AccessPolicyBody)
    def patch(self, request: Request) -> Response:
        control.set_operator_autocharge(
            operator=operator_of(request),
            is_allowed=self.body(AccessPolicyBody)["is_autocharge_allowed"],
            actor=actor_of(request),
            now=utc_now(),
        )
        return Response(self._shown(request))

    def _shown(self, request: Request) -> Any:
        allowed = operator_allows_autocharge(operator_of(request).pk)
        return self.shown({"is_autocharge_allowed": allowed})
