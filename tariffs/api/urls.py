"""Addresses of tariffs in the REST API."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from tariffs.api import spot_prices, tariffs

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("tariffs", tariffs.TariffViewSet, basename="tariff")
router.register("tariff-versions", tariffs.TariffVersionViewSet, basename="tariff-version")
router.register("spot-prices", spot_prices.SpotPriceViewSet, basename="spot-price")

urlpatterns = router.urls
