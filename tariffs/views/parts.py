"""What several pages of tariffs share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.middleware import TenantRequest
from accounts.models import Operator
from tariffs.models import Tariff

View = Callable[..., HttpResponse]


def zone_of(operator: Operator) -> ZoneInfo:
    return ZoneInfo(operator.time_zone)


def in_operators_zone(view: View) -> View:
    """Prices begin at wall clocks, so pages of tariffs tell and take the operator's."""

    @wraps(view)
    def shown(request: TenantRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with timezone.override(zone_of(request.operator)):
            return view(request, *args, **kwargs)

    return shown


def tariff_or_404(tariff_id: UUID) -> Tariff:
    return get_object_or_404(Tariff.objects.select_related("operator"), pk=tariff_id)


def crumbs(*labels: str, tariff: Tariff | None = None) -> list[dict[str, Any]]:
    """The way to a page below a tariff, or below the list."""
    found: list[dict[str, Any]] = [{"label": _("Tariffs"), "url": reverse("tariffs:tariffs")}]
    if tariff is not None:
        found.append({"label": tariff.name, "url": reverse("tariffs:tariff", args=[tariff.pk])})
    return found + [{"label": label} for label in labels]
