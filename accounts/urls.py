from __future__ import annotations

from django.urls import path

from accounts.views import api_keys, audit, drivers, members, tokens

app_name = "accounts"

urlpatterns = [
    path("drivers/", drivers.driver_list, name="drivers"),
    path("drivers/new/", drivers.driver_new, name="driver_new"),
    path("drivers/groups/", drivers.group_list, name="groups"),
    path("drivers/<uuid:pk>/", drivers.driver_page, name="driver"),
    path("drivers/<uuid:pk>/edit/", drivers.driver_edit, name="driver_edit"),
    path("drivers/<uuid:pk>/block/", drivers.driver_block, name="driver_block"),
    path("tokens/", tokens.token_list, name="tokens"),
    path("tokens/new/", tokens.token_new, name="token_new"),
    path("tokens/<uuid:pk>/block/", tokens.token_block, name="token_block"),
    path("tokens/<uuid:pk>/delete/", tokens.token_delete, name="token_delete"),
    path("users/", members.member_list, name="members"),
    path("users/invite/", members.member_invite, name="member_invite"),
    path("users/<int:pk>/role/", members.member_role, name="member_role"),
    path("users/<int:pk>/remove/", members.member_remove, name="member_remove"),
    path("users/switch/", members.switch_operator, name="switch_operator"),
    path("api-keys/", api_keys.key_list, name="api_keys"),
    path("api-keys/new/", api_keys.key_new, name="api_key_new"),
    path("api-keys/<uuid:pk>/revoke/", api_keys.key_revoke, name="api_key_revoke"),
    path("audit/", audit.entry_list, name="audit"),
]
