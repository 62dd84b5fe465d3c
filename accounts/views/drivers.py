"""Drivers and their groups."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.exceptions import UnableToManageDriver, UnableToManageGroup
from accounts.forms.portal import DriverForm, GroupForm
from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.models import Driver, DriverGroup
from accounts.policy import Permission, granted, require
from accounts.selectors import drivers_found, groups_with_counts
from accounts.services.drivers import add_driver, add_group, block_driver, update_driver
from common.clock import utc_now
from common.forms import add_errors
from common.http import chip, page_of
from common.slots import panels_for

SLOT = "driver_page"


@require(Permission.DRIVERS_VIEW)
@require_GET
def driver_list(request: TenantRequest) -> HttpResponse:
    filters = request.GET
    rows = drivers_found(
        text=filters.get("q", ""), state=filters.get("state", ""), group=filters.get("group", "")
    )
    _, context = page_of(request, rows, order=("-created_at", "-id"))
    context["chips"] = [
        chip(request, "All", "state", None),
        chip(request, "Active", "state", "active"),
        chip(request, "Blocked", "state", "blocked"),
    ]
    context["groups"] = DriverGroup.objects.order_by("name")
    return render(request, "accounts/driver_list.html", context)


@require(Permission.DRIVERS_VIEW)
@require_GET
def driver_page(request: TenantRequest, pk: UUID) -> HttpResponse:
    driver = get_object_or_404(Driver, pk=pk)
    now = utc_now()
    panels = panels_for(SLOT, [driver.pk], permissions=granted(request), now=now)
    context = {
        "driver": driver,
        "groups": driver.groups.order_by("name"),
        "tokens": driver.id_tokens.order_by("-created_at"),
        "panels": panels[driver.pk],
        "now": now,
        "crumbs": _crumbs(str(driver)),
    }
    return render(request, "accounts/driver_page.html", context)


@require(Permission.DRIVERS_MANAGE)
@require_http_methods(["GET", "POST"])
def driver_new(request: TenantRequest) -> HttpResponse:
    form = DriverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            driver = add_driver(
                operator=request.operator,
                details=form.details(),
                groups=form.chosen_groups(),
                actor=actor_of(request),
                now=utc_now(),
            )
        except UnableToManageDriver as error:
            add_errors(form, error)
        else:
            messages.success(request, f"{driver} was added.")
            return redirect("accounts:driver", pk=driver.pk)
    context = {
        "form": form,
        "title": "Add a driver",
        "submit": "Add driver",
        "cancel_url": reverse("accounts:drivers"),
        "crumbs": _crumbs("Add a driver"),
    }
    return render(request, "accounts/form_page.html", context)


@require(Permission.DRIVERS_MANAGE)
@require_http_methods(["GET", "POST"])
def driver_edit(request: TenantRequest, pk: UUID) -> HttpResponse:
    driver = get_object_or_404(Driver, pk=pk)
    form = DriverForm(request.POST or None, instance=driver)
    if request.method == "POST" and form.is_valid():
        try:
            update_driver(
                driver=driver,
                details=form.details(),
                groups=form.chosen_groups(),
                actor=actor_of(request),
                now=utc_now(),
            )
        except UnableToManageDriver as error:
            add_errors(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("accounts:driver", pk=pk)
    context = {
        "form": form,
        "title": f"Edit {driver}",
        "cancel_url": reverse("accounts:driver", args=[pk]),
        "crumbs": _crumbs(str(driver)),
    }
    return render(request, "accounts/form_page.html", context)


@require(Permission.DRIVERS_MANAGE)
@require_POST
def driver_block(request: TenantRequest, pk: UUID) -> HttpResponse:
    driver = get_object_or_404(Driver, pk=pk)
    blocked = request.POST.get("blocked") == "1"
    block_driver(driver=driver, blocked=blocked, actor=actor_of(request), now=utc_now())
    done = "can no longer charge" if blocked else "can charge again"
    messages.success(request, f"{driver} {done}.")
    return redirect("accounts:driver", pk=pk)


@require(Permission.DRIVERS_MANAGE)
@require_http_methods(["GET", "POST"])
def group_list(request: TenantRequest) -> HttpResponse:
    form = GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_group(
                operator=request.operator,
                name=form.cleaned_data["name"],
                actor=actor_of(request),
                now=utc_now(),
            )
        except UnableToManageGroup as error:
            add_errors(form, error)
        else:
            messages.success(request, "The group was added.")
            return redirect("accounts:groups")
    context = {"form": form, "groups": groups_with_counts(), "crumbs": _crumbs("Groups")}
    return render(request, "accounts/group_list.html", context)


def _crumbs(here: str) -> list[dict[str, str]]:
    return [{"label": "Drivers", "url": reverse("accounts:drivers")}, {"label": here}]
