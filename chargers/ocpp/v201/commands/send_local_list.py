"""D01. Members in the order of the schema; a token without idTokenInfo is removed, and a full list
without any token has no member at all.
"""

from __future__ import annotations

from chargers.domain.commands import Outcome, SendLocalList
from chargers.domain.local_list import Entry
from chargers.domain.results import IdTokenInfo
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.v201.id_token import encode_id_token_info


def encode(command: SendLocalList) -> Payload:
    removed: list[Payload] = [{"idToken": _token(entry)} for entry in command.removed]
    tokens = [*removed, *map(_entry, command.entries)]
    payload: Payload = {"localAuthorizationList": tokens} if tokens else {}
    payload["versionNumber"] = command.version
    payload["updateType"] = command.update_type.value
    return payload


def _token(entry: Entry) -> Payload:
    return {"idToken": entry.uid, "type": entry.type}


def _entry(entry: Entry) -> Payload:
    info = IdTokenInfo(
        status=entry.status, expires_at=entry.expires_at, parent_uid=entry.parent_uid
    )
    return {"idToken": _token(entry), "idTokenInfo": encode_id_token_info(info)}


def decode_outcome(_command: SendLocalList, payload: Payload) -> Outcome:
    return by_status(payload)
