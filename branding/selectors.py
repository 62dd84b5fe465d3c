"""Which brand is shown where. Cached: every page asks."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache
from django.urls import reverse

from branding.models import Brand, BrandHost
from branding.theme import DEFAULT_COLOR, DEFAULT_FONT, Theme, theme_of
from common.tenancy import system_scope

_CACHE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class BrandView:
    """A brand as pages and mails use it: plain values, safe to cache.

    Attributes:
        operator_id: None for the neutral brand.
        logo_url: "" without a logo; then the first letter of the name stands as a mark.
        host: the host name of links in mails, "" for the installation's own.
    """

    operator_id: UUID | None = None
    name: str = "Charging network"
    logo_url: str = ""
    icon_url: str = ""
    primary_color: str = DEFAULT_COLOR
    font: str = DEFAULT_FONT
    radius_px: int = 12
    scheme: str = "auto"
    mail_from_name: str = ""
    mail_from_address: str = ""
    support_email: str = ""
    support_phone: str = ""
    host: str = ""

    @property
    def mark(self) -> str:
        return self.name[:1].upper()

    @property
    def theme(self) -> Theme:
        return theme_of(
            color=self.primary_color,
            font=self.font,
            radius_px=self.radius_px,
            scheme=self.scheme,
        )


NEUTRAL = BrandView()


def brand_for_host(host: str) -> BrandView:
    """The brand of a host name; the neutral one for a name that nobody has claimed.

    Args:
        host: as in the Host header, with or without a port.
    """
    name = _bare(host)
    key = f"brand:host:{name}"
    found: BrandView | None = cache.get(key)
    if found is None:
        with system_scope("the host name says whose brand is shown"):
            row = BrandHost.objects.filter(host=name).select_related("brand").first()
        found = _view(row.brand, name) if row else NEUTRAL
        cache.set(key, found, _CACHE_SECONDS)
    return found


def brand_for_operator(operator_id: UUID) -> BrandView:
    """The brand of an operator, with its first host; the neutral one when it has none."""
    key = f"brand:operator:{operator_id}"
    found: BrandView | None = cache.get(key)
    if found is None:
        with system_scope("portal pages and mails on the neutral host"):
            row = Brand.objects.filter(operator_id=operator_id).first()
            host = row.hosts.order_by("pk").first() if row else None
        found = _view(row, host.host if host else "") if row else NEUTRAL
        cache.set(key, found, _CACHE_SECONDS)
    return found


def forget_cached(brand: Brand) -> None:
    """Drop the cached views of a brand after a change."""
    with system_scope("runs after the commit, perhaps after the request's scope"):
        hosts = [f"brand:host:{host.host}" for host in brand.hosts.all()]
    cache.delete_many([*hosts, f"brand:operator:{brand.operator_id}"])


def _bare(host: str) -> str:
    name = host.strip().lower()
    if name.startswith("["):
        return name.partition("]")[0].removeprefix("[")
    return name.partition(":")[0].removesuffix(".")


def _view(brand: Brand, host: str) -> BrandView:
    return BrandView(
        operator_id=brand.operator_id,
        name=brand.name,
        logo_url=_logo_url(brand),
        primary_color=brand.primary_color,
        font=brand.font,
        radius_px=brand.radius_px,
        scheme=brand.scheme,
        mail_from_name=brand.mail_from_name,
        mail_from_address=brand.mail_from_address,
        support_email=brand.support_email,
        support_phone=brand.support_phone,
        host=host,
    )


def _logo_url(brand: Brand) -> str:
    file_name = (brand.logo.name or "").rpartition("/")[2]
    return reverse("branding:logo", args=[file_name]) if file_name else ""
