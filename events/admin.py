"""The outbox in the installation's admin: what happened (read only) and what nobody could hear."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from common.admin import ReadOnlyAdmin
from common.clock import utc_now
from events.dispatch import retry_dead
from events.models import FailedDelivery, OutboxEvent
from events.waker import notify


@admin.register(OutboxEvent)
class OutboxEventAdmin(ReadOnlyAdmin, ModelAdmin):  # type: ignore[misc]
    list_display = ["id", "kind", "subject_type", "subject_id", "occurred_at", "dispatched_at"]
    list_filter = ["kind", "subject_type"]
    search_fields = ["=subject_id", "=parent_id", "=operator_id"]
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(FailedDelivery)
class FailedDeliveryAdmin(ReadOnlyAdmin, ModelAdmin):  # type: ignore[misc]
    """Waiting and dead deliveries. "Retry" gives them a fresh set of attempts."""

    list_display = [
        "event",
        "subscriber",
        "attempts",
        "next_attempt_at",
        "dead_at",
        "error_line",
    ]
    list_filter = ["subscriber", ("dead_at", admin.EmptyFieldListFilter)]
    list_select_related = ["event"]
    ordering = ["-id"]
    actions = ["retry"]

    @admin.display(description="Error")
    def error_line(self, delivery: FailedDelivery) -> str:
        return delivery.error.partition("\n")[0][:120]

    @admin.action(description="Retry")
    def retry(self, request: HttpRequest, deliveries: QuerySet[FailedDelivery]) -> None:
        count = retry_dead(ids=deliveries.values_list("pk", flat=True), now=utc_now())
        notify()
        self.message_user(request, f"{count} deliveries will be tried again.", messages.SUCCESS)
