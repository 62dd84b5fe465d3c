"""Tariffs in the installation's admin: seen, never changed there."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import ModelAdmin

from common.admin import ReadOnlyAdmin
from tariffs.models import SpotPrice, Tariff, TariffAssignment, TariffGroup, TariffVersion


@admin.register(Tariff)
class TariffAdmin(ReadOnlyAdmin, ModelAdmin):  # type: ignore[misc]
    list_display = ["name", "operator", "currency", "archived_at", "created_at"]
    list_filter = ["operator", "currency"]
    list_select_related = ["operator"]
    search_fields = ["name", "=external_id"]
    ordering = ["operator", "name"]


@admin.register(TariffVersion)
class TariffVersionAdmin(ReadOnlyAdmin, ModelAdmin):  # type: ignore[misc]
    list_display = ["tariff", "number", "valid_from", "withdrawn_at", "note", "created_at"]
    list_filter = ["operator"]
    list_select_related = ["tariff"]
    search_fields = ["tariff__name", "note"]
    ordering = ["-valid_from"]


@admin.register(TariffGroup)
class TariffGroupAdmin(ReadOnlyAdmin, ModelAdmin):  # type: ignore[misc]
    list_display = ["name", "operator", "audience", "position"]
    list_filter = ["operator", "audience"]
    list_select_related = ["operator"]
    search_fields = ["name"]
    ordering = ["operator", "position"]


@admin.register(TariffAssignment)
class TariffAssignmentAdmin(ReadOnlyAdmin, ModelAdmin):  # type: ignore[misc]
    """Cells of the price list; a cell without a tariff says that nobody charges there."""

    list_display = ["group", "tariff", "location", "station", "evse", "valid_from", "valid_until"]
    list_filter = ["operator"]
    list_select_related = ["group", "tariff", "location", "station", "evse"]
    ordering = ["-id"]


@admin.register(SpotPrice)
class SpotPriceAdmin(ReadOnlyAdmin, ModelAdmin):  # type: ignore[misc]
    list_display = ["area", "currency", "slot_minutes", "starts_at", "price", "received_at"]
    list_filter = ["operator", "area"]
    search_fields = ["=area"]
    ordering = ["-starts_at"]
