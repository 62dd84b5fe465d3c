"""Strangers at the door, in the installation's admin: they belong to no operator."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import ModelAdmin

from chargers.models import UnknownHandshake
from common.admin import ReadOnlyAdmin


@admin.register(UnknownHandshake)
class UnknownHandshakeAdmin(ReadOnlyAdmin, ModelAdmin):  # type: ignore[misc]
    """Refused connections under identities that nobody has: typing errors, and those who try."""

    list_display = ["identity", "count", "first_at", "last_at", "last_address"]
    search_fields = ["identity", "=last_address"]
    ordering = ["-last_at"]
