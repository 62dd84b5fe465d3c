"""Log-in by e-mail and password; the host decides which operator's drivers are meant."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from accounts.identity import possible_usernames
from accounts.middleware import host_operator_id
from accounts.models import User


class HostAwareBackend(AuthenticationBackend):  # type: ignore[misc]
    """Maps the typed e-mail to `User.username`.

    Unknown, wrong and inactive answer alike and after the same work: one password hash for every
    account that the e-mail could mean on this host, whether it exists or not.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        email = credentials.get("username") or credentials.get("email") or ""
        password = credentials.get("password") or ""
        if not email or not password:
            return None
        operator_id = None if request is None else host_operator_id(request)
        # A log-in name that is already complete comes from re-authentication.
        names = (email,) if ":" in email else possible_usernames(email, operator_id)
        users = {user.username: user for user in User.objects.filter(username__in=names)}
        found = [_checked(users.get(name), password) for name in names]
        return next((user for user in found if user is not None), None)


def _checked(user: User | None, password: str) -> User | None:
    if user is None or not user.has_usable_password():
        User().set_password(password)
        return None
    return user if user.check_password(password) and user.is_active else None
