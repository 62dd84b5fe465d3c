from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from chargers.api import (
    access,
    actions,
    certificates,
    charging,
    commands,
    commissioning,
    configuration,
    locations,
    maintenance,
    makes,
    reservations,
    rollouts,
    security,
    signed_values,
    station_import,
    stations,
    templates,
    transactions,
)

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("locations", locations.LocationViewSet, basename="location")
router.register("stations", stations.StationViewSet, basename="station")
router.register("stations", charging.StationChargingViewSet, basename="station-charging")
router.register("stations", configuration.ConfigurationViewSet, basename="station-configuration")
router.register("device-events", configuration.DeviceEventViewSet, basename="device-event")
router.register("transactions", transactions.TransactionViewSet, basename="transaction")
router.register("quirk-rules", makes.QuirkRuleViewSet, basename="quirk-rule")
router.register("firmware-updates", maintenance.FirmwareUpdateViewSet, basename="firmware-update")
router.register("log-uploads", maintenance.LogUploadViewSet, basename="log-upload")
router.register(
    "customer-information", maintenance.CustomerInformationViewSet, basename="customer-information"
)
router.register("display-messages", maintenance.DisplayMessageViewSet, basename="display-message")
router.register("settlements", maintenance.SettlementViewSet, basename="settlement")
router.register("reservations", reservations.ReservationViewSet, basename="reservation")
router.register("station-imports", station_import.StationImportViewSet, basename="station-import")
router.register("meter-keys", signed_values.MeterKeyViewSet, basename="meter-key")
router.register("certificates", certificates.CertificateViewSet, basename="certificate")
router.register("signing-requests", certificates.SigningRequestViewSet, basename="signing-request")
router.register("trusted-roots", certificates.TrustedRootViewSet, basename="trusted-root")
router.register(
    "certificate-authorities", certificates.AuthorityViewSet, basename="certificate-authority"
)
router.register(
    "configuration-templates", templates.TemplateViewSet, basename="configuration-template"
)
router.register("configuration-rollouts", rollouts.RolloutViewSet, basename="configuration-rollout")
router.register("commands", commands.CommandViewSet, basename="command")

urlpatterns = [
    *router.urls,
    path("access-policy", access.AccessPolicyView.as_view(), name="access-policy"),
    path(
        "stations/<uuid:pk>/local-list",
        access.LocalListView.as_view(),
        name="station-local-list",
    ),
    path("stations/<uuid:pk>/access", access.StationAccessView.as_view(), name="station-access"),
    path("stations/<uuid:pk>/drift", templates.StationDriftView.as_view(), name="station-drift"),
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
        for name, view in {**security.ROUTES, **commissioning.ROUTES}.items()
    ),
]
