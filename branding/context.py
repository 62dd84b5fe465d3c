"""Template context: the brand of the page and its theme."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from branding.selectors import NEUTRAL, BrandView, brand_for_operator


def brand(request: HttpRequest) -> dict[str, Any]:
    """`brand` (a BrandView) and `theme` (`css`, `scheme`), looked up when a template asks."""
    shown = SimpleLazyObject(lambda: shown_brand(request))
    return {"brand": shown, "theme": SimpleLazyObject(lambda: shown.theme)}


def shown_brand(request: HttpRequest) -> BrandView:
    """The host's brand; on a neutral host the brand of the operator whose portal this is."""
    of_host: BrandView = getattr(request, "brand", NEUTRAL)
    operator = getattr(request, "operator", None)
    if of_host.operator_id is None and operator is not None:
        return brand_for_operator(operator.pk)
    return of_host
