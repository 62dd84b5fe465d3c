from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from chargers.api import actions, commands, locations, makes, security, stations, transactions

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("locations", locations.LocationViewSet, basename="location")
router.register("stations", stations.StationViewSet, basename="station")
router.register("transactions", transactions.TransactionViewSet, basename="transaction")
router.register("quirk-rules", makes.QuirkRuleViewSet, basename="quirk-rule")
router.register("commands", commands.CommandViewSet, basename="command")

urlpatterns = [
    *router.urls,
    path("makes", makes.MakeListView.as_view(), name="makes"),
    path("stations/<uuid:pk>/quirks", makes.StationQuirksView.as_view(), name="station-quirks"),
    path(
        "stations/<uuid:pk>/forgiven-faults",
        makes.StationForgivenView.as_view(),
        name="station-forgiven-faults",
    ),
    *(
        path(f"stations/<uuid:pk>/actions/{name}", view.as_view(), name=f"station-{name}")
        for name, view in actions.ACTIONS.items()
    ),
    *(
        path(f"stations/<uuid:pk>/{name}", view, name=f"station-{name.split('/')[-1]}")
        for name, view in security.ROUTES.items()
    ),
]
