"""Records in the installation's admin: to look at, never to change."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import ModelAdmin

from billing.models import Cdr, CdrFailure
from common.admin import ReadOnlyAdmin


@admin.register(Cdr)
class CdrAdmin(ReadOnlyAdmin, ModelAdmin):  # type: ignore[misc]
    list_display = [
        "transaction_id",
        "version",
        "is_latest",
        "ended_at",
        "currency",
        "gross_minor",
        "needs_review",
    ]
    list_filter = ["is_latest", "needs_review", "currency"]
    search_fields = ["=id", "=transaction_id", "=digest"]
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(CdrFailure)
class CdrFailureAdmin(ReadOnlyAdmin, ModelAdmin):  # type: ignore[misc]
    """Sessions that could not be priced; the sweep tries them again by itself."""

    list_display = ["transaction_id", "attempts", "next_attempt_at", "first_failed_at", "error"]
    search_fields = ["=transaction_id"]
    ordering = ["next_attempt_at"]
