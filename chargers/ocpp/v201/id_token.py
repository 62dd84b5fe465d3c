"""IdTokenType and IdTokenInfoType."""

from __future__ import annotations

from chargers.domain.messages import IdTokenRef
from chargers.domain.results import IdTokenInfo, PersonalMessage
from chargers.ocpp.absent import given
from chargers.ocpp.fields import Payload, identifier, text
from chargers.ocpp.times import format_time

MAX_ID_TOKEN = 36
MAX_MESSAGE = 512
NO_AUTHORIZATION = "NoAuthorization"


def decode_id_token(payload: Payload) -> IdTokenRef | None:
    """The `idToken` of a message; None when it has none.

    The empty token of type NoAuthorization (C15: started by a button) is a token.
    """
    token: Payload | None = payload.get("idToken")
    if token is None:
        return None
    uid = identifier(token, "idToken")
    kind = text(token, "type", 20)
    if not uid and kind != NO_AUTHORIZATION:
        return None
    return IdTokenRef(uid=uid, type=kind) if kind else IdTokenRef(uid=uid)


def encode_id_token_info(token: IdTokenInfo) -> Payload:
    info: Payload = {"status": token.status.value}
    if token.expires_at is not None:
        info["cacheExpiryDateTime"] = format_time(token.expires_at)
    if 0 < len(token.parent_uid) <= MAX_ID_TOKEN:
        info["groupIdToken"] = {"idToken": token.parent_uid, "type": "Central"}
    if token.message is not None:
        info["personalMessage"] = encode_message(token.message)
    return info


def encode_message(message: PersonalMessage) -> Payload:
    """MessageContentType; a text that is too long is cut: it is for people."""
    return {
        "format": "UTF8",
        **given(language=message.language[:8]),
        "content": message.text[:MAX_MESSAGE],
    }
