from __future__ import annotations

from rest_framework.routers import SimpleRouter

from billing.api import views

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("cdrs", views.CdrViewSet, basename="cdr")

urlpatterns = router.urls
