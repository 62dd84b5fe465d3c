"""Addresses of the REST API, version 1."""

from __future__ import annotations

from django.urls import include, path, re_path

from accounts.policy import public_view
from common.api.views import UnknownAddress
from csms import api_docs

app_name = "api"

urlpatterns = [
    path("v1/schema", api_docs.SchemaView.as_view(), name="schema"),
    path("v1/docs/", api_docs.docs, name="docs"),
    path("v1/", include("accounts.api.urls")),
    path("v1/", include("chargers.api.urls")),
    path("v1/", include("tariffs.api.urls")),
    path("v1/", include("billing.api.urls")),
    path("v1/", include("operations.api.urls")),
    re_path("", public_view(UnknownAddress.as_view()), name="unknown"),
]
