"""Subscribers of branding: what people are told by mail."""

from __future__ import annotations

from datetime import datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from accounts.events import MemberInvited
from accounts.models import Operator, User
from branding.delivery import deliver
from branding.mail import base_url, compose
from branding.selectors import brand_for_operator


def send_invitation(event: MemberInvited, now: datetime) -> None:  # noqa: ARG001 -- a handler's shape
    """Tell a new member. The link is made here and stored nowhere; repeating it sends one more."""
    user = User.objects.filter(pk=event.subject_id, is_active=True).first()
    operator = Operator.objects.filter(pk=event.operator_id).first()
    if user is None or operator is None:
        return
    brand = brand_for_operator(operator.pk)
    site = base_url(brand)
    path = reverse("account_login") if user.has_usable_password() else _set_password_path(user)
    values = {
        "user": user,
        "operator": operator,
        "invited_by": event.invited_by,
        "url": f"{site}{path}",
        "new": not user.has_usable_password(),
    }
    deliver(compose(brand=brand, to=user.email, template="invitation", context=values))


def _set_password_path(user: User) -> str:
    key = default_token_generator.make_token(user)
    uid = user_pk_to_url_str(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key})
