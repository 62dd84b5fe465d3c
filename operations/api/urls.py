from __future__ import annotations

from django.urls import path

from operations.api import views

urlpatterns = [
    path("network", views.NetworkView.as_view(), name="network"),
    path("network/samples", views.SampleList.as_view(), name="network-samples"),
    path("network/hours", views.HourList.as_view(), name="network-hours"),
]
