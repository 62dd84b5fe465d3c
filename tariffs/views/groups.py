"""Tariff groups: the chain in which they are asked, and the form of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.policy import Permission, require
from common.clock import utc_now
from common.forms import add_errors
from tariffs.exceptions import UnableToSaveTariffGroup
from tariffs.forms.groups import AUDIENCES, GroupForm
from tariffs.models import Audience, TariffGroup
from tariffs.selectors.chain import Link, chain
from tariffs.services.groups import delete_group, order_groups

ICONS = {
    Audience.EVERYONE: "world",
    Audience.REGISTERED: "id-badge-2",
    Audience.AD_HOC: "credit-card",
    Audience.GROUPS: "users-group",
}
_STEPS = {"up": -1, "down": 1}
_MEMBERS_SHOWN = 3


def who(group: TariffGroup, members: Sequence[str]) -> str:
    """Whom a group is for, in words."""
    if group.audience != Audience.GROUPS:
        return str(AUDIENCES[Audience(group.audience)])
    shown = ", ".join(members[:_MEMBERS_SHOWN])
    rest = len(members) - _MEMBERS_SHOWN
    if rest > 0:
        return _("Members of %(names)s and %(n)d more") % {"names": shown, "n": rest}
    return _("Members of %s") % shown if shown else _("Nobody: no group of drivers is chosen")


def link_views(links: Sequence[Link]) -> list[dict[str, Any]]:
    """The chain as the page shows it."""
    return [
        {
            "link": link,
            "group": link.group,
            "who": who(link.group, link.members),
            "icon": ICONS[Audience(link.group.audience)],
            "dialog_id": f"delete-{link.group.pk}",
            "is_first": link.number == 1,
            "is_last": link.number == len(links),
        }
        for link in links
    ]


@require(Permission.TARIFFS_VIEW)
def group_list(request: TenantRequest) -> HttpResponse:
    context = {"links": link_views(chain(utc_now()))}
    return render(request, "tariffs/groups/list.html", context)


def _group_or_404(group_id: UUID) -> TariffGroup:
    return get_object_or_404(TariffGroup.objects.prefetch_related("driver_groups"), pk=group_id)


@require(Permission.TARIFFS_MANAGE)
def add_group(request: TenantRequest) -> HttpResponse:
    return _editor(request, None)


@require(Permission.TARIFFS_MANAGE)
def edit_group(request: TenantRequest, group_id: UUID) -> HttpResponse:
    return _editor(request, _group_or_404(group_id))


def _editor(request: TenantRequest, group: TariffGroup | None) -> HttpResponse:
    form = GroupForm(request.POST or None, operator=request.operator, group=group)
    if request.method == "POST" and form.is_valid():
        try:
            saved = form.save(actor=actor_of(request), now=utc_now())
        except UnableToSaveTariffGroup as error:
            add_errors(form, error)
        else:
            messages.success(request, _("%s was saved.") % saved.name)
            return redirect("tariffs:groups")
    heading = group.name if group else _("Add a tariff group")
    context = {
        "form": form,
        "group": group,
        "heading": heading,
        "crumbs": [
            {"label": _("Tariff groups"), "url": reverse("tariffs:groups")},
            {"label": heading},
        ],
    }
    return render(request, "tariffs/groups/form.html", context)


@require_POST
@require(Permission.TARIFFS_MANAGE)
def move_group(request: TenantRequest, group_id: UUID) -> HttpResponse:
    group = _group_or_404(group_id)
    step = _STEPS.get(request.POST.get("direction", ""))
    if step is None:
        messages.error(request, _("Say whether the group is to be asked earlier or later."))
        return redirect("tariffs:groups")
    order = _moved([link.group.pk for link in chain(utc_now())], group.pk, step)
    try:
        order_groups(operator=request.operator, order=order, actor=actor_of(request), now=utc_now())
    except UnableToSaveTariffGroup:  # somebody added or deleted one meanwhile
        messages.warning(request, _("The groups have changed meanwhile. Nothing was moved."))
        return redirect("tariffs:groups")
    if request.headers.get("HX-Request") != "true":
        return redirect("tariffs:groups")
    context = {"links": link_views(chain(utc_now())), "moved": group.pk}
    return render(request, "tariffs/groups/_chain.html", context)


def _moved(order: list[UUID], key: UUID, step: int) -> list[UUID]:
    """The same with one a place further; at the ends it stays where it is."""
    before = order.index(key)
    after = min(max(0, before + step), len(order) - 1)
    order.insert(after, order.pop(before))
    return order


@require_POST
@require(Permission.TARIFFS_MANAGE)
def remove_group(request: TenantRequest, group_id: UUID) -> HttpResponse:
    group = _group_or_404(group_id)
    # The dialog has said how many prices go with it.
    delete_group(group=group, with_assignments=True, actor=actor_of(request), now=utc_now())
    messages.success(request, _("%s was deleted, with its prices.") % group.name)
    return redirect("tariffs:groups")
