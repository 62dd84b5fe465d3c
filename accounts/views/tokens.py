"""Tokens: cards, contracts and vehicles."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.exceptions import UnableToManageToken
from accounts.forms.portal import TokenForm
from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.models import IdToken
from accounts.policy import Permission, require
from accounts.selectors import tokens_found
from accounts.services.tokens import add_id_token, block_id_token, delete_id_token
from common.clock import utc_now
from common.forms import add_errors
from common.http import chip, page_of


@require(Permission.DRIVERS_VIEW)
@require_GET
def token_list(request: TenantRequest) -> HttpResponse:
    now = utc_now()
    rows = tokens_found(text=request.GET.get("q", ""), state=request.GET.get("state", ""), now=now)
    _, context = page_of(request, rows, order=("-created_at", "-id"))
    context["chips"] = [
        chip(request, "All", "state", None),
        chip(request, "Valid", "state", "valid"),
        chip(request, "Blocked", "state", "blocked"),
        chip(request, "Expired", "state", "expired"),
        chip(request, "Without driver", "state", "unassigned"),
    ]
    return render(request, "accounts/token_list.html", {**context, "now": now})


@require(Permission.DRIVERS_MANAGE)
@require_http_methods(["GET", "POST"])
def token_new(request: TenantRequest) -> HttpResponse:
    form = TokenForm(request.POST or None, initial={"driver": request.GET.get("driver", "")})
    if request.method == "POST" and form.is_valid():
        try:
            token = add_id_token(
                operator=request.operator,
                driver=form.cleaned_data["driver"],
                details=form.details(),
                actor=actor_of(request),
                now=utc_now(),
            )
        except UnableToManageToken as error:
            add_errors(form, error, rename={"expires_at": "expires_on"})
        else:
            messages.success(request, f"Token {token.uid} was added.")
            return _back(token)
    context = {
        "form": form,
        "title": "Add a token",
        "submit": "Add token",
        "cancel_url": reverse("accounts:tokens"),
        "crumbs": [
            {"label": "Tokens", "url": reverse("accounts:tokens")},
            {"label": "Add a token"},
        ],
    }
    return render(request, "accounts/form_page.html", context)


@require(Permission.DRIVERS_MANAGE)
@require_POST
def token_block(request: TenantRequest, pk: UUID) -> HttpResponse:
    token = get_object_or_404(IdToken, pk=pk)
    blocked = request.POST.get("blocked") == "1"
    block_id_token(token=token, blocked=blocked, actor=actor_of(request), now=utc_now())
    messages.success(request, f"{token} is {'blocked' if blocked else 'valid again'}.")
    return _back(token)


@require(Permission.DRIVERS_MANAGE)
@require_POST
def token_delete(request: TenantRequest, pk: UUID) -> HttpResponse:
    token = get_object_or_404(IdToken, pk=pk)
    delete_id_token(token=token, actor=actor_of(request), now=utc_now())
    messages.success(request, f"{token} was deleted.")
    return _back(token)


def _back(token: IdToken) -> HttpResponse:
    if token.driver_id is not None:
        return redirect("accounts:driver", pk=token.driver_id)
    return redirect("accounts:tokens")
