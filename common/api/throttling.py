"""How often one credential may call: so many requests a minute, told in the answer's headers.

`RateLimit` and `RateLimit-Policy` follow the IETF draft "RateLimit header fields for HTTP".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from common.clock import utc_now
from common.counting import WINDOW_SECONDS, count


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of a minute: requests allowed, requests left, seconds until it starts anew."""

    limit: int
    left: int
    seconds: int

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"default";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"default";r={self.left};t={self.seconds}',
        }


class CredentialThrottle(BaseThrottle):
    """Counts the calls of an API key, of a logged-in person, or of an address, by the minute.

    Without its cache it lets everybody pass: a limit protects the service, it is no service.
    """

    quota: Quota | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 -- DRF's signature
        limit: int = settings.API_REQUESTS_PER_MINUTE
        window, second = divmod(int(utc_now().timestamp()), WINDOW_SECONDS)
        used = count(f"api:used:{_credential(request)}:{window}")
        if used is None:
            return True
        self.quota = Quota(limit, max(0, limit - used), WINDOW_SECONDS - second)
        return used <= limit

    def wait(self) -> float | None:
        return None if self.quota is None else float(self.quota.seconds)


def _credential(request: Request) -> str:
    credential: Any = request.auth or request.user
    key = getattr(credential, "pk", None)
    return str(key or request.META.get("REMOTE_ADDR", ""))
