"""Brand settings of the portal, and the logo for everybody."""

from __future__ import annotations

import re

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of
from accounts.middleware import TenantRequest
from accounts.policy import Permission, public_view, require
from branding.exceptions import UnableToUpdateBrand
from branding.forms import BrandForm
from branding.logo import CONTENT_TYPES
from branding.services import brand_of, save_brand
from branding.theme import MIN_TEXT_CONTRAST, brand_on, contrast
from common.clock import utc_now
from common.forms import add_errors

_LOGO_NAME = re.compile(r"[0-9A-Za-z_-]{1,80}\.(png|jpg|webp)")


@public_view
@require_GET
def logo(request: HttpRequest, name: str) -> FileResponse:  # noqa: ARG001 -- Django's signature
    """A logo by its own file name (which holds a digest, so it may be cached for ever)."""
    match = _LOGO_NAME.fullmatch(name)
    if match is None or not default_storage.exists(f"brands/{name}"):
        raise Http404
    response = FileResponse(
        default_storage.open(f"brands/{name}"), content_type=CONTENT_TYPES[match[1]]
    )
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require(Permission.SETTINGS_MANAGE)
@require_http_methods(["GET", "POST"])
def settings_page(request: TenantRequest) -> HttpResponse:
    form = BrandForm(
        request.POST or None, request.FILES or None, instance=brand_of(request.operator)
    )
    if request.method == "POST" and form.is_valid() and _saved(request, form):
        messages.success(request, "The brand is saved.")
        return redirect("branding:settings")
    return render(request, "branding/settings.html", {"form": form, **_color_note(form)})


def _saved(request: TenantRequest, form: BrandForm) -> bool:
    try:
        save_brand(
            operator=request.operator,
            details=form.details(),
            logo=form.logo_content(),
            remove_logo=form.cleaned_data.get("remove_logo", False),
            actor=actor_of(request),
            now=utc_now(),
        )
    except UnableToUpdateBrand as error:
        add_errors(form, error, rename={"logo": "logo_file"})
        return False
    return True


def _color_note(form: BrandForm) -> dict[str, object]:
    """How the saved colour reads: ratio with its text colour, and whether white is possible."""
    color = form.instance.primary_color
    ratio = contrast(color, brand_on(color))
    return {
        "color_ratio": ratio,
        "color_on_white": contrast(color, "#ffffff"),
        "color_fine": ratio >= MIN_TEXT_CONTRAST,
        "color_is_pale": contrast(color, "#ffffff") < MIN_TEXT_CONTRAST,
    }
