"""Log-in by e-mail and password; the host decides whether staff or one operator's drivers."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend


class HostAwareBackend(AuthenticationBackend):  # type: ignore[misc]
    """Placeholder until host look-up lands."""
