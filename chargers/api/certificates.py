"""Certificates of stations, their requests, roots that are trusted, CAs of the operator."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import actor_of, operator_of
from accounts.policy import Permission
from chargers.api import certificate_serializers as s
from chargers.domain.certificates import RootUse
from chargers.models import (
    CertificateStatus,
    ChargingStation,
    OperatorAuthority,
    SigningRequest,
    SigningState,
    StationCertificate,
    TrustedRoot,
)
from chargers.models.certificates import CERTIFICATE_USES, ROOT_USES
from chargers.services.certificates import installed, roots, staff
from common.api.serializers import BodySerializer, QuerySerializer, Serializer
from common.api.views import ApiViewSet, found
from common.clock import utc_now

# A certificate names its station by its identity, which opens the socket.
_MANAGE, _COMMAND = Permission.STATIONS_MANAGE, Permission.STATIONS_COMMAND
_MAX_PEM = 20_000


class CertificateQuery(QuerySerializer):
    station = serializers.UUIDField(required=False)
    use = serializers.ChoiceField(CERTIFICATE_USES, required=False)
    status = serializers.ChoiceField(CertificateStatus.values, required=False)
    expires_before = serializers.DateTimeField(required=False)


class RegisterBody(BodySerializer):
    station_id: Any = serializers.PrimaryKeyRelatedField(
        queryset=ChargingStation.objects, help_text="Whose it is."
    )
    certificate = serializers.CharField(
        max_length=_MAX_PEM, help_text="PEM; its CAs may follow. No private key."
    )


class ReasonBody(BodySerializer):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")


@extend_schema(tags=["Certificates"])
class CertificateViewSet(ApiViewSet):
    permission = dict.fromkeys(("list", "retrieve", "create", "revoke"), _MANAGE)
    serializer_class = s.CertificateSerializer
    paging_order = ("-id",)

    @extend_schema(summary="List certificates of stations", parameters=[CertificateQuery])
    def list(self, _request: Request) -> Response:
        query = self.query(CertificateQuery)
        rows = StationCertificate.objects.all()
        if "station" in query:
            rows = rows.filter(station_id=query.pop("station"))
        if "expires_before" in query:
            rows = rows.filter(not_after__lt=query.pop("expires_before"))
        return self.page(rows.filter(**query))

    @extend_schema(summary="Get a certificate")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(found(StationCertificate.objects.all(), pk=pk)))

    @extend_schema(
        summary="Register the client certificate that a station came with",
        description="From now on whoever holds its key is this station (security profile 3).",
        request=RegisterBody,
        responses={201: s.CertificateSerializer},
    )
    def create(self, request: Request) -> Response:
        data = self.body(RegisterBody)
        row = staff.register_certificate(
            station=data["station_id"],
            pem=data["certificate"],
            actor=actor_of(request),
            now=utc_now(),
        )
        return self.created(row, at="api:certificate-detail")

    @extend_schema(
        summary="Revoke a certificate",
        description="It is refused from now on, and the station's connection is closed.",
        request=ReasonBody,
    )
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: UUID) -> Response:
        rows = StationCertificate.objects.select_related("operator")
        row = staff.revoke_certificate(
            certificate=found(rows, pk=pk),
            reason=self.body(ReasonBody)["reason"],
            actor=actor_of(request),
            now=utc_now(),
        )
        return Response(self.shown(row))


class SigningRequestQuery(QuerySerializer):
    station = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(SigningState.values, required=False)


@extend_schema(tags=["Certificates"])
class SigningRequestViewSet(ApiViewSet):
    permission = dict.fromkeys(("list", "retrieve", "sign", "refuse"), _MANAGE)
    serializer_class = s.SigningRequestSerializer
    paging_order = ("-id",)

    def waiting(self, pk: UUID) -> SigningRequest:
        rows = SigningRequest.objects.select_related("operator")
        request: SigningRequest = found(rows, pk=pk)
        return request

    @extend_schema(summary="List signing requests of stations", parameters=[SigningRequestQuery])
    def list(self, _request: Request) -> Response:
        query = self.query(SigningRequestQuery)
        rows: QuerySet[SigningRequest] = SigningRequest.objects.all()
        if "station" in query:
            rows = rows.filter(station_id=query.pop("station"))
        return self.page(rows.filter(**query))

    @extend_schema(summary="Get a signing request")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(found(SigningRequest.objects.all(), pk=pk)))

    @extend_schema(
        summary="Have the CA sign a request that waits",
        description="The certificate is handed to the station. A slow CA leaves it pending.",
        request=None,
    )
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: UUID) -> Response:
        staff.sign_by_hand(request=self.waiting(pk), actor=actor_of(request), now=utc_now())
        return Response(self.shown(self.waiting(pk)))

    @extend_schema(summary="Refuse a request that waits", request=ReasonBody)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: UUID) -> Response:
        row = staff.refuse_by_hand(
            request=self.waiting(pk),
            reason=self.body(ReasonBody)["reason"],
            actor=actor_of(request),
            now=utc_now(),
        )
        return Response(self.shown(row))


class RootQuery(QuerySerializer):
    use = serializers.ChoiceField(ROOT_USES, required=False)


class RootBody(BodySerializer):
    use = serializers.ChoiceField(ROOT_USES)
    name = serializers.CharField(
        required=False, allow_blank=True, max_length=120, default="", help_text="For people."
    )
    certificate = serializers.CharField(max_length=_MAX_PEM, help_text="PEM of one CA.")


class InstallEverywhereSerializer(Serializer):
    asked = serializers.IntegerField(help_text="Stations that were sent the command.")
    unreachable = serializers.IntegerField(help_text="Stations that are offline or disabled.")


@extend_schema(tags=["Certificates"])
class TrustedRootViewSet(ApiViewSet):
    permission = {
        **dict.fromkeys(("list", "retrieve", "create", "destroy"), _MANAGE),
        "install": _COMMAND,
    }
    serializer_class = s.TrustedRootSerializer
    paging_order = ("name", "id")

    @extend_schema(summary="List roots that you trust", parameters=[RootQuery])
    def list(self, _request: Request) -> Response:
        return self.page(TrustedRoot.objects.filter(**self.query(RootQuery)))

    @extend_schema(summary="Get a root")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(found(TrustedRoot.objects.all(), pk=pk)))

    @extend_schema(
        summary="Trust a root", request=RootBody, responses={201: s.TrustedRootSerializer}
    )
    def create(self, request: Request) -> Response:
        data = self.body(RootBody)
        root = roots.add_root(
            operator=operator_of(request),
            use=RootUse(data["use"]),
            name=data["name"],
            pem=data["certificate"],
            actor=actor_of(request),
            now=utc_now(),
        )
        return self.created(root, at="api:trusted-root-detail")

    @extend_schema(
        summary="Trust a root no longer",
        description="Stations keep what they were given until it is deleted there.",
        responses={204: None},
    )
    def destroy(self, request: Request, pk: UUID) -> Response:
        root = found(TrustedRoot.objects.select_related("operator"), pk=pk)
        roots.delete_root(root=root, actor=actor_of(request), now=utc_now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Install a root at every station that can be reached",
        request=None,
        responses=InstallEverywhereSerializer,
    )
    @action(detail=True, methods=["post"])
    def install(self, request: Request, pk: UUID) -> Response:
        asked, missed = installed.install_root_everywhere(
            stations=ChargingStation.objects.select_related("operator").order_by("pk"),
            root=found(TrustedRoot.objects.all(), pk=pk),
            actor=actor_of(request),
            now=utc_now(),
        )
        return Response({"asked": asked, "unreachable": missed})


@extend_schema(tags=["Certificates"])
class AuthorityViewSet(ApiViewSet):
    permission = {"list": _MANAGE}
    serializer_class = s.AuthoritySerializer
    paging_order = ("purpose", "id")

    @extend_schema(summary="List your development CAs")
    def list(self, _request: Request) -> Response:
        self.query()
        return self.page(OperatorAuthority.objects.all())
