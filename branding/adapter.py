"""allauth's mails (password reset) in the brand of the host."""

from __future__ import annotations

from typing import Any

from accounts.adapter import AccountAdapter
from accounts.models import User
from branding.delivery import deliver_soon
from branding.mail import compose
from branding.selectors import NEUTRAL, brand_for_operator


class BrandedAccountAdapter(AccountAdapter):
    def send_password_reset_mail(
        self,
        user: User,
        email: str,  # noqa: ARG002 -- allauth's signature
        context: dict[str, Any],
    ) -> None:
        """Sent to the address on file, in the brand of the host or of the driver's operator."""
        brand = getattr(context["request"], "brand", NEUTRAL)
        if brand.operator_id is None and user.operator_id is not None:
            brand = brand_for_operator(user.operator_id)
        values = {"user": user, "url": context["password_reset_url"]}
        deliver_soon(compose(brand=brand, to=user.email, template="password_reset", context=values))
