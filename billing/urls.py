"""Addresses of the portal's pages about money."""

from __future__ import annotations

from django.urls import path

from billing.views import cdrs

app_name = "billing"

urlpatterns = [
    path("cdrs/", cdrs.cdr_list, name="cdrs"),
    path("cdrs/export.csv", cdrs.cdrs_csv, name="cdrs_csv"),
    path("cdrs/<uuid:cdr_id>/", cdrs.cdr_page, name="cdr"),
    path("cdrs/<uuid:cdr_id>/accept/", cdrs.accept, name="accept_cdr"),
    path("cdrs/<uuid:cdr_id>/price-again/", cdrs.reprice, name="reprice_cdr"),
]
