"""allauth's hooks: no sign-up, our messages, limits that do not lock the rightful user out."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts.http import remote_address

_MISMATCH = "The e-mail and the password do not match."


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _MISMATCH,
        "email_password_mismatch": _MISMATCH,
        "too_many_login_attempts": "Too many attempts from here. Wait a few minutes and try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- allauth's signature
        """Staff are invited; drivers get their own sign-up."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        # uvicorn has already put the client in place of a trusted proxy.
        return remote_address(request) or "0.0.0.0"  # noqa: S104 -- no address at all

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failed attempts count per account *and* address: a stranger cannot lock the owner out."""
        login = credentials.get("username", credentials.get("email", "")).lower()
        return f"{request.get_host()}:{login}:{self.get_client_ip(request)}"
