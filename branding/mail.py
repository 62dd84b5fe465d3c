"""Mail in the look of a brand: one text and one HTML part, the brand's sender."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from branding.selectors import BrandView
from branding.theme import brand_on, ink_on_light


def compose(
    *, brand: BrandView, to: str, template: str, context: Mapping[str, Any]
) -> EmailMultiAlternatives:
    """Render `mail/<template>_subject.txt`, `.txt` and `.html`; the caller sends it."""
    values = {**context, "brand": brand, **_colors(brand), "site_url": base_url(brand)}
    subject = render_to_string(f"mail/{template}_subject.txt", values)
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string(f"mail/{template}.txt", values).strip() + "\n",
        from_email=sender_of(brand),
        to=[to],
        reply_to=[brand.support_email] if brand.support_email else None,
    )
    message.attach_alternative(render_to_string(f"mail/{template}.html", values), "text/html")
    return message


def _colors(brand: BrandView) -> dict[str, str]:
    color = brand.primary_color
    return {"fill": color, "on_fill": brand_on(color), "ink": ink_on_light(color)}


def sender_of(brand: BrandView) -> str:
    """The brand's name with its own address, else with the installation's."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    shown = brand.mail_from_name or (brand.name if brand.operator_id else name or brand.name)
    return formataddr((shown, brand.mail_from_address or address))


def base_url(brand: BrandView) -> str:
    """Where links in mails lead: the brand's first host, else the installation's public URL."""
    public = urlsplit(settings.PUBLIC_URL)
    if not brand.host or brand.host == public.hostname:
        return settings.PUBLIC_URL.rstrip("/")
    return f"{public.scheme}://{brand.host}"
