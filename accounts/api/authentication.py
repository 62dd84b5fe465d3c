"""How API calls say who they are: an API key, or the portal's own session with CSRF."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.middleware import bearer_key
from accounts.models import ApiKey


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer csms_<prefix>_<secret>`; the middleware has already checked the key."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey] | None:
        if bearer_key(request._request) is None:
            return None
        key: ApiKey | None = getattr(request._request, "api_key", None)
        if key is None:
            # One message for unknown, wrong, revoked and expired: it tells a guesser nothing.
            raise AuthenticationFailed("This API key is not valid.")
        return AnonymousUser(), key

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 -- DRF's signature
        return 'Bearer realm="api"'


class PortalSessionAuthentication(SessionAuthentication):
    """A logged-in member of staff, from the portal's own pages; CSRF is enforced."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        if getattr(request._request, "membership", None) is None:
            return None
        found: tuple[Any, None] | None = super().authenticate(request)
        return found
