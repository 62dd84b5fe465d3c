"""API keys of the operator."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.exceptions import UnableToManageApiKey
from accounts.forms.portal import ApiKeyForm
from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.models import ApiKey
from accounts.policy import Permission, granted, require
from accounts.services.api_keys import create_api_key, revoke_api_key
from common.clock import utc_now
from common.forms import add_errors


@require(Permission.API_KEYS_MANAGE)
@require_GET
def key_list(request: TenantRequest) -> HttpResponse:
    rows = ApiKey.objects.select_related("created_by").order_by("-created_at")
    return render(request, "accounts/api_key_list.html", {"rows": rows, "now": utc_now()})


@require(Permission.API_KEYS_MANAGE)
@never_cache
@require_http_methods(["GET", "POST"])
def key_new(request: TenantRequest) -> HttpResponse:
    """The answer to a good POST is the page that shows the key: it exists nowhere else."""
    form = ApiKeyForm(request.POST or None, grantable=granted(request))
    if request.method == "POST" and form.is_valid():
        try:
            key, text = create_api_key(
                operator=request.operator,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                expires_at=form.expires_at(),
                actor=actor_of(request),
                grantable=granted(request),
                now=utc_now(),
            )
        except UnableToManageApiKey as error:
            add_errors(form, error, rename={"expires_at": "expires_on"})
        else:
            return render(request, "accounts/api_key_made.html", {"key": key, "text": text})
    context = {
        "form": form,
        "title": "Make an API key",
        "submit": "Make key",
        "cancel_url": reverse("accounts:api_keys"),
        "crumbs": [
            {"label": "API keys", "url": reverse("accounts:api_keys")},
            {"label": "Make an API key"},
        ],
    }
    return render(request, "accounts/form_page.html", context)


@require(Permission.API_KEYS_MANAGE)
@require_POST
def key_revoke(request: TenantRequest, pk: UUID) -> HttpResponse:
    key = get_object_or_404(ApiKey, pk=pk)
    revoke_api_key(key=key, actor=actor_of(request), now=utc_now())
    messages.success(request, f"{key.name} is revoked.")
    return redirect("accounts:api_keys")
