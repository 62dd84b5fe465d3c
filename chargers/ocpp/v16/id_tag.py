"""idTag and IdTagInfo (1.6 section 7.27): fewer words than 2.x has, tags of 20 characters."""

from __future__ import annotations

from chargers.domain.messages import IdTokenRef
from chargers.domain.results import IdTokenInfo
from chargers.domain.vocabulary import AuthorizationStatus
from chargers.ocpp.fields import Payload, identifier
from chargers.ocpp.times import format_time

MAX_ID_TAG = 20

# a known token that may not charge here or now is Blocked; one that nobody knows is Invalid
_STATUS = {
    AuthorizationStatus.ACCEPTED: "Accepted",
    AuthorizationStatus.BLOCKED: "Blocked",
    AuthorizationStatus.CONCURRENT_TX: "ConcurrentTx",
    AuthorizationStatus.EXPIRED: "Expired",
    AuthorizationStatus.INVALID: "Invalid",
    AuthorizationStatus.NO_CREDIT: "Blocked",
    AuthorizationStatus.NOT_ALLOWED_TYPE_EVSE: "Blocked",
    AuthorizationStatus.NOT_AT_THIS_LOCATION: "Blocked",
    AuthorizationStatus.NOT_AT_THIS_TIME: "Blocked",
    AuthorizationStatus.UNKNOWN: "Invalid",
}


def decode_id_tag(payload: Payload) -> IdTokenRef | None:
    """The idTag as an opaque string (Q18); None when there is none (Q49)."""
    uid = identifier(payload, "idTag")
    return IdTokenRef(uid=uid) if uid else None


def id_tag_of(uid: str, kind: str) -> str:
    """A token as an idTag: 1.6 has no types, and vehicles (Autocharge) are told by a prefix."""
    return f"VID:{uid}" if kind == "MacAddress" else uid


def encode_id_tag_info(token: IdTokenInfo) -> Payload:
    info: Payload = {"status": _STATUS[token.status]}
    if token.expires_at is not None:
        info["expiryDate"] = format_time(token.expires_at)
    if 0 < len(token.parent_uid) <= MAX_ID_TAG:
        info["parentIdTag"] = token.parent_uid
    return info
