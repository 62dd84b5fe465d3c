"""Users and their roles, and the switch between operators."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.exceptions import UnableToManageMember
from accounts.forms.portal import InviteForm, RoleForm, role_table
from accounts.http import actor_of
from accounts.middleware import SESSION_OPERATOR, TenantRequest
from accounts.models import Membership, Role
from accounts.policy import Permission, public_view, require
from accounts.services.members import change_role, invite_member, remove_member
from common.clock import utc_now
from common.forms import add_errors


@require(Permission.USERS_MANAGE)
@require_GET
def member_list(request: TenantRequest) -> HttpResponse:
    rows = Membership.objects.select_related("user").order_by(
        "user__full_name", "user__email", "pk"
    )
    context = {"rows": rows, "roles": Role.choices, "role_table": role_table()}
    return render(request, "accounts/member_list.html", context)


@require(Permission.USERS_MANAGE)
@require_http_methods(["GET", "POST"])
def member_invite(request: TenantRequest) -> HttpResponse:
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invite_member(
                operator=request.operator,
                **form.cleaned_data,
                actor=actor_of(request),
                now=utc_now(),
            )
        except UnableToManageMember as error:
            add_errors(form, error)
        else:
            messages.success(request, f"An invitation is on its way to {form.data['email']}.")
            return redirect("accounts:members")
    context = {
        "form": form,
        "title": "Invite a user",
        "submit": "Send invitation",
        "cancel_url": reverse("accounts:members"),
        "crumbs": [
            {"label": "Users", "url": reverse("accounts:members")},
            {"label": "Invite a user"},
        ],
    }
    return render(request, "accounts/form_page.html", context)


@require(Permission.USERS_MANAGE)
@require_POST
def member_role(request: TenantRequest, pk: int) -> HttpResponse:
    membership = get_object_or_404(Membership, pk=pk)
    form = RoleForm(request.POST)
    role = form.cleaned_data["role"] if form.is_valid() else ""
    try:
        change_role(membership=membership, role=role, actor=actor_of(request), now=utc_now())
    except UnableToManageMember as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{membership.user} now has the role {Role(role).label}.")
    return redirect("accounts:members")


@require(Permission.USERS_MANAGE)
@require_POST
def member_remove(request: TenantRequest, pk: int) -> HttpResponse:
    membership = get_object_or_404(Membership.objects.select_related("user"), pk=pk)
    try:
        remove_member(membership=membership, actor=actor_of(request), now=utc_now())
    except UnableToManageMember as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{membership.user} no longer has access.")
    return redirect("accounts:members")


@public_view
@require_POST
def switch_operator(request: TenantRequest) -> HttpResponse:
    """Choose one of one's own operators; anything else changes nothing."""
    wanted = request.POST.get("operator", "")
    if any(str(m.operator_id) == wanted for m in request.memberships):
        request.session[SESSION_OPERATOR] = wanted
    return redirect("/")
