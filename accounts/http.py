"""From a request to the values that services take."""

from __future__ import annotations

from ipaddress import ip_address

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import ApiKey, Operator, User
from accounts.services.audit import Actor


def actor_of(request: HttpRequest | Request) -> Actor:
    """Who is behind this request: the API key if one was used, else the logged-in user."""
    api_key: ApiKey | None = getattr(request, "api_key", None)
    user = request.user if isinstance(request.user, User) else None
    return Actor(
        user=None if api_key else user,
        api_key=api_key,
        label=str(api_key or user or "anonymous"),
        remote_address=remote_address(request),
        request_id=getattr(request, "request_id", ""),
    )


def operator_of(request: HttpRequest | Request) -> Operator:
    """The operator whose credential this request shows; only behind a permission check."""
    operator: Operator = getattr(request, "operator")  # noqa: B009 -- set by the middleware
    return operator


def remote_address(request: HttpRequest | Request) -> str | None:
    """The peer's IP address; None for what is not one (a Unix socket).

    Proxies are the web server's business: uvicorn replaces the peer by `X-Forwarded-For` only
    when the proxy is one of `--forwarded-allow-ips`.
    """
    try:
        return str(ip_address(request.META.get("REMOTE_ADDR", "").partition("%")[0]))
    except ValueError:
        return None
