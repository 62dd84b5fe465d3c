"""Template context: who is logged in and what they may do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from accounts.policy import granted


def session(request: HttpRequest) -> dict[str, Any]:
    """`user_name`, `user_role`, `logout_url`, `profile_url`, `operator`, `memberships`, `can`.

    `can` answers `{% if can.drivers_manage %}`: permission names with underscores.
    """
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    membership = getattr(request, "membership", None)
    return {
        "user_name": user.get_full_name(),
        "user_role": membership.get_role_display() if membership else "",
        "logout_url": reverse("account_logout"),
        "profile_url": reverse("account_change_password"),
        "operator": getattr(request, "operator", None),
        "memberships": getattr(request, "memberships", []),
        "can": {permission.replace(".", "_"): True for permission in granted(request)},
    }
