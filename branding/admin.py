"""Brands and their host names in the installation's admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from accounts.http import actor_of
from accounts.services.audit import record
from branding.models import Brand, BrandHost
from branding.selectors import forget_cached
from common.clock import utc_now


class BrandHostInline(TabularInline):  # type: ignore[misc]
    model = BrandHost
    fields = ["host"]
    extra = 0


@admin.register(Brand)
class BrandAdmin(ModelAdmin):  # type: ignore[misc]
    """The look is set in the operator's portal; here the host names are handed out."""

    list_display = ["name", "operator", "primary_color", "scheme"]
    list_select_related = ["operator"]
    search_fields = ["name"]
    fields = ["operator", "name", "primary_color", "font", "radius_px", "scheme"]
    inlines = [BrandHostInline]

    def save_formset(
        self, request: HttpRequest, form: ModelForm[Any], formset: Any, change: bool
    ) -> None:
        brand: Brand = form.instance
        for host in formset.save(commit=False):
            host.operator = brand.operator
            host.host = host.host.strip().lower()
            host.save()
        for host in formset.deleted_objects:
            host.delete()
        record(
            operator=brand.operator,
            actor=actor_of(request),
            action="brand.changed_in_admin",
            obj=brand,
            changes={"hosts": ", ".join(row.host for row in brand.hosts.order_by("host"))},
            now=utc_now(),
        )
        transaction.on_commit(lambda: forget_cached(brand))
