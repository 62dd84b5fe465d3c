from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from accounts.api import drivers, views

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("drivers", drivers.DriverViewSet, basename="driver")
router.register("driver-groups", drivers.DriverGroupViewSet, basename="driver-group")
router.register("id-tokens", drivers.IdTokenViewSet, basename="id-token")
router.register("members", views.MemberViewSet, basename="member")
router.register("api-keys", views.ApiKeyViewSet, basename="api-key")
router.register("audit-entries", views.AuditViewSet, basename="audit-entry")

urlpatterns = [path("me", views.MeView.as_view(), name="me"), *router.urls]
