"""1.6 section 5.15. Members in the order of the schema; a token without idTagInfo is removed."""

from __future__ import annotations

from chargers.domain.commands import Outcome, SendLocalList
from chargers.domain.local_list import Entry
from chargers.domain.results import IdTokenInfo
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.v16.id_tag import encode_id_tag_info, id_tag_of


def encode(command: SendLocalList) -> Payload:
    removed: list[Payload] = [{"idTag": id_tag_of(e.uid, e.type)} for e in command.removed]
    return {
        "listVersion": command.version,
        "localAuthorizationList": [*removed, *map(_entry, command.entries)],
        "updateType": command.update_type.value,
    }


def _entry(entry: Entry) -> Payload:
    info = IdTokenInfo(
        status=entry.status, expires_at=entry.expires_at, parent_uid=entry.parent_uid
    )
    return {"idTag": id_tag_of(entry.uid, entry.type), "idTagInfo": encode_id_tag_info(info)}


def decode_outcome(_command: SendLocalList, payload: Payload) -> Outcome:
    return by_status(payload)
