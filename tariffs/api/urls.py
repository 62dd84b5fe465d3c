"""Addresses of tariffs in the REST API."""

from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from tariffs.api import assignments, groups, ocpi_tariffs, resolution, spot_prices, tariffs

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("tariffs", tariffs.TariffViewSet, basename="tariff")
router.register("tariff-versions", tariffs.TariffVersionViewSet, basename="tariff-version")
router.register("spot-prices", spot_prices.SpotPriceViewSet, basename="spot-price")
router.register("tariff-groups", groups.TariffGroupViewSet, basename="tariff-group")
router.register(
    "tariff-assignments", assignments.TariffAssignmentViewSet, basename="tariff-assignment"
)

urlpatterns = [
    *router.urls,
    path("tariffs/import", ocpi_tariffs.TariffImportView.as_view(), name="tariff-import"),
    path("tariffs/<uuid:pk>/ocpi", ocpi_tariffs.TariffOcpiView.as_view(), name="tariff-ocpi"),
    path("tariff-resolution", resolution.TariffResolutionView.as_view(), name="tariff-resolution"),
    path("price-simulation", resolution.PriceSimulationView.as_view(), name="price-simulation"),
]
