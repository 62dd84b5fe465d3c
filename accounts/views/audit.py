"""The audit log."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.middleware import TenantRequest
from accounts.models import Membership
from accounts.policy import Permission, require
from accounts.selectors import AUDITED_TYPES, audit_entries_found
from common.http import page_of


@require(Permission.AUDIT_VIEW)
@require_GET
def entry_list(request: TenantRequest) -> HttpResponse:
    filters = request.GET
    rows = audit_entries_found(
        user=filters.get("user", ""),
        object_type=filters.get("type", ""),
        object_id=filters.get("object", ""),
        text=filters.get("q", ""),
    )
    _, context = page_of(request, rows, order=("-id",))
    context["members"] = Membership.objects.select_related("user").order_by("user__full_name")
    context["types"] = AUDITED_TYPES
    return render(request, "accounts/audit_list.html", context)
