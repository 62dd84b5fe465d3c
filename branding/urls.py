from __future__ import annotations

from django.urls import path

from branding import views

app_name = "branding"

urlpatterns = [
    path("brand/logo/<str:name>", views.logo, name="logo"),
    path("settings/brand/", views.settings_page, name="settings"),
]
