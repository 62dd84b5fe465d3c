"""Stations from a CSV file by the API: a dry run that can be confirmed, or both at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import actor_of, operator_of
from accounts.policy import Permission, granted
from chargers.domain.station_csv import MAX_BYTES
from chargers.models import ImportMode, StationImport
from chargers.services.station_import.checking import check_file, confirm_import
from chargers.services.station_import.keys import hand_out_keys
from chargers.tasks import wake_imports
from common.api.parsing import BodyTooLarge, BoundedJSONParser
from common.api.serializers import BodySerializer, QuerySerializer, Serializer
from common.api.views import ApiViewSet, found
from common.clock import utc_now


class CsvParser(BaseParser):
    """The bytes of a CSV file."""

    media_type = "text/csv"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,  # noqa: ARG002 -- DRF's signature
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise BodyTooLarge(f"A file has at most {MAX_BYTES} bytes.")
        return data


class RowFaultSerializer(Serializer):
    column = serializers.CharField()
    value = serializers.CharField(help_text="What the file says; empty for secrets.")
    reason = serializers.CharField()


class ImportRowSerializer(Serializer):
    row = serializers.IntegerField(help_text="Number in the file, the header being 1.")
    name = serializers.CharField()
    code = serializers.CharField()
    outcome = serializers.CharField(help_text="added, updated, unchanged, error or skipped.")
    changes = serializers.ListField(child=serializers.CharField())
    faults = RowFaultSerializer(many=True)
    hints = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="No faults, but worth a look."
    )
    station = serializers.CharField(allow_null=True, help_text="Id of the station.")


class StationImportSerializer(serializers.ModelSerializer[StationImport]):
    """A file of stations: what it would do (`checked`), or what it did (`done`, `refused`)."""

    report = ImportRowSerializer(many=True)
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Rows by outcome.")

    class Meta:
        model = StationImport
        fields = (
            "id",
            "file_name",
            "status",
            "mode",
            "rows_total",
            "rows_done",
            "counts",
            "report",
            "created_at",
            "finished_at",
            "keys_handed_out_at",
        )
        read_only_fields = fields


class ImportQuery(QuerySerializer):
    dry_run = serializers.BooleanField(
        required=False, default=True, help_text="Only report; false writes at once."
    )
    mode = serializers.ChoiceField(
        ImportMode.choices, required=False, default=ImportMode.ALL_OR_NOTHING
    )
    file_name = serializers.CharField(required=False, default="", max_length=120)


class RunBody(BodySerializer):
    mode = serializers.ChoiceField(
        ImportMode.choices, required=False, default=ImportMode.ALL_OR_NOTHING
    )


class HandedKeySerializer(Serializer):
    station_id = serializers.UUIDField(source="station.pk")
    name = serializers.CharField(source="station.name")
    code = serializers.CharField(source="station.code")
    identity = serializers.CharField(source="station.identity")
    key = serializers.CharField()


class HandedKeysSerializer(Serializer):
    data = HandedKeySerializer(many=True)  # type: ignore[assignment]  # hides an attribute


@extend_schema(tags=["Stations"])
class StationImportViewSet(ApiViewSet):
    permission = dict.fromkeys(
        ("retrieve", "create", "run", "hand_out_keys"), Permission.STATIONS_MANAGE
    )
    serializer_class = StationImportSerializer
    parser_classes = (CsvParser, BoundedJSONParser)

    @extend_schema(summary="Get a file of stations with its report")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(found(StationImport.objects.defer("lines"), pk=pk)))

    @extend_schema(
        summary="Import stations from a CSV file",
        description="By default a dry run: the report tells what each row would do.",
        parameters=[ImportQuery],
        request={"text/csv": {"type": "string"}},
    )
    def create(self, request: Request) -> Response:
        query = self.query(ImportQuery)
        data: Any = request.data
        row = check_file(
            operator=operator_of(request),
            data=data if isinstance(data, bytes) else b"",
            file_name=query["file_name"],
            actor=actor_of(request),
            now=utc_now(),
            may_change_locations=Permission.LOCATIONS_MANAGE in granted(request),
        )
        if not query["dry_run"]:
            row = self._run(request, row, query["mode"])
        return self.created(row, at="api:station-import-detail")

    @extend_schema(summary="Write a file of stations that was checked", request=RunBody)
    @action(detail=True, methods=["post"], url_path="actions/run")
    def run(self, request: Request, pk: UUID) -> Response:
        row = found(StationImport.objects.all(), pk=pk)
        mode = self.body(RunBody)["mode"]
        row = self._run(request, row, mode)
        return Response(self.shown(row), status.HTTP_202_ACCEPTED)

    def _run(self, request: Request, row: StationImport, mode: str) -> StationImport:
        started = confirm_import(
            station_import=row, mode=ImportMode(mode), actor=actor_of(request), now=utc_now()
        )
        wake_imports()
        return started

    @extend_schema(
        summary="Make keys for the stations that a file added without one, shown this once",
        request=None,
        responses=HandedKeysSerializer,
    )
    @action(detail=True, methods=["post"], url_path="actions/hand-out-keys")
    def hand_out_keys(self, request: Request, pk: UUID) -> Response:
        row = found(StationImport.objects.all(), pk=pk)
        handed = hand_out_keys(station_import=row, actor=actor_of(request), now=utc_now())
        return Response(self.shown({"data": handed}, HandedKeysSerializer))
