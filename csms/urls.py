"""Every address of the installation."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from chargers.views.search import search
from csms import health

handler400 = "csms.errors.bad_request"
handler403 = "csms.errors.permission_denied"
handler404 = "csms.errors.not_found"
handler500 = "csms.errors.server_error"

urlpatterns = [
    path("", include("operations.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("account/", include("accounts.urls_auth")),
    path("api/", include("csms.api_urls")),
    path("search/", search, name="search"),
    path("", include("billing.urls")),
    path("", include("chargers.urls")),
    path("", include("tariffs.urls")),
    path("", include("accounts.urls")),
    path("", include("branding.urls")),
]
