"""Tariffs as objects of OCPI: taken in and given out."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import actor_of, operator_of
from accounts.policy import Permission
from common.api.fields import JsonObjectField
from common.api.serializers import BodySerializer, QuerySerializer, Serializer
from common.api.views import ApiView, found
from common.clock import utc_now
from tariffs.api.serializers import TariffSerializer
from tariffs.models import Tariff
from tariffs.ocpi import Version
from tariffs.selectors.ocpi import ocpi_tariff
from tariffs.selectors.tariffs import tariff_row
from tariffs.services.ocpi import import_tariff

_MOST = 100_000
_IMPORTED = [str(version) for version in Version]
_EXPORTED = [str(Version.V221), str(Version.V230)]


class ImportBody(BodySerializer):
    document = JsonObjectField(most=_MOST, help_text="A Tariff object of OCPI.")
    version = serializers.ChoiceField(
        _IMPORTED, required=False, help_text="Of the object; told by its fields when left out."
    )
    name = serializers.CharField(
        max_length=120,
        required=False,
        allow_blank=True,
        help_text="Empty: made from the object's owner and id.",
    )


class OcpiQuery(QuerySerializer):
    version = serializers.ChoiceField(_EXPORTED, required=False, default=str(Version.V221))


class UnexpressedSerializer(Serializer):
    field = serializers.CharField(help_text="Field of the terms, such as `caps[0]`.")
    message = serializers.CharField()


class OcpiTariffSerializer(Serializer):
    document = JsonObjectField(
        allow_null=True, help_text="The Tariff object; null: nothing of the tariff can be said."
    )
    unexpressed = UnexpressedSerializer(
        many=True, help_text="What the object does not say. Nothing is approximated."
    )


@extend_schema(tags=["Tariffs"])
class TariffImportView(ApiView):
    permission = {"post": Permission.TARIFFS_MANAGE}
    serializer_class = TariffSerializer

    @extend_schema(
        summary="Add a tariff from an object of OCPI",
        request=ImportBody,
        responses={201: TariffSerializer},
    )
    def post(self, request: Request) -> Response:
        now = utc_now()
        body = self.body(ImportBody)
        version = body.pop("version", None)
        row = import_tariff(
            operator=operator_of(request),
            version=version and Version(version),
            **body,
            actor=actor_of(request),
            now=now,
        )
        shown = self.shown(tariff_row(row, at=now))
        return self.created(row, at="api:tariff-detail", data=shown)


@extend_schema(tags=["Tariffs"])
class TariffOcpiView(ApiView):
    permission = {"get": Permission.TARIFFS_VIEW}
    serializer_class = OcpiTariffSerializer

    @extend_schema(summary="Get a tariff as an object of OCPI", parameters=[OcpiQuery])
    def get(self, _request: Request, pk: UUID) -> Response:
        row: Tariff = found(Tariff.objects.select_related("operator"), pk=pk)
        version = Version(self.query(OcpiQuery)["version"])
        return Response(self.shown(ocpi_tariff(row, version, at=utc_now())))
