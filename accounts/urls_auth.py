"""The pages of allauth that exist here; sign-up and changing one's own e-mail do not."""

from __future__ import annotations

from typing import Final

from allauth.account.urls import urlpatterns as _allauth

NAMES: Final = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}

urlpatterns = [pattern for pattern in _allauth if pattern.name in NAMES]
