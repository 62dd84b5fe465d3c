"""Charging sessions, their readings, and stopping them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import actor_of
from accounts.policy import Permission
from chargers.api import transaction_serializers as s
from chargers.api.actions import accepted
from chargers.api.pages import events_response
from chargers.api.serializers import CommandSerializer, EventSerializer
from chargers.api.signed_values import MeterCheckSerializer, SignedMeterValueSerializer
from chargers.models import MeterValue, SessionMeterCheck, SignedMeterValue, Transaction
from chargers.selectors import (
    TransactionFilters,
    power_curve,
    transactions,
    transactions_with_parts,
)
from chargers.services import commands
from chargers.services.transactions.labels import label_transaction
from chargers.services.transactions.review import finish_review
from common.api.views import ApiViewSet, found
from common.clock import utc_now

_VIEW, _MANAGE = Permission.TRANSACTIONS_VIEW, Permission.TRANSACTIONS_MANAGE


@extend_schema(tags=["Transactions"])
class TransactionViewSet(ApiViewSet):
    permission = {
        **dict.fromkeys(("list", "retrieve", "meter_values", "power_curve", "events"), _VIEW),
        **dict.fromkeys(("signed_meter_values", "meter_check"), _VIEW),
        **dict.fromkeys(("partial_update", "finish_review"), _MANAGE),
        "stop": Permission.STATIONS_COMMAND,
    }
    serializer_class = s.TransactionSerializer

    @property
    def paging_order(self) -> tuple[str, ...]:
        own = {"meter_values": ("taken_at", "id"), "signed_meter_values": ("id",)}
        return own.get(self.action, ("-started_at", "-id"))

    def transaction(self, pk: UUID) -> Transaction:
        row: Transaction = found(transactions_with_parts(Transaction.objects.all()), pk=pk)
        return row

    @extend_schema(summary="List transactions, latest start first", parameters=[s.TransactionQuery])
    def list(self, _request: Request) -> Response:
        return self.page(transactions_with_parts(_rows(self.query(s.TransactionQuery))))

    @extend_schema(summary="Get a transaction", responses=s.TransactionDetailSerializer)
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(self.transaction(pk), s.TransactionDetailSerializer))

    @extend_schema(
        summary="Set external_id and metadata of a transaction", request=s.TransactionBody
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        row = self.transaction(pk)
        labels = self.body(s.TransactionBody, partial=True)
        label_transaction(transaction=row, labels=labels, actor=actor_of(request), now=utc_now())
        return Response(self.shown(self.transaction(pk)))

    @extend_schema(summary="Readings in order of time", responses=s.MeterValueSerializer(many=True))
    @action(detail=True, url_path="meter-values")
    def meter_values(self, _request: Request, pk: UUID) -> Response:
        self.query()
        rows = MeterValue.objects.filter(transaction_id=self.transaction(pk).pk)
        return self.page(rows, s.MeterValueSerializer)

    @extend_schema(
        summary="Signed meter values as they came, and what came of their check",
        responses=SignedMeterValueSerializer(many=True),
    )
    @action(detail=True, url_path="signed-meter-values")
    def signed_meter_values(self, _request: Request, pk: UUID) -> Response:
        self.query()
        rows = SignedMeterValue.objects.filter(transaction_id=self.transaction(pk).pk)
        return self.page(rows.select_related("key"), SignedMeterValueSerializer)

    @extend_schema(
        summary="What the signed meter values of a transaction are worth together",
        responses=MeterCheckSerializer,
    )
    @action(detail=True, url_path="meter-check", pagination_class=None)
    def meter_check(self, _request: Request, pk: UUID) -> Response:
        self.query()
        check = found(SessionMeterCheck.objects.all(), pk=self.transaction(pk).pk)
        return Response(self.shown(check, MeterCheckSerializer))

    @extend_schema(
        summary="Readings thinned out for a chart",
        parameters=[s.CurveQuery],
        responses=s.CurveSerializer,
    )
    @action(detail=True, url_path="power-curve", pagination_class=None)
    def power_curve(self, _request: Request, pk: UUID) -> Response:
        points = self.query(s.CurveQuery)["points"]
        curve = power_curve(self.transaction(pk), limit=points)
        return Response(self.shown({"data": curve}, s.CurveSerializer))

    @extend_schema(
        summary="What happened in a transaction, newest first",
        responses=EventSerializer(many=True),
    )
    @action(detail=True)
    def events(self, request: Request, pk: UUID) -> Response:
        self.query()
        return events_response(request, subject_id=self.transaction(pk).pk)

    @extend_schema(
        tags=["Commands"],
        summary="Stop a running transaction",
        request=None,
        responses={202: CommandSerializer},
    )
    @action(detail=True, methods=["post"], url_path="actions/stop")
    def stop(self, request: Request, pk: UUID) -> Response:
        rows = Transaction.objects.select_related("station__operator")
        row = found(rows, pk=pk)
        command = commands.stop_charging(transaction=row, actor=actor_of(request), now=utc_now())
        return accepted(command, request)

    @extend_schema(summary="Take a transaction out of the review queue", request=s.ReviewBody)
    @action(detail=True, methods=["post"], url_path="actions/finish-review")
    def finish_review(self, request: Request, pk: UUID) -> Response:
        row = self.transaction(pk)
        note = self.body(s.ReviewBody)["note"]
        finish_review(transaction=row, note=note, actor=actor_of(request), now=utc_now())
        return Response(self.shown(self.transaction(pk)))


def _rows(query: dict[str, Any]) -> QuerySet[Transaction]:
    filters = TransactionFilters(
        state=query.get("state", ""),
        station_id=query.get("station"),
        location_id=query.get("location"),
        driver_id=query.get("driver"),
        since=query.get("since"),
        until=query.get("until"),
        token_uid=query.get("id_token_uid", ""),
    )
    others = {
        "needs_review": "needs_review",
        "ended_since": "ended_at__gte",
        "ended_until": "ended_at__lt",
        "external_id": "external_id",
    }
    return transactions(filters).filter(
        **{field: query[name] for name, field in others.items() if name in query}
    )
