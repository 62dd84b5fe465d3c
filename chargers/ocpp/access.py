"""Names by which versions call what a station does with tokens and reservations."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from chargers.ocpp.v16.id_tag import MAX_ID_TAG, id_tag_of
from chargers.ocpp.v201.id_token import MAX_ID_TOKEN


class AccessSetting(StrEnum):
    """Settings of blocks C, D and H in neutral words."""

    CACHE_ENABLED = "cache_enabled"
    LIST_ENABLED = "list_enabled"
    LOCAL_PRE_AUTHORIZE = "local_pre_authorize"
    LOCAL_AUTHORIZE_OFFLINE = "local_authorize_offline"
    ALLOW_OFFLINE_UNKNOWN = "allow_offline_unknown"
    LIST_ENTRIES = "list_entries"
    LIST_PER_MESSAGE = "list_per_message"
    RESERVE_ANY = "reserve_any"


SWITCHES = (
    AccessSetting.LIST_ENABLED,
    AccessSetting.CACHE_ENABLED,
    AccessSetting.LOCAL_AUTHORIZE_OFFLINE,
    AccessSetting.LOCAL_PRE_AUTHORIZE,
    AccessSetting.ALLOW_OFFLINE_UNKNOWN,
)

_V16 = {
    AccessSetting.CACHE_ENABLED: "AuthorizationCacheEnabled",
    AccessSetting.LIST_ENABLED: "LocalAuthListEnabled",
    AccessSetting.LOCAL_PRE_AUTHORIZE: "LocalPreAuthorize",
    AccessSetting.LOCAL_AUTHORIZE_OFFLINE: "LocalAuthorizeOffline",
    AccessSetting.ALLOW_OFFLINE_UNKNOWN: "AllowOfflineTxForUnknownId",
    AccessSetting.LIST_ENTRIES: "LocalAuthListMaxLength",
    AccessSetting.LIST_PER_MESSAGE: "SendLocalListMaxLength",
    AccessSetting.RESERVE_ANY: "ReserveConnectorZeroSupported",
}
_V2 = {
    AccessSetting.CACHE_ENABLED: "AuthCacheCtrlr.Enabled",
    AccessSetting.LIST_ENABLED: "LocalAuthListCtrlr.Enabled",
    AccessSetting.LOCAL_PRE_AUTHORIZE: "AuthCtrlr.LocalPreAuthorize",
    AccessSetting.LOCAL_AUTHORIZE_OFFLINE: "AuthCtrlr.LocalAuthorizeOffline",
    AccessSetting.ALLOW_OFFLINE_UNKNOWN: "AuthCtrlr.OfflineTxForUnknownIdEnabled",
    AccessSetting.LIST_ENTRIES: "LocalAuthListCtrlr.Entries",
    AccessSetting.LIST_PER_MESSAGE: "LocalAuthListCtrlr.ItemsPerMessage",
    AccessSetting.RESERVE_ANY: "ReservationCtrlr.NonEvseSpecific",
}


def variable_names(subprotocol: str) -> Mapping[AccessSetting, str]:
    """Setting -> configuration key or variable, as the version of a station calls it."""
    return _V16 if subprotocol == "ocpp1.6" else _V2


def setting_value(
    subprotocol: str, setting: AccessSetting, value: str, attributes: Mapping[str, Any]
) -> str:
    """What a reported variable says of a setting, as text; "" for nothing.

    The room for tokens is a value of its own in 1.6 and the limit of a count in 2.x.
    """
    if setting == AccessSetting.LIST_ENTRIES and variable_names(subprotocol) is _V2:
        limit = attributes.get("maxLimit")
        return "" if limit is None else str(int(limit))
    return value.strip()


def is_listable(subprotocol: str, *, uid: str, kind: str) -> bool:
    """Whether a token can be written in a list of this version at all."""
    if subprotocol == "ocpp1.6":
        return 0 < len(id_tag_of(uid, kind)) <= MAX_ID_TAG
    return 0 < len(uid) <= MAX_ID_TOKEN
