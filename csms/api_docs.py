"""The API's description (OpenAPI 3.1) and the page that shows it."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.policy import PUBLIC, public_view

YAML = "application/yaml"
JSON = "application/json"


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:  # noqa: ARG002
        description = "An API key: `csms_<prefix>_<secret>`."
        return {"type": "http", "scheme": "bearer", "description": description}


class PortalSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.api.authentication.PortalSessionAuthentication"
    name = "portalSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:  # noqa: ARG002
        description = "The portal's own session; writes carry the header `X-CSRFToken`."
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": description}


@cache
def schema_text(media_type: str) -> bytes:
    """The description as YAML or JSON; made once a process, for it takes about a second."""
    generator: Any = SchemaGenerator
    described = generator().get_schema(request=None, public=True)
    renderer = OpenApiJsonRenderer() if media_type == JSON else OpenApiYamlRenderer()
    text: bytes = renderer.render(described)
    return text


class SchemaView(APIView):
    """YAML; JSON for whoever accepts that rather."""

    permission = PUBLIC
    authentication_classes = ()
    schema = None

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: ARG002, FBT001, FBT002
        """Problems are JSON whatever was asked for; the description has its own types."""
        return JSONRenderer(), JSON

    def get(self, request: Request) -> HttpResponse:
        wanted = JSON if request.get_preferred_type([YAML, JSON]) == JSON else YAML
        response = HttpResponse(schema_text(wanted), content_type=f"{wanted}; charset=utf-8")
        response["Vary"] = "Accept"
        return response


@public_view
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html")
