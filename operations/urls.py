"""Addresses of the network pages."""

from __future__ import annotations

from django.urls import path

from operations.views import live, pages

app_name = "operations"

urlpatterns = [
    path("", pages.network, name="network"),
    path("map/", pages.live_map, name="map"),
    path("map/features/", pages.map_features, name="map_features"),
    path("attention/", pages.attention, name="attention"),
    path("live/network/", live.live_network, name="live_network"),
    path("live/map/", live.live_map, name="live_map"),
]
