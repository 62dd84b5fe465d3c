"""How the REST API behaves and describes itself."""

from __future__ import annotations

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.api.parsing.BoundedJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.ApiKeyAuthentication",
        "accounts.api.authentication.PortalSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.policy.HasPermission"],
    "DEFAULT_PAGINATION_CLASS": "common.api.paging.CursorPaging",
    "EXCEPTION_HANDLER": "common.api.problem.exception_handler",
    "DEFAULT_METADATA_CLASS": None,
    # ?format=… is no parameter of ours.
    "URL_FORMAT_OVERRIDE": None,
}

_DESCRIPTION = """\
Locations, charging stations, transactions, drivers and commands of one operator.

* **Who you are**: `Authorization: Bearer csms_…` with an API key made in the portal. A key has
  scopes; `GET /api/v1/me` shows them. Objects of other operators do not exist for you (404).
* **Units**: energy in kWh as decimal strings with three places (`"12.345"`), power in whole watts,
  current in A and voltage in V as decimal strings; instants in UTC (RFC 3339, ending in `Z`).
* **Lists**: `{"data": […], "next": url}`; follow `next` until it is null. `limit` is at most 200.
* **Commands** are asynchronous: 202 with a command whose `status` ends as `accepted`, `scheduled`,
  `rejected`, `not_supported`, `failed` or `timed_out`. A station that is offline: 409.
* **Errors** are problem details (RFC 9457); `errors` names the fields. Unknown fields and
  parameters are refused. `X-Request-Id` finds a call again in the log.
* **Limits**: `RateLimit` says what is left of a minute; beyond it 429 with `Retry-After`.
"""

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Charging network API",
    "DESCRIPTION": _DESCRIPTION,
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "DISABLE_DOCSTRING_DESCRIPTIONS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "DisplayState": "chargers.api.serializers.STATES",
        "TransactionState": "chargers.models.TransactionState.choices",
        "MessageState": "chargers.api.actions.display.STATES",
        "JobState": "chargers.models.JOB_STATES",
        "DisplayStatus": "chargers.models.DisplayStatus.choices",
        "CertificateUse": "chargers.models.certificates.CERTIFICATE_USES",
        "RootUse": "chargers.models.certificates.ROOT_USES",
        "InstalledUse": "chargers.models.certificates.INSTALLED_USES",
        "AttributeType": "chargers.services.device_model.settings.ATTRIBUTES",
        "RolloutStatus": "chargers.models.RolloutStatus.choices",
        "CommandStatus": "chargers.models.CommandStatus.choices",
        "ConnectorType": "chargers.models.ConnectorType.choices",
        "CurrentType": "chargers.models.CurrentType.choices",
        "ProfilePurpose": "chargers.api.actions.charging.PURPOSES",
        "SettablePurpose": "chargers.api.actions.charging.SETTABLE_PURPOSES",
        "Role": "accounts.models.Role.choices",
        "IdTokenType": "accounts.models.IdTokenType.choices",
        "Permission": "accounts.api.serializers.PERMISSIONS",
        "Scope": "accounts.api.serializers.SCOPES",
    },
    "TAGS": [
        {"name": name}
        for name in (
            "Me",
            "Network",
            "Locations",
            "Stations",
            "Configuration templates",
            "Commands",
            "Displays",
            "Firmware and logs",
            "Transactions",
            "Drivers",
            "Id tokens",
            "Members",
            "API keys",
            "Audit",
        )
    ],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "csms.api_problems.add_problems",
    ],
}
